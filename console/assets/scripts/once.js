// What does something once is not sent twice: by a double click, or by Ctrl+Enter pressed twice. htmx would send it again when
// there is an answer, with what the form holds by then.
const STOPPED = 10_000;         // Then whoever has stopped the browser may try again.
const onItsWay = new WeakMap(); // form -> its button, its action, and whether it only asks for something to look at
const left = new WeakMap();     // form that htmx does not send -> when it was sent

const actionOf = (form) => form.getAttribute("action");
const isQuestion = (form, { verb, path, formData }) => verb === "get" || path !== actionOf(form) || formData.get("do") === "look";

document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr, requestConfig } }) => {
  if (!elt.matches?.("form")) return;
  const button = requestConfig.triggeringEvent?.submitter;
  const sent = { button, action: actionOf(elt), isQuestion: isQuestion(elt, requestConfig) };
  onItsWay.set(elt, sent);
  elt.toggleAttribute("data-busy", !sent.isQuestion);
  xhr.addEventListener("loadend", () => {
    if (onItsWay.get(elt) !== sent) return;
    onItsWay.delete(elt);
    elt.removeAttribute("data-busy");
  });
});

document.addEventListener("htmx:confirm", (event) => {
  const { elt, verb, triggeringEvent } = event.detail, before = onItsWay.get(elt);
  // Another ticket's page may have made its own form of it.
  if (!before || before.action !== actionOf(elt)) return;
  // What was only asked gives way: nobody waits for the AI's draft to send their own.
  if (before.isQuestion && (verb === "get" || triggeringEvent?.submitter !== before.button)) htmx.trigger(elt, "htmx:abort");
  else event.preventDefault();
});

// The page that answers may come between the two clicks, with another button in the same place. Quick taps are counted together
// although they are on two buttons: there the place tells.
const SAME = 16;                // pixels
let tapped = null;              // what pressed a button last

const isNear = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) < SAME;

document.addEventListener("click", (event) => {
  const before = tapped, isPress = event.target.closest?.("button")?.type === "submit";
  tapped = isPress ? event : null;
  if (!isPress || event.detail < 2 || (event.pointerType === "touch" && !(before && isNear(before, event)))) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// A key that is held down presses once.
document.addEventListener("keydown", (event) => {
  const isPress = event.key === "Enter" && (event.ctrlKey || event.metaKey || !event.target.matches?.("textarea"));
  if (!event.repeat || !isPress) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// A link to set a password works once.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (Date.now() - (left.get(event.target) ?? 0) < STOPPED) event.preventDefault();
  else left.set(event.target, Date.now());
});
addEventListener("pageshow", ({ persisted }) => { if (persisted) document.querySelectorAll("form").forEach((form) => left.delete(form)); });
