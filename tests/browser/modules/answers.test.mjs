// An answer grows by its pieces, each once, also for who comes in the middle or back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Answers } from "../../../web/answers.js";

const piece = (index, chunk) => ({ type: "bot.stream", payload: { requestId: "q", roomId: "r", index, chunk } });

function heard(...events) {
  const answers = new Answers(() => 7);
  for (const event of events) answers.hear(event);
  return answers;
}

const text = (answers) => answers.of("r")[0]?.text;

test("pieces are put together in order, each once", () => {
  assert.equal(text(heard(piece(0, ""), piece(1, "one "), piece(1, "one "), piece(2, "two"))), "one two");
});

test("who comes in the middle gets all that was said as one piece", () => {
  assert.equal(text(heard(piece(5, "one two "), piece(6, "three"))), "one two three");
});

test("who comes back gets it as one piece too, and it takes the place of what was there", () => {
  const answers = heard(piece(0, ""), piece(1, "one "));
  answers.lost();
  answers.hear(piece(2, "one two "));
  answers.hear(piece(3, "three"));
  assert.equal(text(answers), "one two three");
});

test("an answer that is begun anew begins anew", () => {
  assert.equal(text(heard(piece(0, ""), piece(1, "lost"), piece(0, ""), piece(1, "one"))), "one");
});

test("an answer that ended while nobody listened is gone with the return", () => {
  const answers = heard(piece(0, ""), piece(1, "one"));
  answers.lost();
  answers.joined("elsewhere");
  assert.equal(answers.of("r").length, 1);
  answers.joined("r");
  assert.deepEqual(answers.of("r"), []);
});

test("an answer gives way to its message, and what comes late does not bring it back", () => {
  const answers = heard(piece(0, ""), { type: "bot.done", payload: { requestId: "q", roomId: "r" } }, piece(1, "late"));
  answers.hear({ type: "jarvis.accepted", payload: { requestId: "q", roomId: "r" } });
  assert.deepEqual(answers.of("r"), []);
});

test("what fails says why, after what was said by then", () => {
  const failed = { type: "bot.failed", payload: { requestId: "q", roomId: "r", code: "CANCELLED", message: "stopped" } };
  const [answer] = heard(piece(0, ""), failed).of("r");
  assert.deepEqual([answer.state, answer.message, answer.after], ["failed", "stopped", 7]);
});

test("a personal answer is in the room in which it was asked, and stays", () => {
  const answers = new Answers(() => 7);
  answers.hear({ type: "bot.personal.stream", payload: { requestId: "p", index: 0, chunk: "" } });
  assert.deepEqual(answers.of("r"), [], "its room is not known yet");
  answers.expect("p", { roomId: "r", isPersonal: true, question: "when?" });
  answers.hear({ type: "bot.personal.stream", payload: { requestId: "p", index: 1, chunk: "noon" } });
  answers.hear({ type: "bot.personal.done", payload: { requestId: "p", content: "at noon", citations: [] } });
  const [answer] = answers.of("r");
  assert.deepEqual([answer.text, answer.state, answer.question, answer.after], ["at noon", "done", "when?", 7]);
});

test("tools are shown one after the other, and a question is gone when it is answered", () => {
  const tool = (name, status) => ({ type: "bot.tool", payload: { requestId: "q", roomId: "r", name, status } });
  const answers = heard(tool("look", "running"), tool("look", "done"), tool("invite", "waiting"));
  answers.hear({ type: "bot.confirm", payload: { requestId: "q", roomId: "r", callId: "c", name: "invite", summary: "?" } });
  assert.equal(answers.of("r")[0].confirm.callId, "c");
  answers.hear(tool("invite", "running"));
  assert.equal(answers.of("r")[0].confirm, null);
  assert.deepEqual(answers.of("r")[0].tools, [{ name: "look", status: "done" }, { name: "invite", status: "running" }]);
});
