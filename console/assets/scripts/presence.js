// Says which ticket this page shows, and that somebody writes there.
const HERE = 20_000, WRITING = 5000, IDLE = 8000;

let ticket = "", saidWriting = 0, typed = 0;

const shown = () => document.querySelector("[data-ticket-page]")?.dataset.ticketPage ?? "";
const isLooking = () => document.visibilityState === "visible";

function fields(ticketId, more) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  return new URLSearchParams({ csrf: headers["X-CSRF-Token"] ?? "", ticket_id: ticketId, ...more });
}

function address() {
  const workspace = new URLSearchParams(location.search).get("workspace");
  return `/live/presence${workspace ? `?workspace=${encodeURIComponent(workspace)}` : ""}`;
}

function say(ticketId, more = {}) {
  // What does not arrive is said again soon.
  if (ticketId) fetch(address(), { method: "POST", body: fields(ticketId, more), keepalive: true }).catch(() => {});
}

function look() {
  const now = isLooking() ? shown() : "";
  if (now === ticket) return;
  if (ticket) say(ticket, { left: "1" });
  ticket = now;
  saidWriting = typed = 0;
  say(ticket);
}

function wrote({ target }) {
  if (!ticket || !target.closest?.("[data-ticket-page] form") || !target.matches("textarea")) return;
  typed = Date.now();
  if (typed - saidWriting < WRITING) return;
  saidWriting = typed;
  say(ticket, { writing: "1" });
}

document.addEventListener("input", wrote);
document.addEventListener("htmx:afterSettle", look);
document.addEventListener("visibilitychange", look);
addEventListener("pagehide", () => { if (ticket) say(ticket, { left: "1" }); ticket = ""; });
addEventListener("pageshow", look);
setInterval(() => say(ticket, Date.now() - typed < IDLE ? { writing: "1" } : {}), HERE);
// Who has stopped writing is not said to write.
setInterval(() => { if (saidWriting && Date.now() - typed > IDLE) { saidWriting = 0; say(ticket); } }, 1000);
look();
