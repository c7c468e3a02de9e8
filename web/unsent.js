// What was written and is not known to have arrived, kept by this tab: a page that is loaded anew sends it again, under the
// same id.

export class Unsent {
  constructor(userId, storage = sessionStorage) {
    this.key = `jarvis.unsent.${userId}`;
    this.storage = storage;
  }

  // By room.
  get all() {
    try {
      return JSON.parse(this.storage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }

  keep(roomId, pending) {
    const all = this.all;
    const before = JSON.stringify(all);
    all[roomId] = pending.filter(({ state }) => state !== "kept");
    if (!all[roomId].length) delete all[roomId];
    const after = JSON.stringify(all);
    if (after === before) return;
    try {
      if (after === "{}") this.storage.removeItem(this.key);
      else this.storage.setItem(this.key, after);
    } catch {
      // The storage is full: what is written is in this page alone then.
    }
  }
}
