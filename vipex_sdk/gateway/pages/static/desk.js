// The agent's page: what the server tells about calls becomes cards; a card opens the customer in the CRM.
const { texts: t, ...start } = JSON.parse(document.getElementById("state").textContent);
const calls = new Map();
const byId = (id) => document.getElementById(id);
const OVER = new Set(["elsewhere", "ended", "missed"]);
const LINGER = 20000;
const LONGEST_RINGING = 180000;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

const who = (call) =>
  call.card?.name || call.caller_name || (call.looking ? t.looking : call.number ? t.unknown : t.anonymous);

const clock = (iso) => new Date(iso).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: start.time_zone });

function what(call) {
  if (call.state === "elsewhere" && call.answered_by) return t.elsewhere_by.replace("{}", call.answered_by);
  if (call.state === "ended" && call.talk_seconds) {
    const minutes = Math.floor(call.talk_seconds / 60);
    return `${call.outbound ? t.outbound : t.ended} · ${minutes}:${String(call.talk_seconds % 60).padStart(2, "0")}`;
  }
  return t[call.state];
}

function openCard(url) {
  const tab = window.open("about:blank", "_blank");
  if (!tab) return false;
  tab.opener = null;
  tab.location = url;
  return true;
}

function cardLink(card, label, primary) {
  const link = make("a", primary ? "button primary" : "", label);
  link.href = card.url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function draw(call) {
  const box = make("article", `call ${call.state}`);
  box.dataset.callId = call.call_id;
  const top = make("div", "call-top");
  const dismiss = make("button", "dismiss", "×");
  dismiss.type = "button";
  dismiss.setAttribute("aria-label", t.dismiss);
  dismiss.onclick = () => remove(call.call_id);
  top.append(make("span", "tag", what(call)), make("time", "", clock(call.began)), dismiss);
  box.append(top, make("h3", "call-name", who(call)));
  if (call.card?.company) box.append(make("p", "call-company", call.card.company));
  const details = [call.number, call.card?.owner && `${t.owner}: ${call.card.owner}`, call.card && !call.card.open && t.closed_card];
  box.append(make("p", "call-number", details.filter(Boolean).join(" · ")));
  if (call.ambiguous) box.append(make("p", "note bad", t.ambiguous));
  if (call.card?.url) {
    const actions = make("div", "call-actions");
    actions.append(cardLink(call.card, t.open_card, true));
    box.append(actions);
  }
  if (call.blocked && !OVER.has(call.state)) box.append(make("p", "note bad", t.blocked));
  if (call.others.length) box.append(others(call.others));
  return box;
}

function others(cards) {
  const box = make("div", "call-others");
  const list = make("ul");
  for (const card of cards) {
    const row = make("li");
    const label = [card.name, card.company, !card.open && t.closed_card].filter(Boolean).join(" · ");
    row.append(card.url ? cardLink(card, label) : label);
    list.append(row);
  }
  box.append(make("p", "faint", t.others), list);
  return box;
}

function show(call) {
  const old = calls.get(call.call_id);
  call.blocked = old?.blocked;
  calls.set(call.call_id, call);
  const box = draw(call);
  const place = [...byId("calls").children].find((child) => child.dataset.callId === call.call_id);
  if (place) place.replaceWith(box);
  else byId("calls").prepend(box);
  byId("quiet").hidden = true;
  // The end of a call may never be told: what rings for minutes has ended.
  const life = OVER.has(call.state) ? LINGER : call.state === "ringing" ? LONGEST_RINGING : 0;
  if (life) setTimeout(() => calls.get(call.call_id) === call && remove(call.call_id), life);
}

function remove(id) {
  calls.delete(id);
  [...byId("calls").children].find((child) => child.dataset.callId === id)?.remove();
  byId("quiet").hidden = calls.size > 0;
}

function remember(call) {
  const list = byId("recent");
  [...list.children].find((row) => row.dataset.callId === call.call_id)?.remove();
  const row = make("li", call.state);
  row.dataset.callId = call.call_id;
  const name = make("span", "who");
  name.append(call.card?.url ? cardLink(call.card, who(call)) : who(call));
  const facts = [call.card || call.caller_name ? call.card?.company || call.number : call.number, what(call)];
  row.append(name, make("time", "at", clock(call.began)), make("span", "what", facts.filter(Boolean).join(" · ")));
  list.prepend(row);
  while (list.children.length > 20) list.lastElementChild.remove();
  byId("recent-none").hidden = true;
}

// Several tabs may show this page: only the first that sees a call opens its card.
function firstToOpen(call) {
  const name = `vipex-opened-${call.call_id}`;
  try {
    if (localStorage.getItem(name)) return false;
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("vipex-opened-") && Date.now() - Number(localStorage.getItem(key)) > 86400000) localStorage.removeItem(key);
    }
    localStorage.setItem(name, String(Date.now()));
  } catch {
    // Storage may be forbidden; then every tab opens the card.
  }
  return true;
}

function announce(call) {
  if (OVER.has(call.state) || !call.card?.url || !firstToOpen(call)) return;
  if (byId("auto-open").checked && !openCard(call.card.url)) {
    call.blocked = true;
    show(call);
  }
  if (globalThis.Notification?.permission === "granted" && document.hidden) {
    const note = new Notification(who(call), { body: [call.card.company, call.number].filter(Boolean).join("\n"), tag: call.call_id });
    note.onclick = () => {
      window.focus();
      openCard(call.card.url);
      note.close();
    };
  }
}

function receive(event) {
  const call = JSON.parse(event.data);
  if (call.state === "ended" || call.state === "missed" || (call.state === "elsewhere" && call.over)) remember(call);
  if (OVER.has(call.state) && !calls.has(call.call_id)) return;
  show(call);
  announce(call);
}

function link(state) {
  byId("link").dataset.state = state;
  byId("link").textContent = t[state];
}

function listen() {
  const source = new EventSource(`${start.events}?after=${encodeURIComponent(start.last_id)}`);
  source.addEventListener("pop", receive);
  source.onopen = () => link("connected");
  source.onerror = () => {
    link("disconnected");
    // A refused connection is given up by the browser; a page that stays open all day must not.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 10000);
  };
}

async function dial(event) {
  event.preventDefault();
  const button = event.target.querySelector("button");
  const said = byId("said");
  button.disabled = true;
  said.className = "note";
  said.textContent = t.dialling;
  let outcome = "failed";
  try {
    const answer = await fetch(event.target.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(event.target)),
    });
    outcome = (await answer.json()).outcome;
  } catch {
    outcome = "unknown";
  }
  said.className = outcome === "started" ? "note good" : "note bad";
  said.textContent = t[`dial_${outcome}`];
  button.disabled = false;
}

function options() {
  const box = byId("auto-open");
  try {
    box.checked = localStorage.getItem("vipex-auto-open") !== "no";
    box.onchange = () => localStorage.setItem("vipex-auto-open", box.checked ? "yes" : "no");
  } catch {
    box.checked = true;
  }
  const notify = byId("notify");
  notify.hidden = globalThis.Notification?.permission !== "default";
  notify.onclick = async () => {
    await Notification.requestPermission();
    notify.hidden = true;
  };
  const handler = byId("tel-handler");
  handler.hidden = !navigator.registerProtocolHandler;
  handler.onclick = () => navigator.registerProtocolHandler("tel", `${location.origin}${location.pathname}?tel=%s`);
}

for (const call of start.recent.slice().reverse()) remember(call);
for (const call of start.current) show(call);
options();
byId("dial").addEventListener("submit", dial);
listen();
