// Keeps the page up to date. Elements with data-live are fetched again when something of theirs has happened:
//   tickets (anything of the workspace), ticket (with data-ticket), settings, presence (with data-ticket).
// Before that an element gets `keva:refresh` (cancel it to wait: it comes again each second; detail.events are what happened since), afterwards
// `keva:refreshed`. Whoever has cancelled it sends `keva:fetch` to the element once it may be fetched.
// Each event is also `keva:event` on document. `keva:line` says that the connection is cut, or there again
// (scripts/held.js shows it); `keva:connect` tries again at once. What a page misses while it is cut off or asleep comes when it returns.
const PAUSE = 150, SHORTEST = 1000, LONGEST = 10_000, SILENCE = 45_000, LOST = 3000, HIDDEN = 60_000, REMEMBERED = 60_000;
// Nobody uses a session by what a page does by itself.
const ITSELF = { "HX-Request": "true", "Keva-By-Itself": "1" };
const SETTINGS = /^(agent|channel|credential|phone_number|saved_reply|workspace)\.|^message\.refused$/;

let source = null, token = "", workspace = null, heard = 0, failures = 0, retry = 0, lost = 0, hiding = 0;
const known = new Set();      // ids of events, the newest last
let arrived = [];             // [time, event], for parts of the page that were asked for before
const waiting = new Map();    // element id -> { events, timer, running, not before }
const started = new WeakMap(); // request -> when it began

// The page's: it need not be the one that the address asks for.
const workspaceOf = () => document.getElementById("go-to")?.dataset.workspace ?? "";
const emit = (name, detail, target = document) =>
  target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }));

// The stream.

function connect() {
  clearTimeout(retry);
  source?.close();
  if (!document.body.dataset.agent) return;
  if (workspace !== workspaceOf()) {
    if (workspace !== null) token = "";
    workspace = workspaceOf();
  }
  const query = new URLSearchParams({ ...(workspace && { workspace }), ...(token && { after: token }) });
  const opened = (source = new EventSource(`/live?${query}`));
  heard = Date.now();
  const on = (name, take) => opened.addEventListener(name, (message) => {
    if (opened !== source) return;
    heard = Date.now();
    token = message.lastEventId || token;
    take(JSON.parse(message.data));
  });
  on("hello", hello);
  on("beat", () => {});
  on("events", (events) => events.forEach(take));
  on("presence", takePresence);
  on("reload", () => { token = ""; refreshAll(); });
  opened.onerror = () => opened === source && cutOff();
}

function hello(detail) {
  failures = 0;
  clearTimeout(lost);
  lost = 0;
  document.documentElement.dataset.live = "on";
  // Somebody else has signed in: this page is not theirs.
  if (detail.agent_id !== document.body.dataset.agent) {
    emit("keva:another");
    return location.reload();
  }
  renewForms(detail.form_token);
  showLine(false);
  emit("keva:connected", detail);
  // Without a place to go on at, what happened since the page was made is not known.
  if (!detail.continued) refreshAll();
  waiting.forEach(hurry);
}

// Whoever has signed in again, in another tab perhaps, has another session than the forms of this page.
function renewForms(token) {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": token }));
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
}

async function cutOff() {
  document.documentElement.dataset.live = "off";
  lost ||= setTimeout(() => showLine(true), LOST);
  if (source.readyState !== EventSource.CLOSED) return; // It comes back by itself.
  const began = source;
  source = null;
  try {
    const answer = await fetch("/live/check", { headers: ITSELF });
    if (answer.status === 401 && signIn()) return;
  } catch { /* no connection */ }
  if (source === null || source === began) later();
}

function later() {
  failures += 1;
  clearTimeout(retry);
  retry = setTimeout(connect, Math.min(1000 * 2 ** failures, 15_000) * (0.5 + Math.random() / 2));
}

function signIn() {
  const page = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  const leaves = emit("keva:sign-in", { page });
  if (leaves) location.assign(page);
  return leaves;
}

const showLine = (isCut) => emit("keva:line", { isCut });

// Who comes back from sleep, or to a page that was hidden, goes on at once.
function wakeUp() {
  if (document.visibilityState === "hidden") {
    // A browser has few connections for all of its tabs. One hidden tab goes on, so that somebody is told of news.
    hiding ||= setTimeout(() => { if (emit("keva:hiding")) { source?.close(); source = null; } }, HIDDEN);
    return;
  }
  clearTimeout(hiding);
  hiding = 0;
  if (!source || Date.now() - heard > SILENCE) connect();
  for (const id of waiting.keys()) plan(id);
}

setInterval(() => { if (source && Date.now() - heard > SILENCE) connect(); }, 5000);
document.addEventListener("visibilitychange", wakeUp);
addEventListener("online", () => connect());
addEventListener("offline", () => {
  source?.close();
  source = null;
  document.documentElement.dataset.live = "off";
  showLine(true);
  later();
});
addEventListener("pageshow", (event) => event.persisted && connect());
addEventListener("pagehide", () => { source?.close(); source = null; });

// What happened.

