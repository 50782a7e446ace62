// Whoever types on when the field goes away, because another page has come, presses none of that page's keys: what they type
// does nothing until they pause, or click.
const PAUSE = 1000;
const ENDS = new Set(["Enter", "Escape", "Tab"]);
let field = null, time = 0;

const isField = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, [contenteditable]");
const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

// Before the keys hear of it (scripts/keyboard.js).
document.addEventListener("keydown", (event) => {
  const { key, target } = event, isText = key.length === 1 && !event.ctrlKey && !event.metaKey;
  if (ENDS.has(key)) field = null;
  if (!isText) return;
  if (isField(target)) field = target;
  else if (!field || isShown(field) || Date.now() - time > PAUSE) { field = null; return; }
  else event.preventDefault();
  time = Date.now();
});
document.addEventListener("pointerdown", () => { field = null; });
