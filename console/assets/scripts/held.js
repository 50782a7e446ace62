// Without a connection, a session or an answer, forms that somebody has sent wait: those that carry an id of their own, which are
// done once, however often they are sent. Each is kept as it was sent, and leaves whatever page there is by then; what came of it
// is said where one is. Whoever writes on in one sends it again when it is done: half a sentence never leaves by itself.
const AGAIN = 2000, LATEST = 30_000, SILENCE = 45_000;
const NO_ANSWER = new Set([502, 503, 504]);
const held = new Map();    // what was sent and id -> the form as it was
const refused = new Map(); // action -> what stood in a form that was not there any more when it was refused
const leaving = new Set(); // requests of such forms that are on their way
const pressed = new WeakMap();
let isCut = false, isSending = false, going = null, tries = 0, retry = 0;

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRF-Token"] ?? "";
const title = () => document.title.replace(/^\(\d+\+?\) /, "").replace(/ – Keva$/, "");
const actionOf = (form) => form.getAttribute("action");
const idOf = (form) => form.querySelector("[name=request_id]")?.value;
const textOf = (form) => form.querySelector("textarea[data-draft]")?.value ?? "";
const keyOf = (form) => `${actionOf(form)} ${idOf(form)}`;
const tell = (name, detail, target = document) => target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));

document.addEventListener("submit", ({ target, submitter }) => pressed.set(target, submitter), true);
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.boosted && detail.requestConfig.verb === "get") going = detail.xhr;
});

function showLine() {
  const bar = document.getElementById("offline");
  document.documentElement.toggleAttribute("data-offline", isCut);
  if (!bar) return;
  bar.textContent = held.size ? bar.dataset.waits : isCut ? bar.dataset.lost : "";
  bar.hidden = !bar.textContent;
}

document.addEventListener("keva:line", ({ detail }) => {
  isCut = detail.isCut;
  showLine();
  if (!isCut && !retry) sendHeld();
});

// ---- it waits

document.addEventListener("htmx:beforeRequest", (event) => {
  const { detail } = event;
  if (!isHeld(detail) || !document.documentElement.hasAttribute("data-offline")) return;
  event.preventDefault();
  hold(copyOf(detail.elt, detail.requestConfig));
});

function hold(copy) {
  held.set(copy.key, copy);
  showLine();
  tell("keva:held", copy);
}

// A form that has gone from the page hears alone what became of it.
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (!isHeld(detail)) return;
  const { elt, xhr } = detail, copy = copyOf(elt, detail.requestConfig), names = ["htmx:sendError", "htmx:beforeOnLoad"];
  // On a line that stands still an answer may never come, and nobody be told.
  const end = copy.isQuestion ? 0 : setTimeout(() => xhr.abort(), SILENCE);
  if (end) names.push("htmx:sendAbort");
  const hear = (event) => {
    if (event.detail.xhr !== xhr || (event.type === "htmx:beforeOnLoad" && !isNotTaken(xhr))) return;
    event.preventDefault();
    hold(copy);
    tryAgain();
  };
  names.forEach((name) => elt.addEventListener(name, hear));
  leaving.add(xhr);
  xhr.addEventListener("loadend", () => {
    clearTimeout(end);
    leaving.delete(xhr);
    names.forEach((name) => elt.removeEventListener(name, hear));
    if (xhr.status && !isNotTaken(xhr)) tries = 0;
  });
});

// The session has ended, or what stands between does not know what became of it; a page of Keva's own says what is wrong.
function isNotTaken({ status, responseText }) {
  return status === 401 || (NO_ANSWER.has(status) && !responseText.includes("data-failure"));
}

// At once the first time, then after longer and longer pauses. The stream finds out whether there is a connection, and a session.
function tryAgain() {
  clearTimeout(retry);
  retry = setTimeout(() => {
    retry = 0;
    if (held.size) tell("keva:connect");
  }, tries++ ? Math.min(AGAIN * 2 ** (tries - 2), LATEST) : 0);
}

// A field of a form may ask for something by itself, such as how long the text is: that is not the form.
function isHeld({ elt, requestConfig }) {
  return Boolean(elt?.matches?.("form") && idOf(elt)) && requestConfig?.verb !== "get";
}

// What only asks for another page, such as a look at what would leave, is of no use to whoever has gone on.
function copyOf(form, { path, formData }) {
  const fields = [...formData].filter(([name]) => name !== "csrf");
  const isQuestion = path !== actionOf(form) || fields.some(([name, value]) => name === "do" && value === "look");
  return {
    form, fields, isQuestion, path, button: pressed.get(form), key: keyOf(form), action: actionOf(form), formId: form.id,
    id: idOf(form), box: form.dataset.box, text: textOf(form), page: location.pathname + location.search, title: title(),
  };
}

