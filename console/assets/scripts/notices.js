// Tells of what is new: a number in the tab's title and on its icon, a sound, a notification of the system. One tab does
// it for all: it has the bell. Nothing is told of the conversation that somebody is looking at.
const LEASE = 15_000, ME = Math.random().toString(36).slice(2);
const LOOKING = "keva-looking", UNSEEN = "keva-unseen";
// A tab hears of one workspace.
const workspaceOf = () => document.getElementById("go-to")?.dataset.workspace ?? "";
const bell = () => `keva-bell ${workspaceOf()}`;
// How to tell, as it was when the stream began: notices of a console of the version before do not say.
let begun = {}, audio = null;

const read = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
const write = (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* private window */ } };
const isLooking = () => document.visibilityState === "visible" && document.hasFocus();

function hasBell() {
  const holder = read(bell());
  if (holder && holder.tab !== ME && holder.until > Date.now()) return false;
  write(bell(), { tab: ME, until: Date.now() + LEASE });
  return true;
}

function look() {
  if (!isLooking()) {
    if (read(LOOKING)?.tab === ME) write(LOOKING, null);
    return;
  }
  write(LOOKING, { tab: ME, ticket: document.querySelector("[data-ticket-page]")?.dataset.ticketPage ?? "" });
  if (read(UNSEEN)) write(UNSEEN, 0);
  showCount();
}

// The number in the title, and on the icon.
let icon = "";

function showCount() {
  const count = isLooking() ? 0 : read(UNSEEN) || 0;
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  const title = count ? `(${count > 99 ? "99+" : count}) ${bare}` : bare;
  if (document.title !== title) document.title = title;
  showIcon(count);
}

async function showIcon(count) {
  const link = document.querySelector("link[rel=icon]");
  if (!link) return;
  icon ||= link.href;
  if (!count) { if (link.href !== icon) link.href = icon; return; }
  const image = new Image();
  image.src = icon;
  try { await image.decode(); } catch { return; }
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0, 64, 64);
  pen.fillStyle = "#b3261e";
  pen.beginPath();
  pen.arc(44, 20, 20, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = "#fff";
  pen.font = "bold 28px system-ui";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(count > 9 ? "9+" : String(count), 44, 21);
  link.href = canvas.toDataURL();
}

// Two short notes. Browsers let a page sound only once somebody has clicked in it.
function sound() {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume().catch(() => {});
    [[660, 0], [880, 0.12]].forEach(([pitch, at]) => {
      const note = audio.createOscillator(), volume = audio.createGain(), begin = audio.currentTime + at;
      note.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, begin);
      volume.gain.exponentialRampToValueAtTime(0.15, begin + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.25);
      note.connect(volume).connect(audio.destination);
      note.start(begin);
      note.stop(begin + 0.3);
    });
    document.dispatchEvent(new CustomEvent("keva:sounded"));
  } catch { /* no sound here */ }
}

function words(kind) {
  const name = kind.replace(/ (.)/g, (_, letter) => letter.toUpperCase());
  return document.getElementById("notice-words")?.dataset[name] ?? "Keva";
}

function notify(event) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification(words(event.notice.kind), { body: event.notice.customer, tag: event.ticket_id });
  shown.onclick = () => {
    shown.close();
    window.focus();
    const workspace = workspaceOf();
    location.assign(`/t/${event.ticket_number}${workspace ? `?workspace=${encodeURIComponent(workspace)}` : ""}`);
  };
}

document.addEventListener("keva:event", ({ detail: event }) => {
  if (!event.notice) return;
  const looking = read(LOOKING);
  if (looking?.ticket && looking.ticket === event.ticket_id) return;
  if (!hasBell()) return;
  if (!looking) write(UNSEEN, (read(UNSEEN) || 0) + 1);
  showCount();
  const how = { ...begun, ...event.notice };
  if (how.sound) sound();
  if (how.desktop && !looking) notify(event);
});
document.addEventListener("keva:connected", ({ detail: { sound, desktop } }) => { begun = { sound, desktop }; hasBell(); });
// The tab with the bell goes on listening while it is hidden.
document.addEventListener("keva:hiding", (event) => { if (hasBell()) event.preventDefault(); });
document.addEventListener("visibilitychange", look);
document.addEventListener("htmx:afterSettle", look);
addEventListener("focus", look);
addEventListener("blur", look);
addEventListener("storage", showCount);
addEventListener("pagehide", () => {
  if (read(bell())?.tab === ME) write(bell(), null);
  if (read(LOOKING)?.tab === ME) write(LOOKING, null);
});
setInterval(() => { if (read(bell())?.tab === ME) hasBell(); }, LEASE / 3);

// On the page where one chooses.
function showPermission() {
  const place = document.getElementById("desktop-permission");
  if (!place) return;
  const state = "Notification" in window && window.isSecureContext ? Notification.permission : "missing";
  place.hidden = false;
  place.querySelector("span").textContent = place.dataset[state === "default" ? "ask" : state];
  place.querySelector("button").hidden = state !== "default";
  document.querySelector("[data-try-sound]").hidden = false;
}
document.addEventListener("click", async ({ target }) => {
  if (target.closest("[data-ask-permission]")) { await Notification.requestPermission(); showPermission(); }
  if (target.closest("[data-try-sound]")) sound();
});
document.addEventListener("htmx:afterSettle", showPermission);
showPermission();
look();
