// What Jarvis is saying and has said to one person alone: everything of his that is no message of a room (yet).

export class Answers {
  #all = new Map();
  #ended = new Set(); // public ones that are messages now: what else comes of them is late

  // `seqOf(roomId)` is the seq of the room's newest message: what is no message is shown after it.
  constructor(seqOf = () => 0) {
    this.seqOf = seqOf;
  }

  // A request of one's own: in which room, and what was asked.
  expect(requestId, { roomId, isPersonal = false, question = "" }) {
    Object.assign(this.#get(requestId, roomId), { isPersonal, question, isMine: true });
  }

  // The answer that the event is about: null where it is about none, or one that is over.
  hear({ type, payload }) {
    if (type === "bot.done") {
      this.#ended.add(payload.requestId);
      this.#all.delete(payload.requestId);
      return null;
    }
    const change = this.#changes[type];
    if (!change || this.#ended.has(payload.requestId)) return null;
    const answer = this.#get(payload.requestId, payload.roomId);
    change(answer, payload);
    return answer;
  }

  #changes = {
    "jarvis.accepted": (answer) => Object.assign(answer, { isMine: true }),
    "bot.stream": (answer, piece) => this.#piece(answer, piece),
    "bot.personal.stream": (answer, piece) => this.#piece(Object.assign(answer, { isPersonal: true }), piece),
    "bot.personal.done": (answer, { content, citations }) => {
      if (answer.state === "failed") return;
      Object.assign(answer, { isPersonal: true, state: "done", text: content, citations, confirm: null });
    },
    "bot.failed": (answer, { code, message }) => this.#fail(answer, code, message),
    "bot.tool": (answer, { name, status }) => this.#tool(answer, name, status),
    "bot.confirm": (answer, confirm) => Object.assign(answer, { isMine: true, confirm }),
  };

  // A request was refused, or the answer that is awaited is not there any more.
  fail(requestId, code, message) {
    const answer = this.#all.get(requestId);
    if (answer && answer.state !== "done" && answer.state !== "failed") this.#fail(answer, code, message);
    return answer ?? null;
  }

  // The connection is gone: what has been said so far is told anew, in one piece, by who still says it.
  lost() {
    for (const answer of this.#all.values()) answer.isStale = true;
  }

  // The room is heard again: an answer in it has ended meanwhile, or makes itself known anew right after this.
  joined(roomId) {
    for (const [id, answer] of this.#all) {
      const isOver = answer.isStale && answer.roomId === roomId && !answer.isPersonal && answer.state === "growing";
      if (isOver) this.#all.delete(id);
    }
  }

  // What there is to show in a room, in the order in which it began.
  of(roomId) {
    return [...this.#all.values()].filter((answer) => answer.roomId === roomId);
  }

  get(requestId) {
    return this.#all.get(requestId) ?? null;
  }

  drop(requestId) {
    this.#all.delete(requestId);
  }

  #get(requestId, roomId) {
    let answer = this.#all.get(requestId);
    if (!answer) {
      answer = { requestId, state: "waiting", text: "", index: -1, tools: [], confirm: null, citations: [] };
      Object.assign(answer, { isPersonal: false, isMine: false, isStale: false });
      this.#all.set(requestId, answer);
    }
    // Pieces of a personal answer do not name the room: it may become known later.
    if (roomId && !answer.roomId) Object.assign(answer, { roomId, after: this.seqOf(roomId) });
    return answer;
  }

  #piece(answer, { chunk, index }) {
    if (answer.state === "done" || answer.state === "failed") return;
    // It begins anew with the first piece; who comes in the middle gets all that was said as one piece.
    const isWhole = index === 0 || answer.index < 0 || (answer.isStale && !answer.isPersonal);
    if (!isWhole && index <= answer.index) return;
    const gap = !isWhole && index > answer.index + 1 ? " … " : "";
    answer.text = isWhole ? chunk : answer.text + gap + chunk;
    Object.assign(answer, { index, isStale: false, state: "growing" });
  }

  #fail(answer, code, message) {
    const after = answer.isPersonal ? answer.after : this.seqOf(answer.roomId);
    Object.assign(answer, { state: "failed", code, message, confirm: null, after });
  }

  #tool(answer, name, status) {
    const isOpen = (tool) => tool.name === name && (tool.status === "running" || tool.status === "waiting");
    const open = answer.tools.find(isOpen);
    if (open) open.status = status;
    else answer.tools.push({ name, status });
    if (status !== "waiting" && answer.confirm?.name === name) answer.confirm = null;
  }
}
