// Safari on phones lays its keyboard over the page. The page is then as high as what is seen of it, so that Send stands above the
// keyboard. Other browsers make the window lower by themselves.
const KEYBOARD = 120;   // pixels; what is lower is a bar of the browser's
const seen = window.visualViewport, { style } = document.documentElement;

function fit() {
  const covered = document.documentElement.clientHeight - seen.height;
  // Whoever makes the page larger with two fingers sees less of it, too.
  if (seen.scale > 1 || covered < KEYBOARD) {
    style.removeProperty("--seen");
    style.removeProperty("--covered");
    return;
  }
  style.setProperty("--seen", `${seen.height}px`);
  style.setProperty("--covered", `${covered}px`);
  // It has been moved up for the field that is typed in, which is in sight now without that.
  scrollTo(0, 0);
}

seen?.addEventListener("resize", fit);
