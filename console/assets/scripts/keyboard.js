// Keys. data-key="e" on a link, a button or a field makes that key click it, or focus it; "g i" is one after the other.
// Single keys do nothing in fields, nor when somebody has turned them off. `?` lists what there is on this page.
const SEQUENCE = 1500;
let first = "", firstTime = 0;

// Not said by the body, whose own attributes stay when pages are put into it.
const areOn = () => document.getElementById("go-to")?.dataset.keys !== "off";
const isTyping = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const isOpen = () => document.querySelector("dialog[open]");
const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

// Those on the page come before those that are the same everywhere. In a menu that is closed a key works, too.
function find(key) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter((one) => !one.disabled);
  return all.find(isShown) ?? all.find((one) => !one.closest("#go-to")) ?? all[0];
}

function press(element) {
  if (element.matches("input:not([type=radio], [type=checkbox], [type=submit]), textarea, select")) {
    element.focus();
    return;
  }
  // What is folded around it; a summary opens its own by the click.
  const from = element.matches("summary") ? element.parentElement.parentElement : element;
  for (let fold; (fold = from.closest("details:not([open])")); ) fold.open = true;
  element.click();
  const menu = element.matches("summary") && element.parentElement;
  if (menu?.open) menu.querySelector("form :is(button, input:not([type=hidden]), select)")?.focus();
}

function single(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  if (isTyping(event.target) || isOpen() || !areOn()) return false;
  const { key } = event, sequence = first && Date.now() - firstTime < SEQUENCE ? `${first} ${key}` : "";
  first = "";
  if (key === "?") return help() ?? true;
  if (sequence && find(sequence)) { press(find(sequence)); return true; }
  if (inList(event)) return true;
  const found = key.length === 1 && find(key);
  if (found) { press(found); return true; }
  if (key.length === 1 && document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) { first = key; firstTime = Date.now(); return true; }
  return false;
}

// The list.
const links = () => [...document.querySelectorAll(".row .row-link")].filter(isShown);
const here = () => links().findIndex((link) => link.closest(".row").contains(document.activeElement));

// Whoever presses again before the page is there goes on from where they are going.
let onTheWay = null;
document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr } }) => {
  if (!elt.matches?.(".row-link")) return;
  const going = (onTheWay = elt.getAttribute("href"));
  xhr.addEventListener("loadend", () => { if (onTheWay === going) onTheWay = null; });
});

function selected() {
  const all = links(), coming = all.findIndex((link) => link.getAttribute("href") === onTheWay);
  return coming >= 0 ? coming : all.findIndex((link) => link.hasAttribute("aria-current"));
}

function inList(event) {
  const step = { j: 1, k: -1 }[event.key];
  if (step) return move(step);
  const link = links()[here()];
  if (!link) return false;
  if (event.key === "Enter" && document.activeElement.matches(".row-check input")) { link.click(); return true; }
  const box = link.closest(".row").querySelector(".row-check input");
  if (event.key.toLowerCase() !== "x" || !box) return false;
  box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
  return true;
}

function move(step) {
  const all = links(), from = here() >= 0 ? here() : selected() >= 0 ? selected() : step > 0 ? -1 : all.length;
  const to = all[from + step];
  to?.focus();
  to?.closest(".row").scrollIntoView({ block: "nearest" });
  return Boolean(all.length);
}

function next(step) {
  const all = links(), from = selected() >= 0 ? selected() : here();
  const to = all[from + step];
  to?.click();
  return Boolean(to);
}

// What was done last, as long as its Undo is shown. In a field it takes back what was typed. What is still on its way is what was
// done last, and taken back once there is an answer: a toast that is shown is about something before it.
const doing = new Map();   // requests of forms -> { number, isUndo }
let count = 0, toUndo = null;
const toastOf = () => document.querySelector("[data-toast]");
const pressUndo = () => toastOf()?.querySelector(".toast-undo")?.click();

document.addEventListener("htmx:beforeSend", ({ detail: { xhr, elt, boosted, requestConfig } }) => {
  if (!boosted || requestConfig.verb === "get") return;
  doing.set(xhr, { number: ++count, isUndo: Boolean(elt.closest("[data-toast]")) });
  xhr.addEventListener("loadend", () => answered(xhr));
});

function answered(xhr) {
  const { number } = doing.get(xhr), toast = document.querySelector("[data-toast]:not([data-of])");
  doing.delete(xhr);
  if (toast) toast.dataset.of = number;
  if (toUndo !== xhr) return;
  toUndo = null;
  if (toast) pressUndo();
}

function undo(event) {
  if (isTyping(event.target) || isOpen()) return false;
  const toast = toastOf(), [xhr, newest] = [...doing].at(-1) ?? [];
  if (!newest || newest.number < Number(toast?.dataset.of ?? 0)) pressUndo();
  else if (!newest.isUndo) {
    toUndo = xhr;
    toast?.remove();
  }
  return Boolean(toast || newest);
}

function withControl(event) {
  if (event.isComposing) return false;
  const command = event.ctrlKey || event.metaKey;
  if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") { openCommands(); return true; }
  if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "z") return undo(event);
  if (event.altKey && !command && (event.key === "ArrowDown" || event.key === "ArrowUp"))
    return isTyping(event.target)?.matches("select") ? false : next(event.key === "ArrowDown" ? 1 : -1);
  if (command && event.key === "Enter" && !event.defaultPrevented) {
    const form = event.target.closest?.("form");
    const send = form?.querySelector("[data-send]") ?? form?.querySelector("button:not([type=button])");
    if (event.target.matches?.("textarea") && send) { send.click(); return true; }
  }
  return false;
}

