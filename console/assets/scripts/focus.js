// Nobody loses their place at the keyboard: when what has the focus goes away, because a page or a part of it was renewed, the
// focus moves to the nearest thing that is still there. Without this it would begin again at the top of the page.
// Whoever has clicked beside everything has left it on purpose, and gets it back on another page only.
let last = null, hasLeft = false, path = location.pathname;

const isShown = (element) => Boolean(element?.isConnected && (element.checkVisibility?.() ?? element.offsetParent !== null));
const isLost = () => document.activeElement === document.body || !document.activeElement || !isShown(document.activeElement);

// Where else to go: the menu that it was in, then the row or the conversation, then the page.
function ways(element) {
  const menus = [], parts = [];
  for (let around = element.parentElement; around; around = around.parentElement) {
    if (around.matches("details[id]")) menus.push(`#${CSS.escape(around.id)} > summary`);
    if (around.matches("[data-ticket-page]")) parts.push("[data-thread]");
  }
  return [...(element.id ? [`#${CSS.escape(element.id)}`] : []), ...menus, ...parts];
}

document.addEventListener("focusin", ({ target }) => {
  last = { element: target, ways: ways(target) };
  hasLeft = false;
});

// What goes away loses it, too, and is not there any more, or not shown, once all that made it go is done.
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (relatedTarget) return;
  queueMicrotask(() => { hasLeft = document.activeElement === document.body && isShown(target); });
});

function keep() {
  const isElsewhere = path !== location.pathname;
  path = location.pathname;
  if (!last || !isLost() || (hasLeft && !isElsewhere)) return;
  const main = document.getElementById("main");
  const found = isElsewhere ? [main?.querySelector("[autofocus]"), main?.querySelector("[data-thread]")] : [last.element, ...last.ways.map((way) => document.querySelector(way))];
  [...found, main].find((one) => isShown(one) && !one.disabled)?.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", keep);
document.addEventListener("keva:refreshed", keep);

// Whoever is refused sees what is wrong, however far above the button it stands, and goes there; unless they are somewhere else
// already, or write on.
const sentFrom = new WeakMap();   // request -> what had the focus
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => sentFrom.set(xhr, document.activeElement));
document.addEventListener("htmx:afterSettle", ({ detail: { target, xhr, requestConfig } }) => {
  if (target !== document.body || requestConfig?.verb !== "post" || xhr.status < 400) return;
  const wrong = document.querySelector(".field-wrong [aria-invalid=true]"), active = document.activeElement;
  if (!wrong) return;
  const isThere = active === sentFrom.get(xhr) || !active?.matches("input, textarea, select");
  const isWritten = active?.matches("textarea, input:not([type=checkbox], [type=radio])") && active.value !== requestConfig.formData.get(active.name);
  if (isThere && !isWritten) wrong.focus({ preventScroll: true });
  else if (isWritten) return;
  wrong.closest(".field-wrong").scrollIntoView({ block: "nearest" });
});
