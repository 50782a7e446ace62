// Rows that are selected: a range with Shift, Escape for none; scripts/keyboard.js has x and Shift+x. What is selected
// stays so when the list is fetched again.
const BOXES = "#ticket-list .row-check input";

let last = null;

const boxes = () => [...document.querySelectorAll(BOXES)];
const chosen = () => boxes().filter((box) => box.checked);
// What somebody has selected, by ticket; a page or a list that arrives knows nothing of it.
let selected = new Set(chosen().map((box) => box.value));

function showCount() {
  const label = document.querySelector("[data-selected]");
  if (label) label.textContent = label.dataset.selected.replace("{}", chosen().length);
}

function choose(box, checked, isRange) {
  const every = boxes();
  const from = every.findIndex((other) => other.value === last);
  const to = every.indexOf(box);
  const range = isRange && from >= 0 ? every.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const other of range) other.checked = checked;
  last = box.value;
  remember();
}

function remember() {
  selected = new Set(chosen().map((box) => box.value));
  showCount();
}

document.addEventListener("click", (event) => {
  if (event.target.matches?.(BOXES)) choose(event.target, event.target.checked, event.shiftKey);
});

// A click on a label with Shift would select the words of the row, too.
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest?.(".row-check")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.target.matches?.("textarea, select")) return;
  deselect();
});

function deselect(tickets = null) {
  for (const box of chosen()) if (!tickets || tickets.includes(box.value)) box.checked = false;
  remember();
}

document.addEventListener("submit", (event) => {
  if (event.target.id === "several") last = null;
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status >= 400 || detail.requestConfig?.verb !== "post" || detail.requestConfig.elt.id !== "several") return;
  // Those that were selected meanwhile stay so.
  deselect(detail.requestConfig.formData.getAll("ticket"));
});

// Nothing is selected that is not in the list any more: nobody would see what they do it to.
document.addEventListener("htmx:afterSettle", () => {
  for (const box of boxes()) box.checked = selected.has(box.value);
  remember();
});
