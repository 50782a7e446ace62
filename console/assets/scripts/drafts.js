// What is being written is kept on the server while it is written: one save of a box at a time, each with a number, so that
// none counts that arrives after what was written later, or after what was sent. What has gone from the page is kept, too.
const PAUSE = 800;
const typed = new Map();   // id of a box -> what stands in it
const saves = new Map();   // id of a box -> what is to be kept, and how far that is
const givenUp = new Set(); // ids of boxes whose save was given up because they were sent
const sent = new WeakMap(); // request -> what stood in the box when it was sent
let last = 0, sentBy = null, isSamePage = false;

const areas = () => [...document.querySelectorAll("textarea[data-draft]")];
const number = () => (last = Math.max(last + 1, Date.now()));
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRF-Token"] ?? "";
const isBox = (form) => form?.matches?.("form[data-box]") ?? false;

// Whose text leaves with the form, or makes room for another one.
function areasOf(form) {
  if (isBox(form)) return [...form.querySelectorAll("textarea[data-draft]")];
  return form?.matches?.("[data-replaces-text]") ? areas().filter((area) => area.dataset.draft === "reply") : [];
}

function keepLater(area) {
  const save = saves.get(area.id) ?? { timer: 0, running: null, isRefused: false };
  saves.set(area.id, save);
  save.url = area.closest("[data-box-of]").dataset.draftUrl;
  save.fields = { kind: area.dataset.draft, text: area.value, request_id: area.form.elements.request_id.value, by_script: "1" };
  plan(area.id, save);
}

function plan(id, save) {
  clearTimeout(save.timer);
  save.timer = setTimeout(() => keep(id), PAUSE);
}

async function keep(id, isLeaving = false) {
  const save = saves.get(id);
  clearTimeout(save.timer);
  save.timer = 0;
  if (save.running && !isLeaving) return plan(id, save);
  save.running?.abort();
  const running = (save.running = new AbortController());
  const body = new URLSearchParams({ ...save.fields, save: number() });
  const how = { method: "POST", headers: { "X-CSRF-Token": token() }, keepalive: body.toString().length < 60_000 };
  // Without an answer there was no connection, or it was given up.
  const answer = await fetch(save.url, { ...how, body, signal: running.signal }).catch(() => null);
  if (save.running !== running) return;
  save.running = null;
  if (save.timer) return;
  if (!answer) return plan(id, save);
  save.isRefused = !answer.ok;
  if (answer.ok) saves.delete(id);
}

function giveUp(id) {
  const save = saves.get(id);
  if (!save) return;
  clearTimeout(save.timer);
  save.running?.abort();
  save.running = null;
  saves.delete(id);
  givenUp.add(id);
}

function keepAll(isLeaving) {
  for (const [id, save] of saves) if (save.timer || (isLeaving && save.running)) keep(id, isLeaving);
}

// What was refused, as by a session that had ended, is kept once there is one again.
document.addEventListener("keva:connected", () => saves.forEach((save, id) => { if (save.isRefused) keep(id); }));
document.addEventListener("input", ({ target }) => {
  const area = target.closest("textarea[data-draft]");
  if (!area) return;
  typed.set(area.id, area.value);
  keepLater(area);
});
addEventListener("pagehide", () => keepAll(true));
document.addEventListener("visibilitychange", () => { if (document.hidden) keepAll(false); });

// ---- what the form has sent is no draft any more; everything else that is typed stays, whatever page comes back

document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
  const [area] = areasOf(elt);
  if (!area) return;
  parameters.request_id = area.form.elements.request_id.value;
  parameters.save = number();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (event.detail.boosted === false && !form.matches?.("form")) return;
  if (!event.defaultPrevented) areasOf(form).forEach((area) => giveUp(area.id));
  if (isBox(form)) sent.set(event.detail.xhr, areasOf(form)[0]?.value);
  keepAll(false);
});
// It waits for a connection: until then it is a draft like others.
document.addEventListener("keva:held", ({ target }) => areasOf(target).forEach(keepLater));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  sentBy = detail.requestConfig?.elt;
  isSamePage = detail.requestConfig?.verb !== "get";
  if (!detail.shouldSwap) return isBox(sentBy) && sentBy.isConnected && areasOf(sentBy).forEach(keepLater);
  if (detail.target !== document.body) return;
  const replaced = sentBy?.matches?.("[data-replaces-text]") ? "reply" : sentBy?.dataset?.box;
  for (const area of areas()) {
    const more = area.dataset.draft === replaced && moreIn(area, detail);
    if (more) typed.set(area.id, more);
    else if (area.dataset.draft === replaced) typed.delete(area.id);
  }
});

// Who goes on writing while it is sent has begun the next one.
function moreIn(area, { xhr, requestConfig }) {
  const before = sent.get(xhr);
  if (before === undefined || area.value === before) return "";
  const hasLeft = new URL(xhr.responseURL).pathname !== new URL(requestConfig.path, location.href).pathname;
  return hasLeft && area.value.startsWith(before) ? area.value.slice(before.length).trimStart() : area.value;
}
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target !== document.body) return;
  for (const area of areas()) {
    const value = typed.get(area.id);
    // What somebody has looked at before it leaves, say, is still a draft.
    if (givenUp.delete(area.id) && value === undefined && area.value) keepLater(area);
    if (value === undefined || area.value === value) continue;
    area.value = value;
    keepLater(area);
  }
  for (const id of typed.keys()) if (!document.getElementById(id)) typed.delete(id);
});
// It has left without its page: the box, if it is there again, is empty, and another one.
document.addEventListener("keva:sent", ({ detail: { action, box, text, requestId } }) => {
  for (const area of areas()) {
    if (area.form.getAttribute("action") !== action || area.dataset.draft !== box || area.value !== text) continue;
    giveUp(area.id);
    givenUp.delete(area.id);
    typed.delete(area.id);
    area.value = "";
    area.form.elements.request_id.value = requestId;
    area.form.querySelector(".count")?.replaceChildren();
  }
});

// Other fields have no drafts: what somebody has typed into one stays while another form is sent.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, field) =>
  name !== "value" || !isSamePage || sentBy?.contains(field) || !field.matches("textarea:not([data-draft]), input:not([type=hidden])") || field.value === field.defaultValue;
