// Safari on phones lays its keyboard over the page. The page is then as high as what is seen of it, so that Send stands above the
// keyboard. Other browsers make the window lower by themselves.
const KEYBOARD = 120;   // pixels; what is lower is a bar of the browser's
const seen = window.visualViewport, { style } = document.documentElement;
// The rules for low windows are for such a page, too.
const LOW = "(max-height: 559px)";
const lowRules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  .filter((rule) => rule instanceof CSSMediaRule && rule.media.mediaText === LOW);

const makeLow = (isLow) => lowRules.forEach(({ media }) => { media.mediaText = isLow ? "all" : LOW; });

function fit() {
  const covered = document.documentElement.clientHeight - seen.height;
  // Whoever makes the page larger with two fingers sees less of it, too.
  if (seen.scale > 1 || covered < KEYBOARD) {
    style.removeProperty("--seen");
    style.removeProperty("--covered");
    return makeLow(false);
  }
  style.setProperty("--seen", `${seen.height}px`);
  style.setProperty("--covered", `${covered}px`);
  makeLow(seen.height < 560);
  // It has been moved up for the field that is typed in, which is in sight now without that.
  scrollTo(0, 0);
}

seen?.addEventListener("resize", fit);
// It moves the page again for the next field.
seen?.addEventListener("scroll", () => { if (seen.offsetTop > 0 && style.getPropertyValue("--covered")) scrollTo(0, 0); });