// Out of a field, to what is around it, where single keys do something again. What one has typed stays.
function leave(event) {
  if (event.key !== "Escape" || event.isComposing || !isTyping(event.target) || isOpen()) return false;
  // A search field is emptied first, as browsers do.
  if (event.target.matches("[type=search]") && event.target.value) return false;
  const around = event.target.closest("[data-ticket-page]")?.querySelector("[data-thread]") ?? document.getElementById("main");
  around?.focus({ preventScroll: true });
  return Boolean(around);
}

// Others may have dealt with it: they come first, since this is the last script that hears of it. Whoever holds a key down
// only moves by it.
const MOVES = new Set(["j", "k", "ArrowDown", "ArrowUp"]);
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || (event.repeat && !MOVES.has(event.key))) return;
  if (leave(event) || withControl(event) || single(event)) event.preventDefault();
});

// What there is.
const label = (element) => (element.title || element.getAttribute("aria-label") || element.textContent).replace(/\s+/g, " ").trim();
const spoken = (key) => key.replaceAll(" ", ` ${document.getElementById("shortcuts-list")?.dataset.then} `);

// What a key is called wherever it is the same: a view beside the list has its count in its name.
const everywhere = (key) => document.querySelector(`#go-to [data-key="${CSS.escape(key)}"]`);

function help() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog || dialog.open) return;
  showKeys();
  dialog.showModal();
  // Not where its first link is, which is below the keys.
  dialog.focus();
  dialog.scrollTop = 0;
}

function showKeys() {
  const list = document.getElementById("shortcuts-list");
  const words = list.dataset, seen = new Set(), entries = [];
  for (const element of document.querySelectorAll("[data-key]")) {
    const { key } = element.dataset;
    if (seen.has(key) || !label(element) || find(key) !== element) continue;
    seen.add(key);
    entries.push([spoken(key), label(everywhere(key) ?? element)]);
  }
  if (links().length) entries.push(["j", words.down], ["k", words.up], ["Enter", words.open], ["x", words.select], ["Shift x", words.range],
    ["Alt ↓", words.next], ["Alt ↑", words.previous]);
  if (document.querySelector("[data-ticket-page] textarea")) entries.push(["Ctrl Enter", words.send]);
  entries.push(["Esc", words.leave], ["Ctrl Z", words.undo], ["Ctrl K", words.commandBar], ["?", words.help]);
  list.replaceChildren(...entries.flatMap(([key, text]) => [definition("dt", key, "kbd"), definition("dd", text)]));
}

function definition(name, text, inner) {
  const outer = document.createElement(name), target = inner ? outer.appendChild(document.createElement(inner)) : outer;
  target.textContent = text;
  return outer;
}

const nameOf = (element) => label((element.dataset.key && everywhere(element.dataset.key)) || element);

// The command bar: goes anywhere, does what this page can do, searches.
let commands = [], chosen = 0;

function openCommands() {
  const dialog = document.getElementById("command-bar"), input = document.getElementById("command-input");
  if (!dialog || dialog.open) return;
  findCommands();
  input.value = "";
  dialog.showModal();
  input.focus();
  showCommands();
}

function findCommands() {
  const seen = new Set();
  const all = [...document.querySelectorAll("main [data-key], .side [data-key], .column [data-key], #go-to a, .rail a, .settings-rooms a")];
  commands = all.filter((one) => !one.disabled && nameOf(one) && !seen.has(nameOf(one)) && seen.add(nameOf(one)));
}

function matching() {
  const typed = document.getElementById("command-input").value.trim(), list = document.getElementById("command-list");
  const parts = typed.toLowerCase().split(/\s+/);
  const found = commands.filter((one) => parts.every((part) => nameOf(one).toLowerCase().includes(part)))
    .map((one) => ({ text: nameOf(one), key: one.dataset.key, run: () => press(one) }));
  if (!typed) return found;
  const target = new URL(list.dataset.search, location.href);
  target.searchParams.set("q", typed);
  return [...found, { text: `${list.dataset.searchWords} “${typed}”`, run: () => location.assign(target) }];
}

function showCommands(to = 0) {
  const found = matching(), list = document.getElementById("command-list");
  chosen = Math.max(0, Math.min(to, found.length - 1));
  list.replaceChildren(...found.map(({ text, key }, index) => {
    const item = document.createElement("li");
    item.id = `command-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(index === chosen));
    item.append(text);
    if (key) item.append(Object.assign(document.createElement("kbd"), { textContent: spoken(key) }));
    return item;
  }));
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
  document.getElementById("command-input").setAttribute("aria-activedescendant", `command-${chosen}`);
}

function runCommand(index) {
  const command = matching()[index];
  document.getElementById("command-bar").close();
  command?.run();
}

document.addEventListener("input", ({ target }) => target.id === "command-input" && showCommands());
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "command-input" || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") showCommands(chosen + (event.key === "ArrowDown" ? 1 : -1));
  else if (event.key === "Enter") runCommand(chosen);
  else return;
  event.preventDefault();
});
document.addEventListener("click", ({ target }) => {
  const item = target.closest("#command-list > li");
  if (item) runCommand([...item.parentElement.children].indexOf(item));
  // A click beside an open dialog closes it.
  if (target.matches("dialog.dialog")) target.close();
});

// A page that was asked for before either of the two was opened arrives around it; then it has what that page has.
const { beforeNodeMorphed } = Idiomorph.defaults.callbacks;
Idiomorph.defaults.callbacks.beforeNodeMorphed = (node, fresh) => !node.matches?.("dialog[open]") && beforeNodeMorphed(node, fresh);
document.addEventListener("htmx:afterSettle", () => {
  if (document.getElementById("shortcuts")?.open) showKeys();
  if (!document.getElementById("command-bar")?.open) return;
  findCommands();
  showCommands(chosen);
});
