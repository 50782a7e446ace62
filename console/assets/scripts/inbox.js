// The list of tickets does not move while somebody points at it or has the focus in it: what comes meanwhile gathers
// behind "3 new". scripts/live.js asks by a `keva:refresh` event, which is held back here.
const LOOK = 20_000;

let isHeld = false;

const list = () => document.getElementById("ticket-list");

// A finger leaves no pointer behind; browsers say that it still hovers.
function isBusy(element) {
  const pointed = matchMedia("(hover: hover)").matches && element.matches(":hover");
  return pointed || element.matches(":focus-within") || element.querySelector(".row-check :checked") !== null;
}

function showNews(count) {
  const pill = list()?.querySelector("[data-news]");
  if (!pill) return;
  pill.hidden = count === 0;
  pill.textContent = pill.dataset.news.replace("{}", count);
}

// How many tickets of this list, with its filters, have texts that are not shown yet.
async function countNews() {
  const url = list().dataset.liveUrl;
  const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": "ticket-list" } });
  if (!answer.ok || !isHeld || list()?.dataset.liveUrl !== url) return;
  const shown = new Map([...list().querySelectorAll(".row")].map((row) => [row.id, row.dataset.texts]));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  showNews([...page.querySelectorAll(".row")].filter((row) => shown.get(row.id) !== row.dataset.texts).length);
}

function hold() {
  isHeld = true;
  // Without a connection nothing is counted; what is new comes with the next event.
  countNews().catch(() => {});
}

function refresh() {
  const element = list();
  isHeld = false;
  showNews(0);
  element?.dispatchEvent(new CustomEvent("keva:fetch", { bubbles: true }));
}

function refreshUnlessBusy() {
  const element = list();
  if (!element) return;
  if (isBusy(element)) hold();
  else refresh();
}

function release() {
  // Where the focus goes is known once the event is over.
  setTimeout(() => isHeld && list() && !isBusy(list()) && refresh());
}

document.addEventListener("keva:refresh", (event) => {
  if (event.target !== list() || !isBusy(event.target)) return;
  event.preventDefault();
  hold();
}, true);

document.addEventListener("keva:refreshed", (event) => {
  if (event.target !== list()) return;
  isHeld = false;
  showNews(0);
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
  if (!strip) return;
  // By what stands before it: the view itself sticks to the edge, wherever it would be.
  const before = view.previousElementSibling?.getBoundingClientRect().right ?? strip.getBoundingClientRect().left;
  strip.scrollLeft += before - strip.getBoundingClientRect().left - (strip.clientWidth - view.offsetWidth) / 2;
}

showView();
document.addEventListener("htmx:afterSettle", showView);

// Whoever opens a ticket by its address sees where it stands in the list. Once: afterwards it stays where one has put it.
let brought = "";

function showRow() {
  const row = document.querySelector(".row-link[aria-current]")?.closest(".row");
  if (!row || row.id === brought) return;
  brought = row.id;
  row.scrollIntoView({ block: "nearest" });
}

showRow();
document.addEventListener("htmx:afterSettle", showRow);
