// The list of tickets does not move while somebody points at it or has the focus in it: what comes meanwhile gathers
// behind "3 new". scripts/live.js asks by a `keva:refresh` event, which is held back here.
const NEW_TEXT = "message.received";
const LOOK = 20_000;

const newTickets = new Set();
let isHeld = false;

const list = () => document.getElementById("ticket-list");

// A finger leaves no pointer behind; browsers say that it still hovers.
function isBusy(element) {
  const pointed = matchMedia("(hover: hover)").matches && element.matches(":hover");
  return pointed || element.matches(":focus-within") || element.querySelector(".row-check :checked") !== null;
}

function showNews() {
  const pill = list()?.querySelector("[data-news]");
  if (!pill) return;
  pill.hidden = newTickets.size === 0;
  pill.textContent = `${newTickets.size} ${pill.dataset.news}`;
}

function refresh() {
  const element = list();
  isHeld = false;
  newTickets.clear();
  showNews();
  if (element) htmx.ajax("GET", element.dataset.liveUrl, { target: element, swap: "morph:outerHTML" });
}

function refreshUnlessBusy() {
  const element = list();
  if (!element) return;
  if (isBusy(element)) isHeld = true;
  else refresh();
}

function release() {
  // Where the focus goes is known once the event is over.
  setTimeout(() => isHeld && list() && !isBusy(list()) && refresh());
}

document.addEventListener("keva:refresh", (event) => {
  if (event.target !== list() || !isBusy(event.target)) return;
  event.preventDefault();
  isHeld = true;
  showNews();
}, true);

document.addEventListener("keva:event", ({ detail }) => {
  if (detail.type !== NEW_TEXT || !detail.ticket_id || !list() || !isBusy(list())) return;
  newTickets.add(detail.ticket_id);
  if (isHeld) showNews();
});

document.addEventListener("keva:refreshed", (event) => {
  if (event.target !== list()) return;
  isHeld = false;
  newTickets.clear();
  showNews();
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-news]")) refresh();
});

document.addEventListener("mouseout", (event) => {
  if (event.target.closest?.("#ticket-list") && !event.relatedTarget?.closest?.("#ticket-list")) release();
});
document.addEventListener("focusout", (event) => {
  if (event.target.closest?.("#ticket-list")) release();
});

// Somebody who waits becomes overdue without anything happening.
setInterval(() => {
  const late = [...document.querySelectorAll("#ticket-list [data-due]:not(.overdue)")];
  if (late.some((element) => Date.parse(element.dataset.due) < Date.now())) refreshUnlessBusy();
}, LOOK);

// On a phone the views are a strip: the one that is shown is brought into it.
function showView() {
  const view = document.querySelector(".view[aria-current]");
  const strip = view?.parentElement;
  if (strip) strip.scrollLeft = view.offsetLeft - strip.offsetLeft - (strip.clientWidth - view.offsetWidth) / 2;
}

showView();
document.addEventListener("htmx:afterSettle", showView);
