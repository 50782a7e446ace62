// The list of tickets does not move while somebody points at it or has the focus in it: what comes meanwhile gathers
// behind "3 new". scripts/live.js asks by a `keva:refresh` event, which is held back here.
const LOOK = 20_000;
// So many rows a list can have: it is not asked for as many all the time.
const MOST = 200, PATIENCE = 5000;

let isHeld = false, searched = 0, listed = "";
const texted = new Set();   // tickets that customers have texted to since the list is held back
const below = new Map();    // of those, whether they stand in the list further below

const list = () => document.getElementById("ticket-list");

// A finger leaves no pointer behind; browsers say that it still hovers.
function isBusy(element) {
  const pointed = matchMedia("(hover: hover)").matches && element.matches(":hover");
  return pointed || element.matches(":focus-within") || element.querySelector(".row-check :checked") !== null;
}

function showNews(words) {
  const pill = list()?.querySelector("[data-news]");
  if (!pill) return;
  pill.hidden = !words;
  pill.textContent = words;
}

const rowsOf = (place) => [...place.querySelectorAll(".row")];
const hasMore = (page) => page.querySelector(".list-more") !== null;

async function fetchRows(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": "ticket-list" } });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// How many tickets of this list, with its filters, have texts that are not shown yet. Those that would move up behind others
// do not count. A text may stand further below than the list reaches.
async function countNews() {
  const url = list().dataset.liveUrl, page = await fetchRows(url);
  if (url !== listed) below.clear();
  listed = url;
  if (hasMore(page) && Date.now() - searched > PATIENCE && [...texted].some((id) => !below.has(id) && !rowOf(page, id))) {
    searched = Date.now();
    const longer = new URL(url, location.href);
    longer.searchParams.set("rows", MOST);
    const rows = rowsOf(await fetchRows(longer));
    texted.forEach((id) => below.set(id, rows.some((row) => row.dataset.ticket === id)));
  }
  if (!isHeld || list()?.dataset.liveUrl !== url) return;
  const { news, changed } = list().querySelector("[data-news]").dataset;
  const count = [...texted].filter((id) => isNews(rowOf(list(), id), rowOf(page, id), id)).length;
  const order = (place) => rowsOf(place).map((row) => row.id).join(" ");
  showNews(count ? news.replace("{}", count) : order(list()) === order(page) ? "" : changed);
}

const rowOf = (place, id) => rowsOf(place).find((row) => row.dataset.ticket === id);
const isNews = (shown, fresh, id) => shown || fresh ? shown?.dataset.texts !== fresh?.dataset.texts : below.get(id) === true;

function hold() {
  isHeld = true;
  // Without a connection nothing is counted; what is new comes with the next event.
  countNews().catch(() => {});
}

function letGo() {
  isHeld = false;
  searched = 0;
  texted.clear();
  below.clear();
  showNews("");
}

function refresh() {
  const element = list();
  letGo();
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
  event.detail.events.filter(({ type }) => type === "message.received").forEach(({ ticket_id }) => texted.add(ticket_id));
  hold();
}, true);

document.addEventListener("keva:refreshed", (event) => {
  if (event.target !== list()) return;
  letGo();
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
