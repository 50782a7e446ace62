// Whoever has gone on to another page is not taken back to the one before by the late answer to what they did there: it is
// said where they are. And what was refused with a page of its own leaves the page as it is, with all that was typed there.
// A text that has crossed one's own, say, is only said when there is one.
const ALERTS = "[role=alert]:not([hidden])";
const begun = new WeakMap();   // request -> { number, page, title }
let count = 0, wentOn = 0, late = null;
let coming = [];               // requests of the pages to which one goes on
let back = null;               // that of the page to which one goes back

const parse = (html) => new DOMParser().parseFromString(html, "text/html");
const pathOf = (url) => new URL(url, location.href).pathname;
const bareTitle = () => document.title.replace(/^\(\d+\+?\) /, "").replace(/ – Keva$/, "");
// One that was given up is unsent again.
const isComing = ({ readyState }) => readyState > XMLHttpRequest.UNSENT && readyState < XMLHttpRequest.DONE;
const isPage = (detail) => detail.boosted && detail.target === document.body;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!isPage(detail)) return;
  begun.set(detail.xhr, { number: ++count, page: location.pathname + location.search, title: bareTitle() });
  // What has an id of its own is sent again (scripts/held.js).
  if (!detail.elt.querySelector("[name=request_id]")) detail.xhr.addEventListener("error", () => missed(detail));
  if (detail.requestConfig.verb !== "get") return;
  wentOn = count;
  back?.abort();
  coming = [...coming.filter(isComing), detail.xhr];
});

// Who goes back goes on, too.
addEventListener("popstate", ({ state }) => { if (state?.htmx) wentOn = ++count; });
document.addEventListener("htmx:historyCacheMiss", ({ detail }) => {
  back?.abort();
  back = detail.xhr;
});

// What was still done on the page before, while this one was on its way, is about that one.
document.addEventListener("htmx:afterSwap", ({ detail }) => { if (isPage(detail) && detail.requestConfig.verb === "get") wentOn = ++count; });
document.addEventListener("htmx:historyRestore", () => { wentOn = ++count; });

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const sent = begun.get(detail.xhr);
  if (!sent) return;
  const isLate = sent.number < wentOn, isOfKeva = detail.serverResponse.includes('id="main"');
  // Who has not signed in sees the page that comes.
  if (detail.shouldSwap && !isOfKeva && document.getElementById("not-done")) {
    detail.shouldSwap = false;
    return missed(detail);
  }
  if (detail.requestConfig.verb === "get") {
    if (isLate) detail.shouldSwap = false;
    return;
  }
  if (!document.getElementById("not-done")) return;
  const page = parse(detail.serverResponse);
  // Behind a redirect is the page after it was done.
  const isRefused = detail.xhr.status >= 400 && pathOf(detail.xhr.responseURL) === pathOf(detail.requestConfig.path);
  const failure = isRefused && page.querySelector("[data-failure]");
  if (!isLate && !failure) return;
  detail.shouldSwap = false;
  if (isRefused) refuse(page, isLate && sent);
  else tell(page, sent);
});

// What had waited for a connection, and left without its page.
document.addEventListener("keva:answered", ({ detail: { page, isRefused, sent } }) => {
  if (!document.getElementById("not-done")) return;
  if (isRefused) refuse(page, sent);
  else tell(page, sent, document.getElementById("not-done").dataset.done);
});

// ---- what came to nothing, as far as anybody knows

// There is no answer, or none of Keva's.
function missed({ xhr, requestConfig: { verb } }) {
  const sent = begun.get(xhr), isElsewhere = sent.number < wentOn, { noPage, noAnswer } = document.getElementById("not-done")?.dataset ?? {};
  if (!noPage) return;
  if (verb !== "get") alertTo(noAnswer.replace("{}", sent.title), isElsewhere && sent);
  else if (!isElsewhere && !document.documentElement.hasAttribute("data-offline")) alertTo(noPage);
}

// ---- what was refused

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const wordsOf = (node) => node.textContent.replace(/\s+/g, " ").trim();

function refuse(page, sent) {
  const failure = page.querySelector("[data-failure]");
  const why = [...(failure || page).querySelectorAll(failure ? "h1, h1 + p" : `#main ${ALERTS}`)];
  const said = why.map(wordsOf).filter(Boolean).join(" "), { words } = document.getElementById("not-done").dataset;
  alertTo(sent ? `${words.replace("{}", sent.title)} ${said}` : said, sent);
}

function alertTo(said, sent, how = {}) {
  const place = document.getElementById("not-done");
  const close = element("button", place.dataset.close, { type: "button", class: "button" });
  close.addEventListener("click", () => place.replaceChildren());
  const where = sent ? [element("a", sent.title, { href: sent.page, class: "button", ...how })] : [];
  place.replaceChildren(element("p", said), ...where, close);
  htmx.process(place);
}

// Once there is a session again, all goes on by itself.
const elsewhere = () => document.querySelector("#not-done a[target]");
document.addEventListener("keva:sign-in-elsewhere", ({ detail: { page } }) => {
  const { signIn, signInFirst } = document.getElementById("not-done")?.dataset ?? {};
  if (signIn && !elsewhere()) alertTo(signInFirst, { title: signIn, page }, { target: "_blank" });
});
document.addEventListener("keva:connected", () => elsewhere()?.parentElement.replaceChildren());

// A page that comes has none: it is not to take this one away. Whoever opens the page that it is about has seen it.
const { beforeNodeMorphed } = Idiomorph.defaults.callbacks;
Idiomorph.defaults.callbacks.beforeNodeMorphed = (node, fresh) =>
  !node.matches?.("#not-done:not(:empty)") && beforeNodeMorphed(node, fresh);
document.addEventListener("htmx:afterSettle", ({ detail }) => { if (detail.target === document.body) forgetSeen(); });

function forgetSeen() {
  const place = document.getElementById("not-done");
  if (place?.querySelector("a")?.pathname === location.pathname) place.replaceChildren();
}

// The page that one goes back to takes the place of all that there is.
let said = [];
document.addEventListener("htmx:historyCacheMissLoad", () => { said = [...(document.getElementById("not-done")?.childNodes ?? [])]; });
document.addEventListener("htmx:historyRestore", () => {
  document.getElementById("not-done")?.append(...said.splice(0));
  forgetSeen();
});

// ---- what was done

function tell(page, sent, otherwise) {
  const left = page.querySelector("[data-toast]");
  // What a page alone can say: what failed of several, or what is shown once.
  const instead = page.querySelector("[data-late]")?.dataset.late ?? [...page.querySelectorAll(ALERTS)].map(wordsOf).filter(Boolean).join(" ");
  if (!left && instead) return alertTo(`${sent.title}: ${instead}`, sent);
  const toast = left ?? (otherwise && toastOf(otherwise));
  if (!toast) return;
  if (otherwise) toast.querySelector("span").prepend(element("a", sent.title, { href: sent.page }), ": ");
  else toast.querySelector("span").prepend(`${sent.title}: `);
  show(toast);
  // The page that one goes on to may still be on its way: then it is shown there again.
  late = coming.some(isComing) ? toast : null;
}

function toastOf(said) {
  const toast = element("div", "", { class: "toast", "data-toast": "" });
  toast.append(element("span", said));
  return toast;
}

function show(toast) {
  const place = document.getElementById("toast");
  place.replaceChildren(document.importNode(toast, true));
  htmx.process(place);
  document.dispatchEvent(new CustomEvent("keva:toast"));
}
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!late || detail.target !== document.body) return;
  if (!document.querySelector("[data-toast]")) show(late);
  late = null;
});
