// A page that is long in coming: a line at the top says that it is on its way.
const PATIENCE = 300;
const coming = new Set();
let timer = 0;

function show() {
  const line = document.getElementById("coming"), words = line?.querySelector("[data-words]");
  if (!words) return;
  line.hidden = !coming.size;
  words.textContent = coming.size ? words.dataset.words : "";
}

function begin(request) {
  coming.add(request);
  timer ||= setTimeout(show, PATIENCE);
  request.addEventListener("loadend", () => end(request));
}

function end(request) {
  coming.delete(request);
  if (coming.size) return;
  clearTimeout(timer);
  timer = 0;
  show();
}

document.addEventListener("htmx:beforeSend", ({ detail: { xhr, boosted, target, requestConfig } }) => {
  if (boosted && target === document.body && requestConfig.verb === "get") begin(xhr);
});
document.addEventListener("htmx:historyCacheMiss", ({ detail }) => begin(detail.xhr));
