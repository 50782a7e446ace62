// The page: which phone is chosen, what it writes, and what is shown of it.
import { ask, follow, Locked, Refused, unlock } from "./asking.js";
import { actOnFate, showFate } from "./fate.js";
import { nameOf, showPhones } from "./phones.js";
import { element, international, showTexts, toEnd } from "./texts.js";

const at = (id) => document.getElementById(id);
const app = at("app");
const MOST_PICTURES = 10;
const MOST_BYTES = 5 * 1024 * 1024; // what Twilio takes in a message
let chosen = new URLSearchParams(location.search).get("phone") ?? "";
let latest = null;
let waiting = new AbortController();
let pictures = [];

function choose(number) {
  chosen = number;
  app.dataset.shows = "texts";
  history.replaceState(null, "", `?phone=${encodeURIComponent(number)}`);
  askAgain();
}

function askAgain() {
  waiting.abort();
}

function show(phones) {
  latest = phones;
  const isLooking = !document.hidden && (app.dataset.shows === "texts" || matchMedia("(min-width: 760px)").matches);
  if (!chosen) {
    chosen = phones.phones[0]?.phone_number ?? "";
    askAgain();
  }
  showPhones(phones.phones, chosen, isLooking, choose);
  const phone = phones.phones.find((one) => one.phone_number === chosen);
  if (!phone) return;
  document.title = `${nameOf(phone)} · Customers' phones`;
  at("who").textContent = nameOf(phone);
  at("who-number").textContent = international(phone.phone_number) + (phone.is_on ? "" : " · off");
  showNumbers(phones.numbers, phones.texts);
  showTexts(phones.texts, at("to").value.split(" ")[1], `${chosen} ${at("to").value}`);
  showFate(phone);
  at("send").disabled = !phone.is_on || phones.numbers.length === 0;
  at("body").placeholder = phone.is_on ? "Text" : "The phone is off";
}

function showNumbers(numbers, texts) {
  const select = at("to");
  const offered = JSON.stringify([chosen, numbers]);
  if (select.dataset.offered === offered) return;
  const keeps = select.dataset.offered?.startsWith(JSON.stringify([chosen]).slice(0, -1)) ? select.value : null;
  select.dataset.offered = offered;
  select.replaceChildren(...numbers.map(optionOf));
  select.disabled = numbers.length === 0;
  const last = texts.at(-1);
  select.value = keeps ?? (last ? `${last.account_sid} ${last.our_number}` : "");
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

function optionOf(number) {
  const written = international(number.phone_number);
  const name = number.name === number.phone_number ? number.account : number.name;
  return element("option", { value: `${number.account_sid} ${number.phone_number}`, textContent: `${written}, ${name}` });
}

async function send() {
  const [account_sid, to] = at("to").value.split(" ");
  const [body, files] = [at("body").value, pictures];
  if (!to || (!body.trim() && files.length === 0)) return;
  const media = await Promise.all(files.map(async (file) => ({ content_type: file.type, base64: await base64Of(file) })));
  at("body").value = "";
  showPictures([]);
  try {
    await ask("POST", "/texts", { from: chosen, to, account_sid, body, media, wait: false });
  } catch (error) {
    // What was typed is not lost, nor is what was typed since.
    at("body").value = [body, at("body").value].filter(Boolean).join("\n");
    showPictures([...files, ...pictures]);
    throw error;
  }
  toEnd();
}

async function base64Of(file) {
  let binary = "";
  for (const byte of new Uint8Array(await file.arrayBuffer())) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function showPictures(files) {
  pictures = files;
  at("pictures").replaceChildren(
    ...files.map((file) => {
      const button = element("button", { type: "button", textContent: `${file.name} ×`, title: "Take it away" });
      button.addEventListener("click", () => showPictures(pictures.filter((one) => one !== file)));
      const item = element("li");
      item.append(button);
      return item;
    }),
  );
}

function addPictures(files) {
  const all = [...pictures, ...files];
  const tooMuch = all.length > MOST_PICTURES || all.reduce((sum, file) => sum + file.size, 0) > MOST_BYTES;
  at("write-error").textContent = tooMuch ? "Twilio takes at most ten pictures in a text, and 5 MB together." : "";
  if (!tooMuch) showPictures(all);
}

async function add(form) {
  const phone = await ask("PUT", `/phones/${encodeURIComponent(form.elements.number.value || " ")}`, { name: form.elements.name.value });
  form.reset();
  form.closest("details").open = false;
  choose(phone.phone_number);
}

function failed(error) {
  if (error instanceof Locked) lock("The token of this page is not, or no longer, the simulator's.");
  else return error instanceof Refused ? error.message : "The simulator does not answer. Send it again when it is back.";
  return "";
}

function acts(form, act, error) {
  at(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? at(form).querySelector(".primary");
    if (button.hasAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    at(error).textContent = await act(at(form)).then(() => "", failed);
    button.removeAttribute("aria-busy");
  });
}

function lock(why) {
  app.hidden = true;
  at("locked").hidden = false;
  at("locked-why").textContent = why;
}

function toggleFate(open) {
  app.toggleAttribute("data-fate", open);
  at("fate-open").setAttribute("aria-expanded", String(open));
  at(open ? "fate-close" : "fate-open").focus();
}

function listen() {
  acts("write", send, "write-error");
  acts("add", add, "add-error");
  actOnFate(() => chosen, (error) => { at("next-note").textContent = failed(error); });
  at("to").addEventListener("change", () => show(latest));
  at("back").addEventListener("click", () => { app.dataset.shows = "phones"; });
  at("newer").addEventListener("click", toEnd);
  at("fate-open").addEventListener("click", () => toggleFate(true));
  at("fate-close").addEventListener("click", () => toggleFate(false));
  at("picture").addEventListener("change", (event) => { addPictures([...event.target.files]); event.target.value = ""; });
  at("body").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    if (!at("send").disabled) at("write").requestSubmit();
  });
  document.addEventListener("visibilitychange", () => latest && !document.hidden && show(latest));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && app.hasAttribute("data-fate")) toggleFate(false); });
}

function asks() {
  const again = latest !== null && !waiting.signal.aborted;
  waiting = new AbortController();
  return { query: { of: { phone: chosen }, again }, signal: waiting.signal };
}

addEventListener("hashchange", () => location.reload());
if (unlock()) {
  app.hidden = false;
  if (chosen) app.dataset.shows = "texts";
  listen();
  follow(asks, show, (isOffline) => { at("offline").hidden = !isOffline; }).catch((error) => {
    if (error instanceof Locked) lock(failed(error) || "The token of this page is not, or no longer, the simulator's.");
    else throw error;
  });
} else {
  lock("This page is opened by a link of its own.");
}