function take(event) {
  if (known.has(event.id)) return;
  known.add(event.id);
  if (known.size > 5000) known.delete(known.values().next().value);
  arrived = arrived.filter(([time]) => Date.now() - time < REMEMBERED);
  arrived.push([Date.now(), event]);
  emit("keva:event", event);
  document.querySelectorAll("[data-live]").forEach((element) => concerns(element, event) && want(element, event));
}

function takePresence(people) {
  emit("keva:presence", people);
  for (const element of document.querySelectorAll('[data-live~="presence"]'))
    if (!element.dataset.ticket || element.dataset.ticket in people) want(element, null);
}

function concerns({ dataset }, event) {
  const kinds = dataset.live.split(" ");
  return (kinds.includes("tickets") && event.workspace_id !== "" && !/^(agent|saved_reply)\./.test(event.type))
    || (kinds.includes("ticket") && event.ticket_id !== "" && event.ticket_id === dataset.ticket)
    || (kinds.includes("settings") && SETTINGS.test(event.type));
}

function refreshAll() {
  document.querySelectorAll("[data-live]").forEach((element) => want(element, null));
}

// Fetching again: soon, together with what follows at once, and never faster than the server is.

function want(element, event) {
  if (!element.id) return;
  if (!waiting.has(element.id)) waiting.set(element.id, { events: [], timer: 0, running: false, soonest: 0 });
  const state = waiting.get(element.id);
  if (event) state.events.push(event);
  state.wanted = true;
  plan(element.id);
}

function plan(id) {
  const state = waiting.get(id);
  if (state.timer || state.running || !state.wanted || document.visibilityState === "hidden") return;
  state.timer = setTimeout(() => { state.timer = 0; refresh(id, false); }, Math.max(PAUSE, state.soonest - Date.now()));
}

// What was slow or lost while there was no connection says nothing of how fast the server is.
function hurry(state, id) {
  clearTimeout(state.timer);
  state.timer = 0;
  state.soonest = 0;
  plan(id);
}

async function refresh(id, regardless) {
  const state = waiting.get(id), element = document.getElementById(id);
  if (!element) return waiting.delete(id);
  if (!regardless && !emit("keva:refresh", { events: state.events }, element)) {
    state.soonest = Date.now() + SHORTEST;
    return plan(id);
  }
  const began = Date.now();
  state.running = true;
  state.wanted = false;
  const events = state.events.splice(0);
  const ok = await fetchAgain(element);
  state.running = false;
  state.soonest = Date.now() + Math.min(Math.max(SHORTEST, 5 * (Date.now() - began)), LONGEST);
  if (!ok) {
    state.wanted = true;
    state.events.unshift(...events);
  }
  plan(id);
}

// What somebody has unfolded to read it stays so.
const beforeAttributeUpdated = (name, node) => !(name === "open" && node.matches("details"));

const urlOf = (element) => element.dataset.liveUrl || location.pathname + location.search;

async function fetchAgain(element) {
  const url = urlOf(element);
  // An answer that is lost on its way must not be waited for without an end.
  const patience = new AbortController(), end = setTimeout(() => patience.abort(), SILENCE);
  let html;
  try {
    const answer = await fetch(url, { headers: { ...ITSELF, "HX-Target": element.id }, signal: patience.signal });
    if (answer.status === 401) { signIn(); return true; }
    // The page shows what it showed, rather than that there is trouble.
    if (!answer.ok) return answer.status < 500;
    html = await answer.text();
  } catch {
    return false;
  } finally {
    clearTimeout(end);
  }
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(element.id);
  const current = document.getElementById(element.id);
  if (!fresh || !current) return true;
  // Another ticket's page may stand there by now, with parts of the same names.
  if (urlOf(current) !== url) return false;
  // Somebody may have begun something in it meanwhile: then it is fetched again later.
  if (!emit("keva:swap", {}, current)) return false;
  Idiomorph.morph(current, fresh, { morphStyle: "outerHTML", ignoreActiveValue: true, callbacks: { beforeAttributeUpdated } });
  const now = document.getElementById(element.id);
  if (!now) return true;
  htmx.process(now);
  htmx.trigger(now, "htmx:afterSettle", { elt: now, target: now });
  emit("keva:refreshed", {}, now);
  return true;
}

document.addEventListener("keva:fetch", ({ target }) => {
  if (!target.id) return;
  want(target, null);
  const state = waiting.get(target.id);
  clearTimeout(state.timer);
  state.timer = 0;
  if (!state.running) refresh(target.id, true);
});

// What comes by htmx was asked for a moment ago: what happened since may not be in it.
document.addEventListener("htmx:beforeRequest", ({ detail }) => started.set(detail.xhr, Date.now()));
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const began = detail.xhr && started.get(detail.xhr);
  if (!began) return;
  if (workspace !== workspaceOf()) connect();
  for (const [time, event] of arrived)
    if (time >= began)
      for (const element of (detail.target ?? document.body).querySelectorAll("[data-live]"))
        if (concerns(element, event)) want(element, event);
  // And of some the server has said only what it knew at once.
  document.querySelectorAll("[data-live-old]").forEach((element) => want(element, null));
});
document.addEventListener("htmx:responseError", ({ detail }) => { if (detail.xhr.status === 401) signIn(); });

document.addEventListener("keva:connect", () => connect());

token = document.body.dataset.liveAfter || "";
connect();
