// Times in the reader's own zone and language, kept current. Without this script they stand there in UTC.
const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function ago(time) {
  const past = Date.now() - time;
  if (past < MINUTE) return "now";
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min`;
  return past < DAY ? `${Math.floor(past / HOUR)} h` : `${Math.floor(past / DAY)} d`;
}

const wordings = {
  ago,
  moment: (time) => moment.format(time),
  clock: (time) => clock.format(time),
  waited: (time) => ago(Math.min(time, Date.now() - MINUTE)),
};

// What time it is now where somebody lives, in the reader's way of writing it.
function showThere(element) {
  const there = { hour: "numeric", minute: "2-digit", timeZone: element.dataset.zone };
  const words = new Intl.DateTimeFormat(undefined, there).format(Date.now());
  if (element.textContent !== words) element.textContent = words;
}

function show(element) {
  if (element.dataset.zone) return showThere(element);
  const time = new Date(element.dateTime);
  const words = wordings[element.dataset.time](time);
  if (element.textContent !== words) element.textContent = words;
  element.title = exact.format(time);
}

function showAll() {
  document.querySelectorAll("time[data-time]").forEach(show);
}

showAll();
document.addEventListener("htmx:afterSettle", showAll);
setInterval(showAll, 20_000);
