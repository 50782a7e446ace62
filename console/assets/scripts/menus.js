// Menus are <details>: Escape and a click elsewhere close them; what a key opens within one opens that one, too.
const open = () => [...document.querySelectorAll("details.menu[open]")];

document.addEventListener("click", (event) => {
  for (const menu of open()) if (event.isTrusted && !menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  }
});

// `toggle` does not bubble.
document.addEventListener("toggle", (event) => {
  const part = event.target;
  if (!(part instanceof HTMLDetailsElement) || !part.open) return;
  const around = part.parentElement.closest("details.menu");
  if (around) around.open = true;
  if (part.matches("details.menu, details.menu details")) {
    part.querySelector("input:not([type=hidden]), select, textarea, .menu-list button")?.focus();
  }
}, true);

// Nobody's menu closes under their hand because something has happened.
document.addEventListener("keva:refresh", (event) => {
  if (event.target.querySelector?.("details.menu[open]")) event.preventDefault();
});
