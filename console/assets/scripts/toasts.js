// A toast goes after six seconds, unless somebody is at it.
const SECONDS = 6;
let timer = 0;

// The next toast may come in the very element of the last one: then the seconds of that one do not count for it.
function watch() {
  const toast = document.querySelector("[data-toast]:not([data-watched])");
  if (!toast) return;
  toast.dataset.watched = "";
  clearInterval(timer);
  timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    toast.remove();
  }, SECONDS * 1000);
}

watch();
document.addEventListener("htmx:afterSettle", watch);
document.addEventListener("keva:toast", watch);
