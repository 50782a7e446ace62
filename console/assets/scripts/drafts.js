// What is being written is kept on the server while it is written: one save of a box at a time, each with a number, so that
// none counts that arrives after what was written later, or after what was sent. What has gone from the page is kept, too.
const PAUSE = 800, AGAIN = 5000, SILENCE = 45_000;
const typed = new Map();   // id of a box -> what stands in it
const saves = new Map();   // id of a box -> what is to be kept, and how far that is
const givenUp = new Set(); // ids of boxes whose save was given up because they were sent
const sent = new WeakMap(); // request -> its boxes, and what stood in them when it was sent
// The box that one comes back to is the same one until it has been sent: what is sent twice leaves once, and what was on its way
// under that id is no longer a draft.
const boxes = new Map();   // id of a box -> its request_id
let last = 0, answered = new Set();
let sentBy = null, sentFields = null, isSamePage = false, isBackHere = false, isRefused = false; // of the answer that comes

const areas = () => [...document.querySelectorAll("textarea[data-draft]")];
const number = () => (last = Math.max(last + 1, Date.now()));
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRF-Token"] ?? "";
const isBox = (form) => form?.matches?.("form[data-box]") ?? false;
const idField = (area) => area.form.elements.request_id;

// Whose text leaves with the form, or makes room for another one.
function areasOf(form) {
  if (isBox(form)) return [...form.querySelectorAll("textarea[data-draft]")];
  return form?.matches?.("[data-replaces-text]") ? areas().filter((area) => area.dataset.draft === "reply") : [];
}

function keepLater(area) {
  const box = area.closest("[data-box-of]"), save = saves.get(area.id) ?? { timer: 0, running: null, isRefused: false };
  if (!box) return;
  saves.set(area.id, save);
  save.url = box.dataset.draftUrl;
  save.fields = { kind: area.dataset.draft, text: area.value, request_id: idField(area).value, by_script: "1" };
  boxes.set(area.id, idField(area).value);
  plan(area.id, save);
}

function plan(id, save, pause = PAUSE) {
  clearTimeout(save.timer);
  save.timer = setTimeout(() => keep(id), pause);
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
  const end = setTimeout(() => running.abort(), SILENCE);
  // Without an answer there was no connection, or it was given up.
  const answer = await fetch(save.url, { ...how, body, signal: running.signal }).catch(() => null);
  clearTimeout(end);
  if (save.running !== running) return;
  save.running = null;
  if (save.timer) return;
  if (!answer || answer.status >= 500) return plan(id, save, answer ? AGAIN : PAUSE);
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
  for (const [id, save] of saves) if (save.timer || (isLeaving && (save.running || save.isRefused))) keep(id, isLeaving);
}

// What was refused, as by a session that had ended, is kept once there is one again.
document.addEventListener("keva:connected", () => saves.forEach((save, id) => { if (save.isRefused) keep(id); }));
// Nor does the page go away with it.
document.addEventListener("keva:sign-in", (event) => {
  if (!saves.size || event.defaultPrevented) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("keva:sign-in-elsewhere", { detail: event.detail }));
});
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
  parameters.request_id = idField(area).value;
  parameters.save = number();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt: form, xhr, boosted } = event.detail;
  if (boosted === false && !form.matches?.("form")) return;
  const own = areasOf(form);
  if (own.length) sent.set(xhr, { own, isOfBox: isBox(form), text: own[0].value, requestId: idField(own[0]).value });
  if (!event.defaultPrevented) own.forEach((area) => giveUp(area.id));
  if (isBox(form)) own.forEach((area) => boxes.set(area.id, idField(area).value));
  keepAll(false);
});
// It waits for a connection: until then it is a draft like others.
document.addEventListener("keva:held", ({ detail: { form } }) => areasOf(form).forEach(keepAgain));
// The window hears of it last: by then it is known whether the page changes.
addEventListener("htmx:beforeSwap", ({ detail }) => {
  sentBy = detail.requestConfig?.elt;
  sentFields = detail.requestConfig?.formData;
  isSamePage = detail.requestConfig?.verb !== "get";
  isRefused = detail.xhr.status >= 400;
  isBackHere = isRefused || new URL(detail.xhr.responseURL, location.href).pathname === location.pathname;
  const { own = [], isOfBox, text, requestId } = sent.get(detail.xhr) ?? {};
  const isGone = isOfBox && hasLeft(detail);
  if (!detail.shouldSwap) {
    if (isGone) own.forEach(({ id }) => begin(id, text, requestId));
    else if (isOfBox) own.forEach(keepAgain);
    return;
  }
  if (detail.target !== document.body) return;
  answered = new Set(own.map(({ id }) => id));
  for (const area of areas()) {
    if (!answered.has(area.id)) continue;
    const more = moreIn(area, detail);
    giveUp(area.id);
    if (isGone) boxes.delete(area.id);
    if (more) typed.set(area.id, more);
    else typed.delete(area.id);
  }
});

