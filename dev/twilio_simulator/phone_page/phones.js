// The list of phones.
import { element, international } from "./texts.js";

const SEEN = "keva-simulator-seen";
const list = document.getElementById("phones");
const seen = JSON.parse(sessionStorage.getItem(SEEN) ?? "{}");
const entries = new Map();

export const nameOf = (phone) => phone.name || international(phone.phone_number);

export function showPhones(phones, chosen, isLooking, choose) {
  const present = new Set(phones.map((phone) => phone.phone_number));
  for (const [number, entry] of entries) if (!present.has(number)) { entry.remove(); entries.delete(number); }
  for (const [index, phone] of phones.entries()) {
    const number = phone.phone_number;
    if (!entries.has(number)) entries.set(number, entryOf(number, choose));
    // What was there before the page was opened is not new.
    if (!(number in seen) || (number === chosen && isLooking)) seen[number] = phone.received;
    seen[number] = Math.min(seen[number], phone.received);
    fill(entries.get(number).firstChild, phone, number === chosen);
    // Moved only where the order differs: what is moved loses the focus.
    if (list.children[index] !== entries.get(number)) list.insertBefore(entries.get(number), list.children[index] ?? null);
  }
  sessionStorage.setItem(SEEN, JSON.stringify(seen));
}

function entryOf(number, choose) {
  const button = element("button", { type: "button" });
  button.addEventListener("click", () => choose(number));
  const entry = element("li");
  entry.append(button);
  return entry;
}

function fill(button, phone, isChosen) {
  const unread = phone.received - seen[phone.phone_number];
  const last = phone.last_text;
  const parts = [
    element("span", { className: "name", textContent: nameOf(phone) }),
    element("span", { className: "mark", textContent: phone.is_on ? "" : "off" }),
    element("span", { className: "last", textContent: last ? last.body || "Picture" : international(phone.phone_number) }),
  ];
  if (unread > 0) parts.push(element("span", { className: "unread", textContent: unread, title: `${unread} new` }));
  // Replaced only where something differs, so that a click is never lost.
  const state = JSON.stringify([nameOf(phone), phone.is_on, last?.sid, unread]);
  if (button.dataset.state !== state) button.replaceChildren(...parts);
  button.dataset.state = state;
  if (isChosen) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
}
