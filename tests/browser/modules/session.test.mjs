// One session for all tabs: a token is exchanged once, before it ends or when it was refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Session, SignedOut, renewAt } from "../../../web/session.js";
import { pause } from "../../../web/socket.js";

class Storage {
  #kept = new Map();
  getItem = (key) => this.#kept.get(key) ?? null;
  setItem = (key, value) => this.#kept.set(key, value);
  removeItem = (key) => this.#kept.delete(key);
}

function token(name, lasts = 900) {
  const claims = Buffer.from(JSON.stringify({ sub: name, iat: 1000, exp: 1000 + lasts })).toString("base64url");
  return `x.${claims}.y`;
}

function server(status = 200) {
  const asked = [];
  const ask = async (path, { body }) => {
    asked.push(JSON.parse(body).refreshToken);
    const next = { token: token(`t${asked.length}`), refreshToken: `r${asked.length}`, user: { id: "ana" } };
    return { status, ok: status === 200, json: async () => next };
  };
  return { asked, ask };
}

function signedIn(storage, ask, lasts) {
  const session = new Session(storage, ask);
  session.keep({ token: token("t0", lasts), refreshToken: "r0", user: { id: "ana" } });
  return session;
}

test("a token that is good is used as it is", async () => {
  const { asked, ask } = server();
  assert.equal(await signedIn(new Storage(), ask).token(), token("t0"));
  assert.deepEqual(asked, []);
});

test("one that is about to end is exchanged once, however many ask", async () => {
  const { asked, ask } = server();
  const session = signedIn(new Storage(), ask, 0);
  const all = await Promise.all([session.token(), session.token(), session.renew(token("t0", 0))]);
  assert.deepEqual(new Set(all), new Set([token("t1")]));
  assert.deepEqual(asked, ["r0"]);
});

test("what another tab has got is taken from it", async () => {
  const storage = new Storage();
  const { asked, ask } = server();
  const [one, other] = [signedIn(storage, ask), new Session(storage, ask)];
  const next = await one.renew(token("t0"));
  assert.equal(await other.renew(token("t0")), next);
  assert.deepEqual(asked, ["r0"]);
});

test("a session that has ended is forgotten", async () => {
  const session = signedIn(new Storage(), server(401).ask);
  await assert.rejects(session.renew(token("t0")), SignedOut);
  assert.equal(session.user, null);
});

test("a server that is away ends nothing", async () => {
  const session = signedIn(new Storage(), server(503).ask);
  await assert.rejects(session.renew(token("t0")));
  assert.equal(session.user.id, "ana");
});

test("a token is renewed after four fifths of its life, by this device's clock", () => {
  assert.equal(renewAt(token("t", 900), 5), 5 + 720_000);
});

test("pauses grow to a limit, and differ", () => {
  assert.deepEqual([0, 1, 2].map((tries) => pause(tries, 1)), [500, 1000, 2000]);
  assert.equal(pause(50, 1), 20_000);
  assert.equal(pause(0, 0), 250);
});

test("what is apart goes on with the session and leaves no trace", async () => {
  const storage = new Storage();
  const { asked, ask } = server();
  const session = signedIn(storage, ask);
  const apart = session.apart();
  session.forget();
  assert.equal(await apart.renew(token("t0")), token("t1"));
  assert.deepEqual([asked, session.user], [["r0"], null]);
});
