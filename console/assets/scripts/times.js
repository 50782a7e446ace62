// Times in the reader's own zone and language, kept current. Without this script they stand there in UTC.
const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

const words = () => document.getElementById("time-words")?.dataset ?? {};
const put = (sentence, value) => (sentence ?? "{}").replace("{}", value);

function ago(time) {
  const past = Date.now() - time, { now, minutes, hours, days } = words();
  if (past < MINUTE) return now;
  if (past < HOUR) return put(minutes, Math.floor(past / MINUTE));
  return past < DAY ? put(hours, Math.floor(past / HOUR)) : put(days, Math.floor(past / DAY));
}

const wordings = {
  ago,
  past: (time) => (Date.now() - time < MINUTE ? words().justNow : put(words().ago, ago(time))),
  moment: (time) => moment.format(time),
  clock: (time) => clock.format(time),
  waited: (time) => ago(Math.min(time, Date.now() - MINUTE)),
};

// What time it is now where somebody lives, in the reader's way of writing it.
function showThere(element) {
  const there = { hour: "numeric", minute: "2-digit", timeZone: element.dataset.zone };
  const clock = new Intl.DateTimeFormat(undefined, there).format(Date.now());
  if (element.textContent !== clock) element.textContent = clock;
}

function show(element) {
  if (element.dataset.zone) return showThere(element);
  const time = new Date(element.dateTime);
  const said = wordings[element.dataset.time](time);
  if (said !== undefined && element.textContent !== said) element.textContent = said;
  element.title = exact.format(time);
}

function showAll() {
  document.querySelectorAll("time[data-time]").forEach(show);
}

showAll();
document.addEventListener("htmx:afterSettle", showAll);
setInterval(showAll, 20_000);
