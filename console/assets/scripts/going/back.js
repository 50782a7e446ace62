// Whoever goes back finds what they left: the list and the page scrolled to where they were, where htmx brings a page that
// begins at its top. Whoever has closed the customer beside a ticket does not go back to them.
const PARTS = ["inbox", "main"];
const left = new Map();   // address -> how far its parts were scrolled
const addressOf = () => location.pathname + location.search;
const part = (id) => document.getElementById(id);
let shown = addressOf();  // whose page there is; the address can be that of the next one
let list = null;          // of the page before, where it is shown: which one, and how far it is scrolled
let coming = null;        // the request of the page that one goes back to
let opened = "";          // the address at which the customer was opened

function leave() {
  left.set(shown, new Map(PARTS.map((id) => [id, part(id)?.scrollTop ?? 0])));
}

// Which list it is, with its filters and its length; not which of its tickets is open.
function listOf() {
  const url = new URL(part("ticket-list")?.dataset.liveUrl ?? "", location.href);
  url.searchParams.delete("selected");
  return url.href;
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => { if (detail.target === document.body) leave(); });
document.addEventListener("htmx:afterSettle", ({ detail }) => { if (detail.target === document.body) shown = addressOf(); });
document.addEventListener("htmx:historyCacheMiss", ({ detail }) => { coming = detail.xhr; });
document.addEventListener("htmx:historyCacheMissLoad", () => {
  leave();
  list = part("inbox")?.checkVisibility() ? { of: listOf(), top: part("inbox").scrollTop } : null;
});
document.addEventListener("htmx:historyRestore", () => {
  shown = addressOf();
  for (const id of PARTS) if (part(id)) part(id).scrollTop = left.get(shown)?.get(id) ?? 0;
  // The list that stands beside tickets does not move.
  if (list && list.of === listOf()) part("inbox").scrollTop = list.top;
});

// ---- the customer, beside a ticket

// The page stays: htmx would fetch it again. This listener comes before that of htmx, which begins once the page is read. Whoever
// goes back, and forward again before the page is there, stays as well.
addEventListener("popstate", (event) => {
  if (addressOf() !== shown) return;
  coming?.abort();
  event.stopImmediatePropagation();
});

// What is done in the drawer leads to the page with the drawer: no step of its own for the way back.
document.addEventListener("htmx:beforeHistoryUpdate", ({ detail: { history: update } }) => {
  const path = update.path && new URL(update.path, location.href).pathname;
  if (location.hash === "#customer" && path === location.pathname) update.type = "replace";
});

addEventListener("hashchange", ({ oldURL }) => {
  const isOpen = location.hash === "#customer", drawer = part("customer");
  if (!isOpen && new URL(oldURL).hash !== "#customer") return;
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
