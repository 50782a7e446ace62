// The conversation of the chosen phone with one of our numbers.
const list = document.getElementById("texts");
const empty = document.getElementById("empty");
const newer = document.getElementById("newer");
const shown = new Map();
let conversation = null;

export function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

// +14155550101 as +1 415 555 0101; others in groups of three.
export function international(number) {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (american) return `+1 ${american[1]} ${american[2]} ${american[3]}`;
  const other = /^\+(44|49|33|34|39|61|52|55|91)(\d+)$/.exec(number);
  return other ? `+${other[1]} ${other[2].replace(/(\d{3,4})(?=\d{3})/g, "$1 ")}` : number;
}

export function showTexts(texts, ours, key) {
  if (conversation !== key) clear(key);
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const before = shown.size;
  for (const text of texts.filter((one) => one.our_number === ours)) {
    const known = shown.get(text.sid);
    if (known) describe(known, text);
    else add(text);
  }
  empty.hidden = shown.size > 0;
  empty.textContent = ours ? "Nothing yet. Write the first text below." : "There is no number to text yet. Add one in Keva, or wait until the demo has.";
  if (atEnd || before === 0) toEnd();
  else if (shown.size > before) newer.hidden = false;
}

export function toEnd() {
  list.scrollTop = list.scrollHeight;
  newer.hidden = true;
}

function clear(key) {
  conversation = key;
  shown.clear();
  list.replaceChildren();
  delete list.dataset.day;
  newer.hidden = true;
}

function add(text) {
  const day = new Date(text.sent_at).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
  if (list.dataset.day !== day) list.append(element("p", { className: "day", textContent: day }));
  list.dataset.day = day;
  const item = element("div");
  for (const media of text.media) item.append(picture(media));
  for (const url of text.media_urls) item.append(link(url));
  if (text.body) item.append(element("p", { className: "body", textContent: text.body, dir: "auto" }));
  item.append(element("p", { className: "meta" }));
  describe(item, text);
  shown.set(text.sid, item);
  list.append(item);
}

function picture(media) {
  if (!media.content_type.startsWith("image/")) return element("p", { className: "body", textContent: media.content_type });
  const image = element("img", { src: media.url, alt: "Picture that was sent" });
  image.addEventListener("load", () => newer.hidden && toEnd());
  return image;
}

function link(url) {
  const line = element("p", { className: "body" });
  if (/^https?:/.test(url)) line.append("Picture: ", element("a", { href: url, textContent: new URL(url).host, title: url, target: "_blank", rel: "noopener noreferrer" }));
  else line.textContent = "Picture";
  return line;
}

function describe(item, text) {
  const time = new Date(text.sent_at).toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
  const [trouble, what] = text.is_inbound ? whatKevaSaid(text) : whatCameOfIt(text);
  const arrived = text.is_inbound || text.status === "delivered";
  item.className = ["text", text.is_inbound && "mine", !arrived && "missing", trouble && "trouble"].filter(Boolean).join(" ");
  const line = [time, what].filter(Boolean).join(" · ");
  if (item.lastChild.textContent !== line) item.lastChild.textContent = line;
  item.title = new Date(text.sent_at).toLocaleString();
}

function whatKevaSaid(text) {
  if (text.acknowledged === null) return [false, ""];
  if (text.acknowledged) return [false, "taken by Keva"];
  return [true, text.answer ? `Keva answered ${text.answer}` : "Keva did not answer"];
}

function whatCameOfIt(text) {
  if (text.status === "delivered") return [false, ""];
  if (text.error_code) return [true, `did not arrive: ${text.status}, error ${text.error_code}`];
  return [false, `has not arrived: ${text.status}`];
}
