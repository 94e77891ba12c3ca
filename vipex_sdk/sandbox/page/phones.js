// The page of phones: shows the state the server streams, and posts a button's press back.

const STATES = {
  idle: "idle · szabad", offline: "offline · nincs bent", ringing: "ringing · csörög",
  placing: "pick up to dial · vedd fel", calling: "calling · hív", in_call: "talking · beszél",
  held: "on hold · tartásban", consulting: "consulting · konzultál", consulted: "consulted · kérdezik",
  waiting: "not dialled yet · még nem csörög",
};
const BUTTONS = {
  answer: ["Answer · Felvesz", "go"], take: ["Pick up · Felvesz", "go"], reject: ["Reject · Elutasít", "stop"],
  hang_up: ["Hang up · Letesz", "stop"], hold: ["Hold · Tart", ""], resume: ["Take back · Visszavesz", ""],
  complete: ["Hand over · Átad", "go"], busy: ["Busy · Foglalt", ""],
};
const RESULTS = {
  answered: "answered · fogadott", no_answer: "no answer · nem fogadott", abandoned: "gave up · letette",
  busy: "busy · foglalt", rejected: "rejected · elutasított", cancelled: "cancelled · visszavont",
  failed: "failed · sikertelen", voicemail: "voicemail · hangposta", forwarded: "forwarded · átirányított",
};
const HOOKS = { data_query: "query · kérdés", incoming_call: "notice · értesítő", call_end: "end of call · hívásvég" };

const byId = (id) => document.getElementById(id);
const drawn = new Map();

