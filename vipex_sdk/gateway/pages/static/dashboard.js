// Keeps the overview fresh. Without this script the page reloads itself and every button still works.
const PERIOD = 5000;

async function refresh() {
  if (document.hidden || document.activeElement?.closest("form")) return;
  try {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["board", "link"]) {
      document.getElementById(id).replaceWith(document.adoptNode(fresh.getElementById(id)));
    }
  } catch {
    const link = document.getElementById("link");
    link.dataset.state = "disconnected";
  }
}

setInterval(refresh, PERIOD);
