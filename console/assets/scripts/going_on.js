// Whoever has gone on to another page is not taken back to the one before by the late answer to what they did there.

const begun = new WeakMap();
let count = 0, wentOn = 0;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.boosted || detail.target !== document.body) return;
  begun.set(detail.xhr, ++count);
  if (detail.requestConfig.verb === "get") wentOn = count;
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (begun.get(detail.xhr) < wentOn) detail.shouldSwap = false;
});
