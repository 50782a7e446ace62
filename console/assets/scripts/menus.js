// Menus are <details>: Escape and a click elsewhere close them, and who opens one is in its first field.
const FIELD = "input:not([type=hidden]), select, textarea, .menu-list button";
const open = () => [...document.querySelectorAll("details.menu[open]")];
const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

// Done here rather than when `toggle` says so, which is later: the next key is meant for the field.
function toggle(event, summary) {
  const menu = summary.parentElement;
  event.preventDefault();
  menu.open = !menu.open;
  for (let around = menu.parentElement.closest("details:not([open])"); menu.open && around; around = around.parentElement.closest("details:not([open])")) around.open = true;
  if (menu.open) [...menu.querySelectorAll(FIELD)].find(isShown)?.focus();
}

document.addEventListener("click", (event) => {
  for (const menu of open()) if (event.isTrusted && !menu.contains(event.target)) menu.open = false;
  const summary = event.target.closest("details.menu > summary, details.menu details > summary");
  if (summary) toggle(event, summary);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  }
});

// Nobody's menu changes under their hand because something has happened: it is fetched once the menu is closed.
const held = new Set();

function hold(event) {
  if (!event.target.querySelector?.("details.menu[open]")) return;
  event.preventDefault();
  held.add(event.target.id);
}

document.addEventListener("keva:refresh", hold);
document.addEventListener("keva:swap", hold);

// `toggle` does not bubble.
document.addEventListener("toggle", () => {
  for (const id of held) {
    const element = document.getElementById(id);
    if (element?.querySelector("details.menu[open]")) continue;
    held.delete(id);
    element?.dispatchEvent(new CustomEvent("keva:fetch", { bubbles: true }));
  }
}, true);
