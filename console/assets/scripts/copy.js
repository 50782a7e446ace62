// Buttons that copy what stands beside them. Without scripts there are none: it can be marked and copied as any text.
const SECONDS = 2;
const shown = new WeakMap(); // button -> its own words, while it says that it has copied

function showAll() {
  document.querySelectorAll("button[data-copy][hidden]").forEach((button) => { button.hidden = false; });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  if (shown.has(button)) return;
  const words = button.querySelector("span");
  shown.set(button, words.textContent);
  words.textContent = button.dataset.copied;
  setTimeout(() => {
    words.textContent = shown.get(button);
    shown.delete(button);
  }, SECONDS * 1000);
});

showAll();
document.addEventListener("htmx:afterSettle", showAll);
