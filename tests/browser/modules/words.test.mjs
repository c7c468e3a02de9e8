// Both languages say the same things, and say all that the client asks for.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { languageOf, t, words } from "../../../web/words.js";

const web = new URL("../../../web/", import.meta.url);
const source = readdirSync(web)
  .filter((name) => name.endsWith(".js") && name !== "words.js")
  .map((name) => readFileSync(new URL(name, web), "utf8"))
  .join("\n");
const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test("both tables have the same keys, and the same places for values", () => {
  assert.deepEqual(Object.keys(words.ko), Object.keys(words.en));
  for (const [key, text] of Object.entries(words.en)) assert.deepEqual(places(words.ko[key]), places(text), key);
});

test("what is asked for is there, and nothing is there that nobody asks for", () => {
  const quoted = new Set([...source.matchAll(/"(\w+)"/g)].map((found) => found[1]));
  const asked = [...source.matchAll(/\bt\(\s*"(\w+)"/g)].map((found) => found[1]);
  for (const key of asked) assert.ok(key in words.en, key);
  const unused = Object.keys(words.en).filter((key) => !quoted.has(key) && !/^(E_|tool)/.test(key));
  assert.deepEqual(unused, []);
});

test("Korean for those who read it, English for all others", () => {
  assert.deepEqual(["ko", "ko-KR", "KO", "en-US", "kok", "fr", undefined].map(languageOf), ["ko", "ko", "ko", "en", "en", "en", "en"]);
});

test("values are put in as they are", () => {
  assert.ok(t("invited", { who: "$& {who}" }).includes("$& {who}"));
});