function element(tag, { text = "", className = "", ...rest } = {}, children = []) {
  const node = document.createElement(tag);
  node.className = className;
  if (text) node.textContent = text;
  for (const [name, value] of Object.entries(rest)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

async function post(path, body = {}) {
  byId("problem").textContent = "";
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    const data = await answer.json();
    if (!answer.ok) byId("problem").textContent = data.error || data.problem || `error ${answer.status}`;
  } catch {
    byId("problem").textContent = "the simulated VIPeX does not answer · a szimulált VIPeX nem válaszol";
  }
}

function button(label, style, press) {
  const node = element("button", { text: label, className: style, type: "button" });
  node.addEventListener("click", press);
  return node;
}

function callButtons(item, extension) {
  const press = (action, more = {}) => post(
    `/sandbox/manual/calls/${encodeURIComponent(item.call_id)}/${action}`, { extension, ...more },
  );
  const simple = item.buttons.filter((name) => BUTTONS[name])
    .map((name) => button(...BUTTONS[name], () => press(name)));
  if (!item.buttons.includes("transfer")) return simple;
  const to = element("input", { placeholder: "102", "aria-label": `transfer to, ${extension}`, inputmode: "tel" });
  const send = (action) => () => (to.value.trim() ? press(action, { to: to.value.trim() }) : to.focus());
  return [
    element("div", { className: "row" }, [
      to, button("Transfer · Átkapcsol", "", send("transfer")), button("Ask first · Előbb kérdez", "", send("consult")),
    ]),
    ...simple,
  ];
}

function phoneCard(phone) {
  const parts = [
    element("div", { className: "top" }, [
      element("span", { className: "number", text: phone.extension }),
      element("span", { className: "badge", text: STATES[phone.state] || phone.state }),
    ]),
    element("div", { className: "name", text: `${phone.name} · ${phone.operator_label}` }),
  ];
  if (phone.call_id) {
    const shown = element("div", { className: "peer", text: phone.peer || "hidden · rejtett" });
    if (phone.peer_name) shown.append(element("small", { text: phone.peer_name }));
    parts.push(shown);
  }
  for (const line of phone.forwardings) parts.push(element("div", { className: "note", text: `↪ ${line}` }));
  const buttons = element("div", { className: "buttons" });
  if (phone.call_id && phone.scripted) buttons.append(element("span", { className: "note", text: "scripted · forgatókönyv" }));
  else if (phone.call_id) buttons.append(...callButtons(phone, phone.extension));
  else if (phone.state === "idle") buttons.append(...idleButtons(phone));
  parts.push(buttons);
  return element("article", {
    className: `phone is-${phone.state}`, "data-extension": phone.extension, "aria-label": `telephone ${phone.extension}`,
  }, parts);
}

function idleButtons(phone) {
  const picks = (phone.pick_up || []).map((call) => button(
    `Pick up ${call.from} · Átvesz`, "go",
    () => post(`/sandbox/manual/calls/${encodeURIComponent(call.call_id)}/pick_up`, { extension: phone.extension }),
  ));
  const number = element("input", { placeholder: "+3630…", "aria-label": `number to call from ${phone.extension}`, inputmode: "tel" });
  const dial = () => (number.value.trim()
    ? post("/sandbox/manual/calls", { extension: phone.extension, number: number.value.trim() }) : number.focus());
  return [...picks, element("div", { className: "row" }, [number, button("Dial · Hív", "", dial)])];
}

function outsideCard(party) {
  return element("article", { className: `phone outside is-${party.state}`, "data-call": party.call_id }, [
    element("div", { className: "top" }, [
      element("span", { className: "number", text: party.number || "hidden · rejtett" }),
      element("span", { className: "badge", text: STATES[party.state] || party.state }),
    ]),
    element("div", { className: "name", text: party.name || "" }),
    element("div", { className: "buttons" }, party.scripted ? [] : callButtons(party, null)),
  ]);
}

function webhookChips(call) {
  const last = new Map();
  for (const hook of call.webhooks) last.set(`${hook.kind} ${hook.phase || ""}`, hook);
  return [...last.values()].map((hook) => {
    const times = hook.attempt > 1 ? ` ×${hook.attempt}` : "";
    const text = `${HOOKS[hook.kind]}${hook.phase ? ` (${hook.phase})` : ""}: ${hook.status ?? hook.error}${times}`;
    return element("span", {
      className: `chip ${hook.delivered ? "good" : "bad"}`, text, title: `${hook.duration_ms} ms ${hook.error || ""}`,
    });
  });
}

function callRow(call) {
  const cell = (content) => element("td", typeof content === "string" ? { text: content } : {}, Array.isArray(content) ? content : []);
  const extensions = [...new Set([call.extension, call.final_extension])].filter(Boolean).join(" → ");
  const arrow = { inbound: "↘", outbound: "↗", internal: "↔" }[call.direction] || "";
  const sounds = call.recordings.map((code, index) => button(`▶${call.recordings.length > 1 ? index + 1 : ""}`, "",
    () => new Audio(`/sandbox/recordings/${encodeURIComponent(code)}`).play()));
  return element("tr", { "data-call": call.call_id }, [
    cell(call.started_at.slice(0, 19).replace("T", " ")),
    cell(`${arrow} ${call.customer || "hidden · rejtett"}`),
    cell(extensions),
    cell(call.disposition ? RESULTS[call.disposition] || call.disposition : STATES[call.state] || call.state),
    cell(call.talk_seconds === null ? "" : `${call.talk_seconds} s`),
    cell(call.legs.length > 1 ? call.legs.join(", ").replaceAll("_", " ") : ""),
    cell(webhookChips(call)),
    cell(sounds),
  ]);
}

// A card is drawn anew only when it has changed, so that what is being typed into it stays.
function draw(place, items, keyOf, make) {
  const kept = new Map([...place.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const key = keyOf(item);
    const text = JSON.stringify(item);
    const old = kept.get(key);
    if (old && drawn.get(old) === text) return old;
    const node = make(item);
    node.dataset.key = key;
    drawn.set(node, text);
    return node;
  });
  for (const [index, node] of nodes.entries()) {
    if (place.children[index] !== node) place.insertBefore(node, place.children[index] || null);
  }
  while (place.children.length > nodes.length) place.lastChild.remove();
  for (const node of drawn.keys()) if (!node.isConnected) drawn.delete(node);
}

function show(state) {
  draw(byId("phones"), state.phones, (phone) => phone.extension, phoneCard);
  draw(byId("outside"), state.outside, (party) => party.call_id, outsideCard);
  draw(byId("calls"), state.calls, (call) => call.call_id, callRow);
  if (!byId("scenarios").children.length) {
    byId("scenarios").append(...Object.entries(state.scenarios).map(([name, title]) => button(title, "", async (event) => {
      event.target.disabled = true;
      await post(`/sandbox/scenarios/${name}`);
      event.target.disabled = false;
    })));
    byId("extension").append(...state.phones.map((phone) => element("option", {
      value: phone.extension, text: `${phone.extension} ${phone.name}`,
    })));
  }
  byId("profile").textContent = `${state.profile} · ${state.main_number}`;
  byId("target").textContent = state.settings.webhook_url
    ? `sent to · ide küldve: ${state.settings.webhook_url}`
    : "no receiver is configured · nincs beállítva fogadó: POST /sandbox/configure";
}

byId("call-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const caller = byId("caller").value.trim();
  const extension = byId("extension").value;
  post("/sandbox/manual/calls", { caller: caller || null, extension: extension || null });
});

const events = new EventSource("/sandbox/events");
events.addEventListener("state", (event) => show(JSON.parse(event.data)));
events.addEventListener("open", () => { byId("link").textContent = "live · él"; byId("link").className = "link live"; });
events.addEventListener("error", () => { byId("link").textContent = "connecting · kapcsolódás"; byId("link").className = "link"; });
