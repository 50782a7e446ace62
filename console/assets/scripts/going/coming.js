// A page that is long in coming: a line at the top says that it is on its way.
const PATIENCE = 300;
const coming = new Set();
let timer = 0, isLong = false;

function show() {
  // What says it is always there: screen readers hear what changes in it.
  const line = document.getElementById("coming"), words = document.getElementById("coming-words"), isShown = isLong && coming.size > 0;
  if (!line || !words) return;
  line.hidden = !isShown;
  words.textContent = isShown ? words.dataset.words : "";
}

function wait() {
  isLong = true;
  show();
}

function begin(request) {
  coming.add(request);
  timer ||= setTimeout(wait, PATIENCE);
  request.addEventListener("loadend", () => end(request));
}

function end(request) {
  coming.delete(request);
  if (coming.size) return;
  clearTimeout(timer);
  timer = 0;
  isLong = false;
  show();
}

document.addEventListener("htmx:beforeSend", ({ detail: { xhr, boosted, target, requestConfig } }) => {
  if (boosted && target === document.body && requestConfig.verb === "get") begin(xhr);
});
// The answer to something else brings a page in which nothing is on its way.
document.addEventListener("htmx:afterSettle", show);
document.addEventListener("htmx:historyCacheMiss", ({ detail }) => begin(detail.xhr));
