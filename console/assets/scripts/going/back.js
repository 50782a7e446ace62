// Whoever goes back finds what they left: the list and the page scrolled to where they were, where htmx brings a page that
// begins at its top. Whoever has closed the customer beside a ticket does not go back to them.
const PARTS = ["inbox", "main"];
const left = new Map();   // address -> how far its parts were scrolled
const addressOf = () => location.pathname + location.search;
const part = (id) => document.getElementById(id);
let shown = addressOf();  // whose page there is; the address can be that of the next one
let list = null;          // of the page before, where it is shown: its view, and how far it is scrolled
let opened = "";          // the address at which the customer was opened

function leave() {
  left.set(shown, new Map(PARTS.map((id) => [id, part(id)?.scrollTop ?? 0])));
}

const viewOf = () => document.querySelector(".view[aria-current]")?.getAttribute("href");

document.addEventListener("htmx:beforeSwap", ({ detail }) => { if (detail.target === document.body) leave(); });
document.addEventListener("htmx:afterSettle", ({ detail }) => { if (detail.target === document.body) shown = addressOf(); });
document.addEventListener("htmx:historyCacheMissLoad", () => {
  leave();
  list = part("inbox")?.checkVisibility() ? { view: viewOf(), top: part("inbox").scrollTop } : null;
});
document.addEventListener("htmx:historyRestore", () => {
  shown = addressOf();
  for (const id of PARTS) if (part(id)) part(id).scrollTop = left.get(shown)?.get(id) ?? 0;
  // The list that stands beside tickets does not move.
  if (list && list.view === viewOf()) part("inbox").scrollTop = list.top;
});

// ---- the customer, beside a ticket

// The page stays: htmx would fetch it again. This listener comes before that of htmx, which begins once the page is read.
addEventListener("popstate", (event) => {
  if (addressOf() === shown) event.stopImmediatePropagation();
});

addEventListener("hashchange", () => {
  const isOpen = location.hash === "#customer", drawer = part("customer");
  if (!isOpen) opened = "";
  const next = isOpen ? drawer?.querySelector(".side-close") : document.querySelector(".ticket-side-link");
  if (next?.checkVisibility()) next.focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.(".ticket-side-link") && location.hash !== "#customer") opened = addressOf();
  if (!event.target.closest?.(".side-close")) return;
  event.preventDefault();
  if (opened === addressOf() && location.hash === "#customer") history.back();
  else location.replace("#main");
});
