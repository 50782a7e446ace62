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
  // Whoever has opened it by a key is in it already, and may have begun to type: `toggle` comes later.
  if (part.contains(document.activeElement) && document.activeElement.parentElement !== part) return;
  if (part.matches("details.menu, details.menu details")) {
    part.querySelector("input:not([type=hidden]), select, textarea, .menu-list button")?.focus();
  }
}, true);

// Nobody's menu closes under their hand because something has happened.
for (const before of ["keva:refresh", "keva:swap"]) {
  document.addEventListener(before, (event) => {
    if (event.target.querySelector?.("details.menu[open]")) event.preventDefault();
  });
}
