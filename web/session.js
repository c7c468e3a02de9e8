// Who is signed in. The tokens stand in localStorage, so that all tabs are one session: a refresh token is good until its
// successor was used, and two tabs with copies of their own would end each other's session. There is no cookie, so no
// other page can make this browser do anything; what could read the storage is a script of this origin, and the policy
// that comes with the page lets none run but the files beside this one.

const KEY = "jarvis.session";

export class SignedOut extends Error {}

export class Session extends EventTarget {
  #renewing = null;

  constructor(storage = localStorage, ask = (...wish) => fetch(...wish)) {
    super();
    this.storage = storage;
    this.ask = ask;
    globalThis.addEventListener?.("storage", (event) => {
      if (event.key === KEY || event.key === null) this.dispatchEvent(new Event("changed"));
    });
  }

  // The same session, for the last that is to be done in it once it is forgotten here.
  apart() {
    const all = new Map();
    const storage = {
      getItem: (key) => all.get(key) ?? null,
      setItem: (key, value) => all.set(key, value),
      removeItem: (key) => all.delete(key),
    };
    if (this.kept) storage.setItem(KEY, JSON.stringify(this.kept));
    return new Session(storage, this.ask);
  }

  get kept() {
    try {
      return JSON.parse(this.storage.getItem(KEY));
    } catch {
      return null;
    }
  }

  get user() {
    return this.kept?.user ?? null;
  }

  keep({ token, refreshToken = null, user }) {
    this.storage.setItem(KEY, JSON.stringify({ token, refreshToken, user, renewAt: renewAt(token, Date.now()) }));
    this.dispatchEvent(new Event("changed"));
  }

  forget() {
    this.storage.removeItem(KEY);
    this.dispatchEvent(new Event("changed"));
  }

  // A token that is good for a while yet.
  async token() {
    const kept = this.kept;
    if (!kept) throw new SignedOut();
    return kept.refreshToken && Date.now() >= kept.renewAt ? this.renew(kept.token) : kept.token;
  }

  // Another token than this one, which was refused or is about to end: by whichever tab is first.
  renew(stale) {
    this.#renewing ??= alone(() => this.#renew(stale)).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew(stale) {
    const kept = this.kept;
    if (!kept) throw new SignedOut();
    if (kept.token !== stale) return kept.token;
    if (!kept.refreshToken) {
      this.forget();
      throw new SignedOut();
    }
    const answer = await this.ask("/auth/refresh", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ refreshToken: kept.refreshToken }),
    });
    if (answer.status === 401 || answer.status === 403) {
      this.forget();
      throw new SignedOut();
    }
    if (!answer.ok) throw new Error(`refreshing was answered with ${answer.status}`);
    const next = await answer.json();
    this.keep(next);
    return next.token;
  }
}

// Browsers have locks on https and localhost alone; elsewhere two tabs may refresh at once, which the server bears as
// long as neither has used what it got.
function alone(work) {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request("jarvis.refresh", work) : work();
}

// After four fifths of its life, by the clock of this device alone: it need not agree with the server's.
export function renewAt(token, now) {
  try {
    const { iat, exp } = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    return now + (exp - iat) * 800;
  } catch {
    return now + 600_000;
  }
}
