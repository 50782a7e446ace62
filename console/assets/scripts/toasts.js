// A toast goes after six seconds, unless somebody is at it.
const SECONDS = 6;

function watch() {
  const toast = document.querySelector("[data-toast]:not([data-watched])");
  if (!toast) return;
  toast.dataset.watched = "";
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    toast.remove();
  }, SECONDS * 1000);
}

watch();
document.addEventListener("htmx:afterSettle", watch);
