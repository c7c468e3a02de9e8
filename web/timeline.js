// What a room looks like, made of pages of its history and of what is heard, in any order and any number of times.
// No page, no socket, no clock: what is taken in is told by seq alone.

const DELETED = "(삭제된 메시지)";

export class Timeline {
  #sorted = null;
  #marks = new Map(); // what happened to messages that are not loaded, for when their page comes
  #resyncing = false;

  constructor(me) {
    this.me = me;
    this.clear();
    this.pending = [];
  }

  // All that the server has told is forgotten; what waits to be sent is not.
  clear() {
    this.messages = new Map();
    this.#sorted = null;
    this.#marks.clear();
    this.seq = 0;
    this.isLoaded = false;
    this.isWhole = false;
  }

  // The messages in the order that everybody sees.
  get list() {
    this.#sorted ??= [...this.messages.values()].sort((one, other) => one.seq - other.seq);
    return this.#sorted;
  }

  get oldest() {
    return this.list[0] ?? null;
  }

  get newestSeq() {
    return this.list.at(-1)?.seq ?? 0;
  }

  // Sends that are not among the messages yet, in the order in which they were written.
  get waiting() {
    return this.pending;
  }

  // The newest page of the history. What was heard is newer than what a page says. `isWhole`: nothing is before it.
  fill(page, isWhole) {
    for (const message of page) this.#meet(message);
    this.isWhole = isWhole;
    this.isLoaded = true;
    this.seq = Math.max(this.seq, this.newestSeq);
  }

  // A page before the oldest message.
  extend(page, isWhole) {
    for (const message of page) this.#meet(message);
    this.isWhole ||= isWhole;
  }

  // An event with a seq: "taken", "repeated", or "missing" where something before it was not heard.
  take(event) {
    if (event.seq <= this.seq) return "repeated";
    if (event.seq !== this.seq + 1) return "missing";
    this.seq = event.seq;
    this.#apply(event);
    return "taken";
  }

  // The server's log does not hold what was missed: the history has to be read anew.
  resync() {
    const { pending } = this;
    this.clear();
    this.pending = pending;
    this.#resyncing = true;
  }

  // `room.joined`: "well", or "reload" where the history has to be read anew and it goes on from here.
  joined(seq) {
    if (!this.#resyncing && this.seq < seq) this.resync();
    if (!this.#resyncing) return "well";
    this.#resyncing = false;
    this.seq = seq;
    return "reload";
  }

  // Something is to be sent. It is shown at once and kept until the server says that it has it.
  write(clientTempId, content, more = {}) {
    const sent = { clientTempId, content, state: "sending", ...more };
    this.pending.push(sent);
    return sent;
  }

  // What has to go out, again, after a loss.
  get unsent() {
    return this.pending.filter((sent) => sent.state === "sending");
  }

  // `message.ack`: the send, or null. It is not sent again, and stays in sight until the message itself is there.
  acknowledge({ clientTempId, messageId }) {
    const sent = this.pending.find((each) => each.clientTempId === clientTempId);
    if (!sent) return null;
    sent.state = "kept";
    sent.messageId = messageId;
    if (this.messages.has(messageId)) this.discard(clientTempId);
    return sent;
  }

  // A refusal that is final, with its code.
  fail(clientTempId, code) {
    const sent = this.pending.find((each) => each.clientTempId === clientTempId);
    if (sent) Object.assign(sent, { state: "failed", code });
    return sent ?? null;
  }

  retry(clientTempId) {
    const sent = this.pending.find((each) => each.clientTempId === clientTempId);
    if (sent) Object.assign(sent, { state: "sending", code: undefined });
    return sent ?? null;
  }

  discard(clientTempId) {
    this.pending = this.pending.filter((each) => each.clientTempId !== clientTempId);
  }

  #apply({ type, payload }) {
    switch (type) {
      case "message.new":
      case "bot.done":
        return this.#put(payload);
      case "message.updated":
        return this.messages.has(payload.id) ? this.#put(payload) : this.#mark(payload.id, payload);
      case "message.deleted":
        return this.#change(payload.messageId, { isGone: true, content: DELETED, reactions: [], citations: [] });
      case "reaction.updated":
        return this.#change(payload.messageId, { reactions: payload.reactions });
    }
  }

  #meet(message) {
    if (!this.messages.has(message.id)) this.#put({ ...message, ...this.#marks.get(message.id) });
    this.#marks.delete(message.id);
  }

  #put(message) {
    this.messages.set(message.id, { ...message, isGone: message.isGone || Boolean(message.deletedAt) });
    this.#sorted = null;
    const { clientTempId, senderUserId, id } = message;
    this.pending = this.pending.filter(
      (sent) => !(sent.messageId === id || (clientTempId === sent.clientTempId && senderUserId === this.me)),
    );
  }

  #change(id, change) {
    const message = this.messages.get(id);
    if (message) this.#put({ ...message, ...change });
    else this.#mark(id, change);
  }

  #mark(id, change) {
    this.#marks.set(id, { ...this.#marks.get(id), ...change });
  }
}

// A message without the words that call Jarvis: for what he is asked in another way already.
export function withoutCall(text) {
  const bare = text.replace("자비스야 궁금하다", " ").trim().replace(/^자비스야[\s,.!~?:;]*/, "").trim();
  return bare || text.trim();
}
