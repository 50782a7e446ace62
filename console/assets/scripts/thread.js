// A conversation: one stays where one reads when something arrives, a pill says how much it was, and a text that came
// while one writes is looked at before one sends.
const END = 40;
let known = new Set(), unseen = 0, anchor = null;
let crossed = new Set();   // what came while one writes, and was not looked at
let before = null;         // the ticket of the page before, and what its box says that one has seen of it
let sent = null;           // the form of a reply that is on its way

const scroller = () => document.querySelector("[data-thread]");
const thread = () => document.getElementById("ticket-thread");
const box = () => document.querySelector("[data-box-of]");
// The conversation hangs at its end: there it is scrolled by 0.
const atEnd = (element) => Math.abs(element.scrollTop) < END;
const bubbles = () => [...document.querySelectorAll("#ticket-thread .bubble")];

function begin() {
  known = new Set(bubbles().map((bubble) => bubble.id));
  unseen = 0;
  showPill();
}

function showPill() {
  const element = scroller(), pill = document.querySelector("[data-to-end]");
  if (!element || !pill) return;
  pill.hidden = atEnd(element);
  pill.textContent = unseen ? pill.dataset.new.replace("{}", unseen) : pill.dataset.end;
}

// What is read stays where it is, whatever grows below it.
function remember() {
  const element = scroller();
  anchor = null;
  if (!element || atEnd(element)) return;
  const top = element.getBoundingClientRect().top;
  const seen = bubbles().find((bubble) => bubble.getBoundingClientRect().bottom > top);
  if (seen) anchor = { id: seen.id, offset: seen.getBoundingClientRect().top };
}

function restore() {
  const element = scroller(), seen = anchor && document.getElementById(anchor.id);
  if (element && seen) element.scrollTop += seen.getBoundingClientRect().top - anchor.offset;
  anchor = null;
}

const field = () => box()?.querySelector("[data-last-seen-field]");
// What is on its way is not being written, and comes back as news.
const isWriting = () => !box()?.contains(sent) && Boolean(box()?.querySelector("textarea[data-draft=reply]")?.value.trim());
const isReply = ({ elt, path, formData }) =>
  elt.matches("[data-box=reply]") && path === elt.getAttribute("action") && formData.get("do") !== "look";

function lookedAt() {
  const seen = field(), bar = box()?.querySelector("[data-newer]");
  if (!seen || !thread()) return;
  seen.value = thread().dataset.lastSeen ?? seen.value;
  crossed.clear();
  if (!bar || bar.hidden) return;
  bar.hidden = true;
  const send = box().querySelector("[data-send-anyway]");
  if (send?.dataset.before) send.textContent = send.dataset.before;
}

function showNewer(fresh) {
  const bar = box()?.querySelector("[data-newer]"), send = box()?.querySelector("[data-send-anyway]");
  if (!bar) return;
  const texts = bar.querySelector("[data-newer-texts]");
  if (bar.hidden) texts.replaceChildren();
  for (const bubble of fresh) {
    crossed.add(bubble.id);
    const quote = document.createElement("blockquote");
    quote.dir = "auto";
    quote.textContent = bubble.querySelector(".bubble-text")?.textContent ?? "";
    texts.append(quote);
  }
  bar.hidden = false;
  if (send && send.textContent !== send.dataset.sendAnyway) {
    send.dataset.before = send.textContent;
    send.textContent = send.dataset.sendAnyway;
  }
}

function tellRead() {
  const place = box(), token = place?.querySelector("input[name=csrf]")?.value;
  if (!token || document.hidden) return;
  fetch(place.dataset.readUrl, { method: "POST", headers: { "X-CSRF-Token": token }, keepalive: true, redirect: "manual" }).catch(() => {});
}

function arrived() {
  restore();
  const fresh = bubbles().filter((bubble) => !known.has(bubble.id));
  fresh.forEach((bubble) => known.add(bubble.id));
  const element = scroller(), said = fresh.filter((bubble) => bubble.dataset.side !== "note");
  if (!element) return;
  if (!atEnd(element)) unseen += fresh.length;
  else if (fresh.some((bubble) => bubble.dataset.side === "theirs")) tellRead();
  if (said.length && isWriting()) showNewer(said);
  else if (atEnd(element) && !document.hidden && (box()?.querySelector("[data-newer]")?.hidden ?? true)) lookedAt();
  showPill();
}

document.addEventListener("keva:refresh", (event) => { if (event.target.id === "ticket-thread") remember(); });
document.addEventListener("keva:refreshed", (event) => { if (event.target.id === "ticket-thread") arrived(); });

// What comes with an answer to something else is as new to whoever writes as what comes by itself.
function goOn() {
  const was = known, isWritten = before?.ticket && before.ticket === thread()?.dataset.ticket && isWriting() && field();
  begin();
  const fresh = isWritten ? bubbles().filter(({ id, dataset }) => dataset.side !== "note" && (!was.has(id) || crossed.has(id))) : [];
  crossed = new Set();
  if (!fresh.length) return;
  field().value = before.seen;
  showNewer(fresh);
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id === "thread-earlier") remember();
  if (detail.target !== document.body || !detail.requestConfig) return;
  before = isReply(detail.requestConfig) ? null : { ticket: thread()?.dataset.ticket, seen: field()?.value };
});
document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr, requestConfig } }) => {
  if (!isReply(requestConfig)) return;
  sent = elt;
  xhr.addEventListener("loadend", () => { if (sent === elt) sent = null; });
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "thread-earlier" || document.getElementById("thread-earlier") === event.detail.elt) restore();
  else if (event.detail.target === document.body) goOn();
});

// The browser's way back is no swap of a page that was asked for.
document.addEventListener("htmx:historyRestore", () => {
  crossed.clear();
  begin();
});

// Scrolling does not bubble.
document.addEventListener("scroll", (event) => {
  if (event.target !== scroller()) return;
  if (atEnd(event.target) && unseen) {
    unseen = 0;
    tellRead();
    lookedAt();
  }
  showPill();
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-to-end]")) scroller()?.scrollTo({ top: 0 });
  // Whoever reaches into the conversation, or for what is newer, has it before their eyes.
  if (event.target.closest("[data-thread], [data-newer]")) lookedAt();
  // The button says what it does: it sends, although something is newer.
  if (event.isTrusted && event.target.closest("[data-send-anyway]") && !box()?.querySelector("[data-newer]")?.hidden) lookedAt();
});

begin();
