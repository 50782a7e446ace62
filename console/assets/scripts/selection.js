// Rows that are selected: a range with Shift, x and Shift+x on the row that has the focus or is open, Escape for none. What
// is selected stays so when the list is fetched again.
const BOXES = "#ticket-list .row-check input";

let last = null;
let kept = new Set();

const boxes = () => [...document.querySelectorAll(BOXES)];
const chosen = () => boxes().filter((box) => box.checked);

function showCount() {
  const label = document.querySelector("[data-selected]");
  if (label) label.textContent = `${chosen().length} ${label.dataset.selected}`;
}

function choose(box, checked, isRange) {
  const every = boxes();
  const from = every.findIndex((other) => other.value === last);
  const to = every.indexOf(box);
  const range = isRange && from >= 0 ? every.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const other of range) other.checked = checked;
  last = box.value;
  showCount();
}

document.addEventListener("click", (event) => {
  if (event.target.matches?.(BOXES)) choose(event.target, event.target.checked, event.shiftKey);
});

// A click on a label with Shift would select the words of the row, too.
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest?.(".row-check")) event.preventDefault();
});

function boxAtFocus() {
  const row = document.activeElement?.closest?.(".row") ?? document.querySelector(".row:has([aria-current])");
  return row?.querySelector(".row-check input") ?? null;
}

const isTyping = (element) => element?.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.documentElement.dataset.keys === "off") return;
  if (event.key === "Escape" && chosen().length) {
    for (const box of chosen()) box.checked = false;
    showCount();
  } else if (event.key.toLowerCase() === "x") {
    const box = boxAtFocus();
    if (!box) return;
    event.preventDefault();
    choose(box, event.shiftKey || !box.checked, event.shiftKey);
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.id === "several") last = null;
});

document.addEventListener("htmx:beforeSwap", () => {
  kept = new Set(chosen().map((box) => box.value));
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.verb === "post" && event.detail.elt.id === "several") kept = new Set();
});

document.addEventListener("htmx:afterSettle", () => {
  for (const box of boxes()) if (kept.has(box.value)) box.checked = true;
  showCount();
});
