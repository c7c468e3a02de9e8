// The one socket of this tab: it comes back after every loss, after pauses that grow and differ.

import { SignedOut } from "./session.js";

const SIGNED_OUT = 4001;
const LONGEST_PAUSE = 20_000;
const SILENCE = 30_000;
const ANSWER_WITHIN = 10_000;

export function pause(tries, chance = Math.random()) {
  return Math.min(500 * 2 ** tries, LONGEST_PAUSE) * (0.5 + chance / 2);
}

export class Line {
  #socket = null;
  #tries = 0;
  #timer = null;
  #ended = false;
  #heardAt = 0;
  #doubt = null;

  ending = new AbortController();

  // `heard(event)` takes what the server says; `changed(isOpen)` hears of openings and losses; `probe()` says something
  // that the server answers. `session` gives tokens.
  constructor({ session, heard, changed, probe }) {
    Object.assign(this, { session, heard, changed, probe });
    const { signal } = this.ending;
    addEventListener("online", () => this.#now(), { signal });
    const back = () => document.visibilityState === "visible" && this.#look();
    document.addEventListener("visibilitychange", back, { signal });
    this.isWell = false;
    this.watching = setInterval(() => this.#look(), SILENCE);
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  async open() {
    this.#timer = null;
    let token;
    try {
      token = await this.session.token();
    } catch (error) {
      if (!(error instanceof SignedOut)) this.#later();
      return;
    }
    if (this.#ended || this.#socket) return;
    const address = new URL("/ws", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, ["jarvis", `bearer.${token}`]);
    this.#socket = socket;
    socket.onopen = () => {
      this.#heardAt = Date.now();
      this.changed(true);
    };
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      this.#heardAt = Date.now();
      const event = JSON.parse(data);
      // Who is not let in is told why, and hears nothing else.
      if (event.type !== "error") {
        this.#tries = 0;
        this.isWell = true;
      }
      this.heard(event);
    };
    socket.onclose = ({ code }) => this.#lost(socket, code, token);
  }

  // Whether it went out; whether it came in is for the server to say.
  say(type, fields) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  close() {
    this.#ended = true;
    this.ending.abort();
    clearInterval(this.watching);
    clearTimeout(this.#timer);
    clearTimeout(this.#doubt);
    this.#socket?.close();
  }

  async #lost(socket, code, token) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.isWell = false;
    clearTimeout(this.#doubt);
    this.#doubt = null;
    if (this.#ended) return;
    this.changed(false);
    if (code === SIGNED_OUT) {
      try {
        await this.session.renew(token);
      } catch (error) {
        if (error instanceof SignedOut) return;
      }
    }
    this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    if (!this.#ended) this.#timer = setTimeout(() => this.open(), pause(this.#tries++));
  }

  #now() {
    if (this.#ended) return;
    if (this.#socket) return this.#look();
    clearTimeout(this.#timer);
    this.#tries = 0;
    this.open();
  }

  // A connection can be gone without anybody saying so: after a silence something is asked, and no answer is a loss.
  #look() {
    if (!this.#socket) return this.#timer && this.#now();
    if (!this.isOpen || this.#doubt || Date.now() - this.#heardAt < SILENCE / 2 || !this.probe()) return;
    const asked = Date.now();
    this.#doubt = setTimeout(() => {
      this.#doubt = null;
      const socket = this.#socket;
      if (!socket || this.#heardAt >= asked) return;
      socket.close();
      this.#lost(socket, 0, "");
    }, ANSWER_WITHIN);
  }
}
