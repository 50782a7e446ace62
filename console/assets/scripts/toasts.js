// A toast goes after six seconds, unless somebody is at it.
const SECONDS = 6;
let timer = 0;

// A finger leaves no pointer behind; browsers say that it still hovers, and that what it pressed has the focus.
const isAt = (toast) => toast.matches(":has(:focus-visible)") || (matchMedia("(hover: hover)").matches && toast.matches(":hover"));

// The next toast may come in the very element of the last one: then the seconds of that one do not count for it.
function watch() {
  const toast = document.querySelector("[data-toast]:not([data-watched])");
  if (!toast) return;
  toast.dataset.watched = "";
  clearInterval(timer);
  timer = setInterval(() => {
    if (isAt(toast)) return;
    clearInterval(timer);
    toast.remove();
  }, SECONDS * 1000);
}

watch();
document.addEventListener("htmx:afterSettle", watch);
document.addEventListener("keva:toast", watch);