// What did not leave is a draft again, unless something else stands in its box by now.
function keepAgain(area) {
  const now = document.getElementById(area.id);
  if (!now || now === area) return keepLater(area);
  if (!now.value && area.value) type(now, area.value);
}

const hasLeft = ({ xhr, requestConfig }) =>
  new URL(xhr.responseURL).pathname !== new URL(requestConfig.path, location.href).pathname;

// Who goes on writing while it is sent has begun the next one.
function moreIn(area, detail) {
  const before = sent.get(detail.xhr)?.text;
  if (before === undefined || area.value === before) return "";
  return hasLeft(detail) ? restOf(area.value, before) : area.value;
}

function restOf(value, before) {
  return value.startsWith(before) ? value.slice(before.length).trimStart() : value;
}
document.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target === document.body) putBack(); });
document.addEventListener("htmx:historyRestore", () => {
  answered = new Set();
  putBack();
});

function putBack() {
  for (const area of areas()) {
    // What is not kept yet is newer than what the server knows.
    const value = typed.get(area.id) ?? saves.get(area.id)?.fields.text;
    // An empty box is another one: what was written in the last one has left.
    if (!value && !area.value) boxes.delete(area.id);
    if (boxes.has(area.id) && !answered.has(area.id)) idField(area).value = boxes.get(area.id);
    // What somebody has looked at before it leaves, say, is still a draft.
    if (givenUp.delete(area.id) && value === undefined && area.value) keepLater(area);
    if (value !== undefined && area.value !== value) type(area, value);
  }
  for (const id of typed.keys()) if (!document.getElementById(id)) typed.delete(id);
}

// It has left without its page: the box, if it is there again, is another one, and empty but for what was typed meanwhile.
document.addEventListener("keva:sent", ({ detail: { form, text, id, fresh } }) =>
  areasOf(form).forEach((area) => begin(area.id, text, id, fresh)));

function begin(id, text, requestId, fresh) {
  if (saves.get(id)?.fields.request_id === requestId) giveUp(id);
  givenUp.delete(id);
  if (boxes.get(id) === requestId) boxes.delete(id);
  const area = document.getElementById(id);
  if (!area || idField(area).value !== requestId) return;
  const more = restOf(area.value, text);
  typed.delete(id);
  renew(area, fresh);
  if (more) type(document.getElementById(id), more);
}

// With all that was to leave with it, such as pictures.
function renew(area, fresh) {
  if (fresh) {
    Idiomorph.morph(area.form, fresh, { morphStyle: "outerHTML", callbacks: { beforeAttributeUpdated: () => true } });
    htmx.process(document.getElementById(fresh.id));
    return;
  }
  area.value = "";
  area.form.querySelector(".count")?.replaceChildren();
  // Any text that nobody has used is an id; browsers make better ones for pages of HTTPS alone.
  idField(area).value = `${number()}-${Math.random().toString(36).slice(2)}`;
}

function type(area, text) {
  typed.set(area.id, text);
  area.value = text;
  keepLater(area);
}

// ---- what a page that comes does not change

Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, field) => {
  // Whoever writes a note by now does not go on in what the customer gets. What was refused is shown.
  if (field.matches(".tabs input")) return name !== "checked" || isRefused || Boolean(sentBy?.matches("[data-replaces-text]"));
  if (name !== "value") return true;
  // Put back afterwards, it would have its caret at its end.
  if (field.matches("textarea[data-draft]")) return !typed.has(field.id) || answered.has(field.id);
  // Other fields have no drafts: what somebody has typed into one stays while another form is sent, or since its own was.
  return !isSamePage || !field.matches("textarea, input:not([type=hidden])") || !isTyped(field);
};

function isTyped(field) {
  if (!sentBy?.contains(field)) return field.value !== field.defaultValue;
  return isBackHere && (sentFields?.get(field.name) ?? field.value) !== field.value;
}
