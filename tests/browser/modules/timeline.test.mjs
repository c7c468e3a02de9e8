// A room is the same for everybody, whatever is heard when, and what one writes is in it once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Timeline, withoutCall } from "../../../web/timeline.js";

const ME = "ana";

function message(seq, more = {}) {
  return { id: `m${seq}`, seq, senderType: "user", senderUserId: "ben", content: `said ${seq}`, createdAt: "", ...more };
}

const said = (seq, more) => ({ type: "message.new", seq, payload: message(seq, more) });
const contents = (timeline) => timeline.list.map(({ content }) => content);

function opened(...seqs) {
  const timeline = new Timeline(ME);
  timeline.fill(seqs.map((seq) => message(seq)), true);
  return timeline;
}

test("what is heard follows the history, once and in order", () => {
  const timeline = opened(1, 2);
  assert.equal(timeline.take(said(2)), "repeated");
  assert.equal(timeline.take(said(3)), "taken");
  assert.equal(timeline.take(said(3)), "repeated");
  assert.deepEqual(contents(timeline), ["said 1", "said 2", "said 3"]);
  assert.equal(timeline.seq, 3);
});

test("a gap is noticed, and nothing past it is shown until it is closed", () => {
  const timeline = opened(1);
  assert.equal(timeline.take(said(3)), "missing");
  assert.deepEqual(contents(timeline), ["said 1"]);
  for (const seq of [2, 3]) assert.equal(timeline.take(said(seq)), "taken");
  assert.deepEqual(contents(timeline), ["said 1", "said 2", "said 3"]);
});

test("events of kinds that are not known take their place in the order", () => {
  const timeline = opened(1);
  assert.equal(timeline.take({ type: "card.added", seq: 2, payload: {} }), "taken");
  assert.equal(timeline.take(said(3)), "taken");
});

test("every mixture of live events and replays comes to the same", () => {
  const events = [
    said(2),
    { type: "message.updated", seq: 3, payload: message(2, { content: "said better", editedAt: "now" }) },
    said(4),
    { type: "message.deleted", seq: 5, payload: { messageId: "m1" } },
    { type: "reaction.updated", seq: 6, payload: { messageId: "m4", reactions: [{ emoji: "👍", count: 1, userIds: [ME] }] } },
  ];
  const whole = opened(1);
  for (const event of events) whole.take(event);
  for (let heard = 0; heard <= events.length; heard++) {
    for (let lost = heard; lost <= events.length; lost++) {
      const timeline = opened(1);
      for (const event of events.slice(0, heard)) timeline.take(event);
      for (const event of events.slice(lost)) timeline.take(event); // after a gap, where there is one
      const since = timeline.seq;
      for (const event of events.filter(({ seq }) => seq > since)) timeline.take(event);
      assert.deepEqual(timeline.list, whole.list);
      assert.equal(timeline.joined(6), "well");
    }
  }
  assert.deepEqual(contents(whole), ["(삭제된 메시지)", "said better", "said 4"]);
  assert.equal(whole.list[0].isGone, true);
});

test("what happened to a message that is not loaded shows when its page comes", () => {
  const timeline = new Timeline(ME);
  timeline.fill([message(10)], false);
  timeline.take({ type: "message.deleted", seq: 11, payload: { messageId: "m1" } });
  timeline.take({ type: "message.updated", seq: 12, payload: message(2, { content: "otherwise" }) });
  assert.deepEqual(contents(timeline), ["said 10"]);
  timeline.extend([message(1), message(2)], true);
  assert.deepEqual(contents(timeline), ["(삭제된 메시지)", "otherwise", "said 10"]);
  assert.equal(timeline.isWhole, true);
});

test("a page that was read before an event does not undo it", () => {
  const timeline = opened(1);
  timeline.take({ type: "message.updated", seq: 2, payload: message(1, { content: "newer" }) });
  timeline.extend([message(1)], true);
  assert.deepEqual(contents(timeline), ["newer"]);
});

test("where the log does not reach back, it is read anew and goes on from the newest", () => {
  const timeline = opened(1);
  timeline.write("t1", "mine");
  timeline.resync();
  assert.equal(timeline.joined(40), "reload");
  assert.equal(timeline.take(said(41)), "taken");
  timeline.fill([message(38), message(40)], false);
  assert.deepEqual(contents(timeline), ["said 38", "said 40", "said 41"]);
  assert.equal(timeline.seq, 41);
  assert.deepEqual(timeline.waiting.map(({ content }) => content), ["mine"]);
});

test("a replay that ends before the newest is no replay", () => {
  const timeline = opened(1);
  assert.equal(timeline.joined(3), "reload");
});

const mine = (seq, clientTempId) => said(seq, { senderUserId: ME, clientTempId, content: "mine" });

test("a send is shown at once, and gives way to its message, whichever comes first", () => {
  for (const acknowledgedFirst of [true, false]) {
    const timeline = opened(1);
    timeline.write("t1", "mine");
    assert.deepEqual(timeline.waiting.map(({ state }) => state), ["sending"]);
    const ack = { clientTempId: "t1", messageId: "m2", seq: 2 };
    if (acknowledgedFirst) {
      timeline.acknowledge(ack);
      assert.deepEqual(timeline.waiting.map(({ state }) => state), ["kept"], "it stays in sight");
      assert.deepEqual(timeline.unsent, [], "and is not sent again");
      timeline.take(mine(2, "t1"));
    } else {
      timeline.take(mine(2, "t1"));
      timeline.acknowledge(ack);
    }
    assert.deepEqual(timeline.waiting, []);
    assert.deepEqual(contents(timeline), ["said 1", "mine"]);
  }
});

test("a send whose acknowledgement was lost is found in the replay, or in the history", () => {
  const replayed = opened(1);
  replayed.write("t1", "mine");
  assert.deepEqual(replayed.unsent.map(({ clientTempId }) => clientTempId), ["t1"]);
  replayed.take(mine(2, "t1"));
  assert.deepEqual(replayed.unsent, []);
  const read = opened(1);
  read.write("t1", "mine");
  read.resync();
  read.joined(9);
  read.fill([mine(9, "t1").payload], false);
  assert.deepEqual(read.waiting, []);
});

test("the same id of somebody else is another message", () => {
  const timeline = opened(1);
  timeline.write("t1", "mine");
  timeline.take(said(2, { clientTempId: "t1" }));
  assert.equal(timeline.unsent.length, 1);
});

test("what failed is not sent by itself, and can be sent again or discarded", () => {
  const timeline = opened(1);
  timeline.write("t1", "too long");
  timeline.fail("t1", "MESSAGE_TOO_LONG");
  assert.deepEqual(timeline.unsent, []);
  assert.equal(timeline.waiting[0].code, "MESSAGE_TOO_LONG");
  timeline.retry("t1");
  assert.equal(timeline.unsent.length, 1);
  timeline.discard("t1");
  assert.deepEqual(timeline.waiting, []);
});

test("a call is taken out of what Jarvis is asked otherwise", () => {
  assert.equal(withoutCall("자비스야, 회의 잡아줘"), "회의 잡아줘");
  assert.equal(withoutCall("이거 자비스야 궁금하다"), "이거");
  assert.equal(withoutCall("자비스야"), "자비스야");
  assert.equal(withoutCall("회의 잡아줘"), "회의 잡아줘");
});
