// The box in which one answers: Ctrl+Enter sends, `/` finds saved replies, `@` colleagues.
const boxOf = (area) => area.closest("[data-box-of]");

document.addEventListener("input", ({ target }) => {
  const area = target.closest("textarea[data-draft]");
  if (area) offer(area);
});

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
    // htmx knows a button by its click alone: otherwise it would be the one that was clicked last.
    area.form.querySelector("[data-submit]").click();
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

// Saved replies come at the end of a menu, below what is seen of it.
document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
  if (target?.matches?.(".saved-choice")) target.scrollIntoView({ block: "start" });
});
