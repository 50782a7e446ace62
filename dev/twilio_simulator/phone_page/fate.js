// What happens to the phone: on or off, and what becomes of the next text to it.
import { ask } from "./asking.js";

const USUAL_CODES = { undelivered: 30003, failed: 30008 };
const power = document.getElementById("power");
const form = document.getElementById("next");
const code = document.getElementById("code");
const codeRow = document.getElementById("code-row");
const codeError = document.getElementById("code-error");
const note = document.getElementById("next-note");
let ordered = null;
let of = null;

export function showFate(phone) {
  power.setAttribute("aria-checked", String(phone.is_on));
  document.getElementById("power-label").textContent = phone.is_on ? "On" : "Off";
  const next = JSON.stringify([phone.phone_number, phone.next]);
  if (next === ordered) return;
  // Somebody is choosing: what the server knows is still the old.
  const isOver = ordered !== null && of === phone.phone_number && phone.next === null;
  [ordered, of] = [next, phone.phone_number];
  form.elements.next.value = phone.next?.status ?? "delivered";
  if (phone.next?.error_code) code.value = phone.next.error_code;
  codeRow.hidden = !(form.elements.next.value in USUAL_CODES);
  note.textContent = phone.next ? "Once. Texts after it arrive again." : isOver ? "It has happened, or was called off. Texts arrive again." : "";
}

export function actOnFate(chosen, failed) {
  const put = (change) => ask("PUT", `/phones/${encodeURIComponent(chosen())}`, change).catch(failed);
  power.addEventListener("click", () => put({ is_on: power.getAttribute("aria-checked") !== "true" }));
  form.addEventListener("change", (event) => {
    if (event.target.name !== "next") return;
    const status = form.elements.next.value;
    codeRow.hidden = !(status in USUAL_CODES);
    codeError.textContent = "";
    if (status in USUAL_CODES) [code.value, note.textContent] = [USUAL_CODES[status], ""];
    else put({ next: status === "delivered" ? null : { status } });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isCode = /^[1-9]\d{4}$/.test(code.value.trim());
    codeError.textContent = isCode ? "" : "Twilio's error codes have five digits, like 30003.";
    if (isCode) put({ next: { status: form.elements.next.value, error_code: Number(code.value) } });
  });
}