document.addEventListener("input", ({ target }) => {
  if (!target.form || !held.delete(keyOf(target.form))) return;
  showLine();
});
addEventListener("beforeunload", (event) => { if (isWaiting()) event.preventDefault(); });
// Nobody has to find the tab again for what waits in it.
document.addEventListener("keva:hiding", (event) => { if (isWaiting()) event.preventDefault(); });
// Nor is it gone because one has to sign in again: another tab does for that.
document.addEventListener("keva:sign-in", (event) => {
  if (!isWaiting()) return;
  event.preventDefault();
  tell("keva:sign-in-elsewhere", event.detail);
});
// Nor by what htmx would do with an answer that asks for it.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status !== 401 || event.defaultPrevented) return;
  const page = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  const asked = new CustomEvent("keva:sign-in", { detail: { page }, cancelable: true });
  if (!document.dispatchEvent(asked)) event.preventDefault();
});
document.addEventListener("keva:another", () => held.clear());

function isWaiting() {
  return leaving.size > 0 || [...held.values()].some(({ isQuestion }) => !isQuestion);
}

// Whoever comes back to the form finds in it what they sent; it is the same one, so that it is done once.
function putBack() {
  for (const form of document.querySelectorAll("form[id]")) {
    const isOf = (copy) => copy.action === actionOf(form) && copy.formId === form.id;
    const waits = [...held.values()].find(isOf), copy = waits ?? [...refused.values()].find(isOf);
    if (!copy) continue;
    form.querySelector("[name=request_id]").value = copy.id;
    if (!waits) refused.delete(copy.action);
    fill(form, copy);
  }
}

function fill(form, { fields }) {
  for (const [name, value] of fields) {
    const field = form.elements.namedItem(name);
    const isText = field?.matches?.("textarea, input:not([type=hidden], [type=checkbox], [type=radio])");
    if (field?.matches?.("select") || (isText && field.value === field.defaultValue)) field.value = value;
  }
}
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target !== document.body) return;
  // The bar of the page that has come is empty.
  showLine();
  putBack();
});
document.addEventListener("htmx:historyRestore", () => {
  showLine();
  putBack();
});

// ---- it leaves

async function sendHeld() {
  if (isSending) return;
  isSending = true;
  try {
    for (const copy of [...held.values()]) if (held.get(copy.key) === copy) await send(copy);
  } finally {
    isSending = false;
  }
}

async function send(copy) {
  const { form, button } = copy;
  const isGoing = going && going.readyState > XMLHttpRequest.UNSENT && going.readyState < XMLHttpRequest.DONE;
  const isThere = form.isConnected && keyOf(form) === copy.key && textOf(form) === copy.text;
  if (!isThere || isGoing) return copy.isQuestion ? held.delete(copy.key) : post(copy);
  held.delete(copy.key);
  showLine();
  let asked = null;
  form.addEventListener("htmx:beforeSend", ({ detail }) => { asked = detail.xhr; }, { once: true });
  // htmx sends the value of a button that was clicked, and of no other.
  if (button && form.contains(button)) button.click();
  else form.requestSubmit();
  // The page that comes is not to meet another form on its way.
  if (asked) await new Promise((done) => asked.addEventListener("loadend", done));
}

async function post(copy) {
  const headers = { "HX-Request": "true", "X-CSRF-Token": token() }, body = new URLSearchParams(copy.fields);
  const patience = new AbortController(), end = setTimeout(() => patience.abort(), SILENCE);
  const answer = await fetch(copy.path, { method: "POST", body, headers, signal: patience.signal }).catch(() => null);
  const html = await answer?.text().catch(() => null);
  clearTimeout(end);
  // Whoever has to sign in again is asked to by what else the page does.
  if (html == null || answer.status === 401) return tryAgain();
  const page = new DOMParser().parseFromString(html, "text/html");
  // What stands between may not know what became of it: it is sent again, under the same id.
  if (NO_ANSWER.has(answer.status) || !page.getElementById("main")) return tryAgain();
  tries = 0;
  held.delete(copy.key);
  showLine();
  const isRefused = answer.status >= 400, fresh = page.getElementById(copy.formId);
  // The answer has another id where the one before was used up.
  if (isRefused) refused.set(copy.action, { ...copy, id: fresh?.elements.request_id.value ?? copy.id });
  else if (copy.box) tell("keva:sent", { ...copy, fresh });
  tell("keva:answered", { page, isRefused, sent: copy });
}
