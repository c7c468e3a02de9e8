// What is not known to have arrived outlives the page, and nothing else does.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Timeline } from "../../../web/timeline.js";
import { Unsent } from "../../../web/unsent.js";

function storage(isFull = false) {
  const all = new Map();
  return {
    getItem: (key) => all.get(key) ?? null,
    removeItem: (key) => all.delete(key),
    setItem: (key, value) => {
      if (isFull) throw new Error("full");
      all.set(key, value);
    },
  };
}

test("a send is kept until it is acknowledged, and goes on under its id", () => {
  const kept = storage();
  const before = new Timeline("ana");
  before.write("t1", "one");
  before.write("t2", "two");
  new Unsent("ana", kept).keep("r", before.pending);
  assert.deepEqual(new Unsent("ben", kept).all, {}, "it is nobody else's");
  const after = new Timeline("ana");
  after.pending = new Unsent("ana", kept).all.r;
  assert.deepEqual(after.unsent.map(({ clientTempId }) => clientTempId), ["t1", "t2"]);
  after.acknowledge({ clientTempId: "t1", messageId: "m1" });
  new Unsent("ana", kept).keep("r", after.pending);
  assert.deepEqual(new Unsent("ana", kept).all.r.map(({ content }) => content), ["two"]);
  new Unsent("ana", kept).keep("r", []);
  assert.equal(kept.getItem("jarvis.unsent.ana"), null);
});

test("a storage that is full or holds nonsense is no obstacle", () => {
  new Unsent("ana", storage(true)).keep("r", [{ clientTempId: "t1", state: "sending" }]);
  const nonsense = storage();
  nonsense.setItem("jarvis.unsent.ana", "{");
  assert.deepEqual(new Unsent("ana", nonsense).all, {});
});
