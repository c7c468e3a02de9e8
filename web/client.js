// All that this tab knows: rooms, what is said in them, who is there. It hears the socket and speaks on it; what is shown
// is made from it, whenever `changed` tells that something is different.

import { Answers } from "./answers.js";
import { callsOf } from "./api.js";
import { Line } from "./socket.js";
import { Timeline, withoutCall } from "./timeline.js";
import { Unsent } from "./unsent.js";

const PAGE = 50;
const MOST_ROOMS_HEARD = 200;
const AGAIN_AFTER = 2000;
const MARK_AFTER = 300;
const TYPING_ENDS_AFTER = 10_000;
const COMES_BACK = new Set(["SERVICE_UNAVAILABLE", "RATE_LIMITED"]);
const SAID = new Set(["message.new", "bot.done"]);

// `crypto.randomUUID` is there on https and localhost alone.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export class Client {
  #joined = new Set(); // rooms that the socket, as it is now, has been asked to hear
  #asks = new Map(); // requests to Jarvis of which nothing has been heard yet
  #catchUps = new Set();
  #strangers = new Set(); // senders whose names were asked for
  #leaving = new Set();
  #presence = new Map();
  #turn = 0;
  #awaited = new Set(); // rooms that are not heard yet: what comes in them meanwhile has to be counted by the server
  #looking = null;
  #outdated = false;
  #meanwhile = []; // what was heard while the server was asked what is unread

  // `changed(roomId)`: something of this room, or without one anything, is different. `told(code)`: a refusal.
  // `gone(roomId, title)`: the room is closed to one. `isWatched(roomId)`: whether somebody looks at it just now.
  constructor(session, { changed, told, gone, isWatched }) {
    Object.assign(this, { session, told, gone, isWatched });
    this.changed = (roomId) => {
      const talk = this.talks.get(roomId);
      if (talk) this.unsent.keep(roomId, talk.timeline.pending);
      changed();
    };
    this.me = session.user;
    this.call = callsOf(session);
    this.rooms = new Map();
    this.talks = new Map();
    this.names = new Map([[this.me.id, this.me.name]]);
    this.answers = new Answers((roomId) => this.talks.get(roomId)?.timeline.newestSeq ?? 0);
    this.unsent = new Unsent(this.me.id);
    this.areRoomsKnown = false;
    this.line = new Line({
      session,
      heard: (event) => this.#heard(event),
      changed: (isOpen) => this.#connected(isOpen),
      probe: () => this.#probe(),
    });
  }

  start() {
    for (const roomId of Object.keys(this.unsent.all)) this.open(roomId);
    this.line.open();
    return Promise.all([this.refresh(), this.#learnNames()]);
  }

  stop() {
    this.line.close();
    this.talks.clear();
  }

  get isConnected() {
    return this.line.isWell;
  }

  get roomList() {
    return [...this.rooms.values()].sort((one, other) => (one.lastMessageAt < other.lastMessageAt ? 1 : -1));
  }

  nameOf(userId) {
    return this.names.get(userId);
  }

  // The rooms and what is unread in them, as the server counts.
  refresh() {
    if (this.#looking) this.#outdated = true;
    this.#looking ??= this.#refresh().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #refresh() {
    do {
      this.#outdated = false;
      this.#meanwhile = [];
      const rooms = await this.call("GET", "/rooms");
      const before = this.rooms;
      // What is newer than the server's count is not in it yet.
      const known = (room) => ({ ...room, heardSeq: before.get(room.id)?.heardSeq ?? 0, countedAt: room.lastMessageAt });
      this.rooms = new Map(rooms.map((room) => [room.id, known(room)]));
      for (const message of this.#meanwhile) this.#count(message);
      for (const room of rooms) if (room.unreadCount && !before.get(room.id)?.unreadCount) this.#missed(room);
    } while (this.#outdated);
    this.areRoomsKnown = true;
    this.#joinAll();
    this.changed();
  }

  async #learnNames() {
    for (const { id, name } of await this.call("GET", "/users?includeMe=1")) this.names.set(id, name);
    this.changed();
  }

  // The talk of a room: at once, and filled as soon as its history is there.
  open(roomId) {
    let talk = this.talks.get(roomId);
    if (!talk) {
      talk = { roomId, timeline: new Timeline(this.me.id), phase: "loading", members: [], typing: new Map(), readSince: null };
      talk.timeline.pending = this.unsent.all[roomId] ?? [];
      this.talks.set(roomId, talk);
      this.#load(talk);
    }
    return talk;
  }

  #meet(userId) {
    if (!userId || this.names.has(userId) || this.#strangers.has(userId)) return;
    this.#strangers.add(userId);
    this.#learnNames().catch(() => {});
  }

  #count({ roomId, seq, createdAt, senderUserId }) {
    const room = this.rooms.get(roomId);
    if (!room || createdAt <= room.countedAt) return;
    room.lastMessageAt = createdAt;
    if (senderUserId !== this.me.id && seq > room.lastReadSeq && ++room.unreadCount === 1) this.#missed(room);
  }

  // From here on somebody has missed something: what they ask for when they come back.
  #missed({ id, lastReadSeq }) {
    const talk = this.talks.get(id);
    if (talk && !this.isWatched(id)) talk.readSince = lastReadSeq;
  }

  async #load(talk) {
    const { roomId, timeline } = talk;
    try {
      const page = await this.call("GET", `/rooms/${roomId}/messages?take=${PAGE}`);
      timeline.fill(page, page.length < PAGE);
    } catch (error) {
      const passes = !error.status || error.status === 429 || error.status >= 500;
      if (!passes) return this.#leave(roomId);
      setTimeout(() => this.talks.get(roomId) === talk && this.#load(talk), AGAIN_AFTER);
      return;
    }
    if (talk.phase !== "live") this.#join(roomId);
    this.learnMembers(roomId);
    this.changed(roomId);
  }

  async learnMembers(roomId) {
    if (!this.talks.has(roomId)) return;
    const asked = ++this.#turn;
    const members = await this.call("GET", `/rooms/${roomId}/members`).catch(() => null);
    const talk = this.talks.get(roomId);
    if (!members || !talk) return;
    talk.members = members;
    for (const member of members) {
      const heard = this.#presence.get(member.id);
      if (heard?.turn > asked) member.isOnline = heard.isOnline; // it is newer than what was asked for
      this.names.set(member.id, member.name);
    }
    this.changed(roomId);
  }

  // The page before the oldest message; false where there is none.
  async earlier(roomId) {
    const { timeline } = this.talks.get(roomId);
    if (timeline.isWhole || !timeline.isLoaded || !timeline.oldest) return false;
    const page = await this.call("GET", `/rooms/${roomId}/messages?take=${PAGE}&beforeId=${timeline.oldest.id}`);
    timeline.extend(page, page.length < PAGE);
    this.changed(roomId);
    return page.length > 0;
  }

  say(roomId, text, { act = false, alone = false } = {}) {
    const id = newId();
    if (alone) {
      const mode = act ? "action" : "chat";
      this.#ask(id, { roomId, prompt: withoutCall(text), isPersonal: true, mode }, text);
    } else {
      const sent = this.talks.get(roomId).timeline.write(id, act ? withoutCall(text) : text, { act });
      this.#send(roomId, sent);
    }
    this.changed(roomId);
  }

  resend(roomId, clientTempId) {
    const sent = this.talks.get(roomId).timeline.retry(clientTempId);
    if (sent) this.#send(roomId, sent);
    this.changed(roomId);
  }

  discard(roomId, clientTempId) {
    this.talks.get(roomId).timeline.discard(clientTempId);
    this.changed(roomId);
  }

  react(roomId, messageId, emoji, isOn) {
    this.line.say(isOn ? "reaction.add" : "reaction.remove", { roomId, messageId, emoji });
  }

  isTyping(roomId, isTyping) {
    this.line.say("typing", { roomId, isTyping });
  }

  // The newest of the room has been seen.
  seen(roomId) {
    const room = this.rooms.get(roomId);
    const talk = this.talks.get(roomId);
    const seq = talk?.timeline.newestSeq ?? 0;
    if (talk && room) talk.readSince ??= room.lastReadSeq;
    if (!room || seq <= room.lastReadSeq || !this.isConnected) return;
    Object.assign(room, { lastReadSeq: seq, unreadCount: 0 });
    // Where much is said, it is not told of every message.
    talk.marking ??= setTimeout(() => {
      talk.marking = null;
      this.line.say("read.mark", { roomId, seq: talk.timeline.newestSeq });
    }, MARK_AFTER);
    this.changed();
  }

  stopAnswer(requestId) {
    this.line.say("jarvis.cancel", { requestId });
  }

  confirm({ requestId, callId }, approve) {
    if (!this.line.say("jarvis.confirm", { requestId, callId, approve })) return;
    const answer = this.answers.get(requestId);
    answer.confirm = null;
    this.changed(answer.roomId);
  }

  dropAnswer(requestId) {
    const { roomId } = this.answers.get(requestId) ?? {};
    this.answers.drop(requestId);
    this.changed(roomId);
  }

  // What was said since one last looked: told as it is written, to oneself alone.
  async catchUp(roomId, question) {
    const since = this.talks.get(roomId)?.readSince;
    const query = since === null || since === undefined ? "" : `?sinceSeq=${since}`;
    const path = `/rooms/${roomId}/catch-up${query}`;
    const { requestId } = await this.call("GET", path, undefined, { Prefer: "respond-async" });
    this.#catchUps.add(requestId);
    this.answers.expect(requestId, { roomId, isPersonal: true, question });
    this.changed(roomId);
  }

  // Telling what was missed goes on while nobody listens, and its end is not told twice.
  async #followCatchUps() {
    for (const requestId of this.#catchUps) {
      const answer = this.answers.get(requestId);
      if (!answer || answer.state === "done" || answer.state === "failed") {
        this.#catchUps.delete(requestId);
        continue;
      }
      const job = await this.call("GET", `/jobs/${requestId}`).catch(() => null);
      if (job?.status === "done") {
        const { content, citations = [] } = job.result;
        this.answers.hear({ type: "bot.personal.done", payload: { requestId, content, citations } });
      } else if (job?.status === "failed") this.answers.fail(requestId, job.error);
      this.changed(answer.roomId);
    }
  }

  #send(roomId, { clientTempId, content }) {
    this.line.say("message.send", { roomId, content, clientTempId });
  }

  #ask(requestId, request, question) {
    const { roomId, isPersonal = false } = request;
    this.answers.expect(requestId, { roomId, isPersonal, question });
    this.#asks.set(requestId, { ...request, requestId });
    this.line.say("jarvis.request", { ...request, requestId });
  }

  #connected(isOpen) {
    this.#joined.clear();
    this.#awaited.clear();
    if (isOpen) {
      this.#joinAll();
      this.refresh().catch(() => {});
      this.#followCatchUps();
    } else {
      this.answers.lost();
      for (const talk of this.talks.values()) {
        if (talk.phase === "live") talk.phase = "joining";
        for (const timer of talk.typing.values()) clearTimeout(timer);
        talk.typing.clear();
      }
    }
    this.changed();
  }

  #joinAll() {
    const heard = new Set([...this.talks.keys(), ...this.roomList.slice(0, MOST_ROOMS_HEARD).map(({ id }) => id)]);
    for (const roomId of heard) if (!this.#joined.has(roomId)) this.#join(roomId);
  }

  #join(roomId) {
    const talk = this.talks.get(roomId);
    if (talk && !talk.timeline.isLoaded) return; // it joins with its history
    if (talk) talk.phase = "joining";
    if (!this.line.say("room.join", { roomId, ...(talk ? { sinceSeq: talk.timeline.seq } : {}) })) return;
    if (!this.#joined.has(roomId)) this.#awaited.add(roomId);
    this.#joined.add(roomId);
  }

  // Something that the server answers: the place in a room, or who one is.
  #probe() {
    const talk = [...this.talks.values()].find(({ phase }) => phase === "live");
    return talk ? this.line.say("room.join", { roomId: talk.roomId, sinceSeq: talk.timeline.seq }) : false;
  }

  #heard(event) {
    const { type, payload } = event;
    const answer = this.answers.hear(event);
    if (answer) {
      this.#asks.delete(answer.requestId);
      this.changed(answer.roomId);
    }
    if (event.seq !== undefined) this.#lasting(event);
    this.#passing[type]?.(payload);
  }

  #lasting(event) {
    const { type, payload, roomId, seq } = event;
    const talk = this.talks.get(roomId);
    if (talk && talk.phase !== "loading") {
      const outcome = talk.timeline.take(event);
      if (outcome === "missing" && talk.phase === "live") this.#join(roomId);
      if (outcome !== "taken") return;
    }
    const room = this.rooms.get(roomId);
    if (!room) return this.refresh().catch(() => {});
    if (SAID.has(type) && seq > room.heardSeq) {
      room.heardSeq = seq;
      if (this.#looking) this.#meanwhile.push(payload);
      this.#count(payload);
      this.#meet(payload.senderUserId);
      talk?.typing.delete(payload.senderUserId);
    }
    if (type === "room.updated") room.title = payload.title;
    if (type.startsWith("room.member.")) this.learnMembers(roomId);
    this.changed(roomId);
  }

  #passing = {
    "room.joined": ({ roomId, seq }) => {
      if (this.#awaited.delete(roomId) && this.#awaited.size === 0) this.refresh().catch(() => {});
      const talk = this.talks.get(roomId);
      if (!talk || talk.phase === "loading") return;
      const isBack = talk.phase !== "live";
      talk.phase = "live";
      if (talk.timeline.joined(seq) === "reload") this.#load(talk);
      if (isBack) this.#catchUpWith(talk);
      this.changed(roomId);
    },
    "room.resync": ({ roomId }) => this.talks.get(roomId)?.timeline.resync(),
    "room.added": () => this.refresh().catch(() => {}),
    "room.left": ({ roomId }) => this.#leave(roomId),
    "room.deleted": ({ roomId }) => this.#leave(roomId),
    "message.ack": (ack) => {
      const sent = this.talks.get(ack.roomId)?.timeline.acknowledge(ack);
      if (sent?.act) {
        const prompt = sent.content;
        this.#ask(sent.clientTempId, { roomId: ack.roomId, prompt, messageId: ack.messageId, mode: "action" }, prompt);
      }
      this.changed(ack.roomId);
    },
    "read.updated": ({ roomId, userId, seq }) => {
      const room = this.rooms.get(roomId);
      if (userId !== this.me.id || !room || seq <= room.lastReadSeq) return;
      room.lastReadSeq = seq;
      this.refresh().catch(() => {});
    },
    typing: ({ roomId, userId, isTyping }) => {
      const typing = this.talks.get(roomId)?.typing;
      if (!typing) return;
      clearTimeout(typing.get(userId));
      typing.delete(userId);
      const end = () => typing.delete(userId) && this.changed(roomId);
      if (isTyping) typing.set(userId, setTimeout(end, TYPING_ENDS_AFTER));
      this.changed(roomId);
    },
    "presence.updated": ({ userId, isOnline }) => {
      this.#presence.set(userId, { isOnline, turn: ++this.#turn });
      for (const talk of this.talks.values()) {
        const member = talk.members.find(({ id }) => id === userId);
        if (member) member.isOnline = isOnline;
      }
      this.changed();
    },
    error: (refusal) => this.#refused(refusal),
  };

  // After a loss: what was not acknowledged goes out again, under the same ids.
  #catchUpWith({ roomId, timeline }) {
    this.answers.joined(roomId);
    for (const sent of timeline.unsent) this.#send(roomId, sent);
    for (const ask of this.#asks.values()) if (ask.roomId === roomId) this.line.say("jarvis.request", ask);
    this.learnMembers(roomId);
  }

  #refused({ message: code, roomId, clientTempId, requestId, retryAfterMs }) {
    const timeline = this.talks.get(roomId)?.timeline;
    if (clientTempId && code !== "AI_QUOTA_EXCEEDED") {
      if (COMES_BACK.has(code)) {
        const again = () => timeline?.unsent.forEach((sent) => sent.clientTempId === clientTempId && this.#send(roomId, sent));
        setTimeout(again, retryAfterMs ?? AGAIN_AFTER);
      } else timeline?.fail(clientTempId, code);
      return this.changed(roomId);
    }
    if (requestId) {
      const ask = this.#asks.get(requestId);
      if (ask && COMES_BACK.has(code)) {
        setTimeout(() => this.line.say("jarvis.request", ask), retryAfterMs ?? AGAIN_AFTER);
        return;
      }
      this.#asks.delete(requestId);
      const answer = this.answers.fail(requestId, code);
      return answer ? this.changed(answer.roomId) : undefined;
    }
    if (code === "FORBIDDEN" && roomId) return this.#leave(roomId);
    if (this.line.isWell) this.told(code);
  }

  async leave(roomId) {
    this.#leaving.add(roomId);
    try {
      await this.call("POST", `/rooms/${roomId}/leave`);
      this.#leave(roomId);
    } finally {
      this.#leaving.delete(roomId);
    }
  }

  #leave(roomId) {
    if (!this.rooms.has(roomId) && !this.talks.has(roomId)) return;
    const { title } = this.rooms.get(roomId) ?? {};
    this.unsent.keep(roomId, []);
    this.rooms.delete(roomId);
    this.talks.delete(roomId);
    this.#joined.delete(roomId);
    this.#awaited.delete(roomId);
    this.gone(roomId, this.#leaving.has(roomId) ? null : title);
    this.changed();
  }
}
