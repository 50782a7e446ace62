// A picture that no browser can show gives its place to the file that it is.
const lost = new WeakSet();

function show(picture) {
  const link = picture.closest(".picture"), file = link?.nextElementSibling;
  if (!file?.matches("[data-lost-picture]")) return;
  link.hidden = lost.has(picture);
  file.hidden = !lost.has(picture);
}

// It may have come, or not, before this script, and what is fetched again has forgotten it.
function look() {
  for (const picture of document.querySelectorAll(".picture img")) {
    if (picture.complete && !picture.naturalWidth) lost.add(picture);
    show(picture);
  }
}

document.addEventListener("error", (event) => {
  if (!event.target.matches?.(".picture img")) return;
  lost.add(event.target);
  show(event.target);
}, true);
look();
document.addEventListener("htmx:afterSettle", look);
