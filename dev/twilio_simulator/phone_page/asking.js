// The control API. The token comes in the link's fragment, and stays with this tab.
const KEPT = "keva-simulator-token";
const PAUSE = 1000; // milliseconds before an unanswered question is asked again

export class Refused extends Error {}
export class Locked extends Error {}

let token = null;

export function unlock() {
  const given = decodeURIComponent(location.hash.slice(1));
  if (given) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname);
  }
  token = sessionStorage.getItem(KEPT);
  return token !== null;
}

export async function ask(method, path, body, signal) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`/control${path}`, { method, headers, signal, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (response.status === 401) {
    sessionStorage.removeItem(KEPT);
    throw new Locked();
  }
  if (!response.ok) throw new Refused(answer.error);
  return answer;
}

// Calls `show` with what is new, for good. `asks` gives the path's query, and a signal that ends a wait.
export async function follow(asks, show, offline) {
  let seen = null;
  for (;;) {
    const { query, signal } = asks();
    try {
      const phones = await ask("GET", `/phones?${new URLSearchParams(seen && query.again ? { ...query.of, seen } : query.of)}`, undefined, signal);
      seen = phones.version;
      offline(false);
      show(phones);
    } catch (error) {
      if (error instanceof Locked) throw error;
      if (error.name === "AbortError") continue;
      offline(true);
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }
}
