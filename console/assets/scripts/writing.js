// The box in which one answers: drafts are kept on the server, Ctrl+Enter sends, `/` finds saved replies, `@` colleagues.
const PAUSE = 800;
const timers = new Map(), typed = new Map(), unkept = new Set();
let sentBy = null, isSamePage = false;

const areas = () => [...document.querySelectorAll("textarea[data-draft]")];
const boxOf = (area) => area.closest("[data-box-of]");
const tokenOf = (area) => area.form.querySelector("input[name=csrf]").value;

// ---- drafts

function keep(area) {
  clearTimeout(timers.get(area.id));
  timers.delete(area.id);
  const body = new URLSearchParams({ kind: area.dataset.draft, text: area.value, by_script: "1" });
  const headers = { "X-CSRF-Token": tokenOf(area) };
  fetch(boxOf(area).dataset.draftUrl, { method: "POST", body, headers, keepalive: body.toString().length < 60_000 })
    .then(({ ok }) => { if (ok) unkept.delete(area.id); else unkept.add(area.id); }, () => keepLater(area));
}

function keepLater(area) {
  clearTimeout(timers.get(area.id));
  timers.set(area.id, setTimeout(() => { if (area.isConnected) keep(area); }, PAUSE));
}

// What was refused, as by a session that had ended, is kept once there is one again.
document.addEventListener("keva:connected", () => areas().filter((area) => unkept.has(area.id)).forEach(keep));

function keepAll() {
  areas().filter((area) => timers.has(area.id)).forEach(keep);
}

document.addEventListener("input", (event) => {
  const area = event.target.closest("textarea[data-draft]");
  if (!area) return;
  typed.set(area.id, area.value);
  keepLater(area);
  offer(area);
});
window.addEventListener("pagehide", keepAll);
document.addEventListener("visibilitychange", () => { if (document.hidden) keepAll(); });

// What the form has sent is no draft any more; everything else that is typed stays, whatever page comes back.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (event.detail.boosted === false && !form.matches?.("form")) return;
  if (form.matches?.("form[data-box]")) {
    for (const area of form.querySelectorAll("textarea[data-draft]")) {
      clearTimeout(timers.get(area.id));
      timers.delete(area.id);
    }
  }
  keepAll();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  sentBy = event.detail.requestConfig?.elt;
  isSamePage = event.detail.requestConfig?.verb !== "get";
  if (!event.detail.shouldSwap) return sentBy?.matches?.("form[data-box]") && sentBy.querySelectorAll("textarea[data-draft]").forEach(keepLater);
  if (event.detail.target !== document.body) return;
  const replaced = sentBy?.matches?.("[data-replaces-text]") ? "reply" : sentBy?.dataset?.box;
  for (const area of areas()) if (area.dataset.draft === replaced) typed.delete(area.id);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== document.body) return;
  for (const area of areas()) {
    const value = typed.get(area.id);
    if (value !== undefined && area.value !== value) {
      area.value = value;
      keepLater(area);
    }
  }
  for (const id of typed.keys()) if (!document.getElementById(id)) typed.delete(id);
});

// Other fields have no drafts: what somebody has typed into one stays while another form is sent.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, field) =>
  name !== "value" || !isSamePage || sentBy?.contains(field) || !field.matches("textarea:not([data-draft]), input:not([type=hidden])") || field.value === field.defaultValue;

// ---- tabs and sending

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".tabs input[type=radio]");
  if (!tab) return;
  const kind = tab.classList.contains("tab-note") ? "note" : "reply";
  const area = boxOf(tab).querySelector(`textarea[data-draft=${kind}]`);
  if (area) area.focus();
});

document.addEventListener("keydown", (event) => {
  const area = event.target.closest?.("textarea[data-draft]");
  if (!area) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const button = area.form.querySelector("[data-submit]");
    if (!button.disabled) area.form.requestSubmit(button);
    return;
  }
  choose(event, area);
});

// ---- what is offered at the caret

const before = (area) => area.value.slice(0, area.selectionStart);
const listOf = (area) => area.form.querySelector("[data-offers]");
let asked = 0;

async function offer(area) {
  const list = listOf(area), mark = area.dataset.draft === "note" ? "@" : "/";
  const found = before(area).match(mark === "/" ? /(?:^|\s)\/([\w.-]*)$/ : /(?:^|\s)@([\w.-]*)$/);
  if (!found) return hide(area);
  if (mark === "@") return show(area, colleagues(area, found[1].toLowerCase()));
  const number = ++asked;
  const response = await fetch(`${list.dataset.savedUrl}${list.dataset.savedUrl.includes("?") ? "&" : "?"}q=${encodeURIComponent(found[1])}`).catch(() => null);
  if (!response?.ok || number !== asked) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  show(area, [...page.body.children]);
}

function colleagues(area, word) {
  const options = [...area.form.querySelectorAll("datalist option")];
  const matching = options.filter((option) => `${option.value} ${option.textContent}`.toLowerCase().includes(word));
  return matching.slice(0, 8).map((option) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "saved";
    button.dataset.mention = option.value;
    button.textContent = option.textContent;
    return button;
  });
}

function show(area, items) {
  const list = listOf(area);
  list.replaceChildren(...items);
  list.hidden = items.length === 0;
  list.querySelector("button")?.setAttribute("data-chosen", "");
}

function hide(area) {
  asked += 1;
  const list = listOf(area);
  if (list) list.hidden = true;
}

function choose(event, area) {
  const list = listOf(area);
  if (!list || list.hidden) return;
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button.hasAttribute("data-chosen"));
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key === "Escape") hide(area);
  else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(buttons[at]);
  else if (event.key in steps && buttons.length) {
    buttons[at]?.removeAttribute("data-chosen");
    const next = buttons[(at + steps[event.key] + buttons.length) % buttons.length];
    next.setAttribute("data-chosen", "");
    next.scrollIntoView({ block: "nearest" });
  } else return;
  event.preventDefault();
}

function put(area, text) {
  const end = area.selectionStart;
  const start = before(area).search(/[/@][\w.-]*$/);
  area.setRangeText(text, start < 0 ? end : start, end, "end");
  hide(area);
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function take(button) {
  const area = button.closest("[data-box-of]").querySelector(`textarea[data-draft=${button.dataset.mention ? "note" : "reply"}]`);
  if (button.dataset.mention) return put(area, `@${button.dataset.mention} `);
  const response = await fetch(button.dataset.saved).catch(() => null);
  if (!response?.ok) return;
  const saved = await response.json();
  area.form.querySelector("input[name=saved_reply_id]").value = saved.saved_reply_id;
  const missing = area.form.querySelector("[data-missing]");
  missing.textContent = saved.missing.length ? missing.dataset.missing.replace("{}", saved.missing.join(", ")) : "";
  put(area, saved.text);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-saved], [data-mention]");
  if (!button || !button.closest("[data-box-of]")) return;
  event.preventDefault();
  event.stopPropagation();
  button.closest("details[open]")?.removeAttribute("open");
  take(button);
}, true);
