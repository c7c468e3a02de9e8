// How messages, sends under way and answers of Jarvis look.

import { button, el } from "./dom.js";
import { language, reason, t } from "./words.js";

const TOGETHER = 5 * 60_000;
const versions = new WeakMap();
let newest = 0;

// A message is never changed, only exchanged: what it looks like is told by which one it is.
function versionOf(message) {
  if (!versions.has(message)) versions.set(message, ++newest);
  return versions.get(message);
}

const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(language, { dateStyle: "full" });

function dayOf(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function dayName(day) {
  const days = Math.round((dayOf(new Date()) - day) / 86_400_000);
  return days === 0 ? t("today") : days === 1 ? t("yesterday") : calendar.format(day);
}

// What Jarvis says: `[3]` leads to the message that it cites, and `**this**` is said with weight.
function told(text, citations, go) {
  const known = new Map((citations ?? []).map((citation) => [String(citation.ref), citation]));
  return text.split(/(\[\d+\]|\*\*[^*\n]+\*\*)/).map((part, place) => {
    if (place % 2 === 0) return part;
    if (part.startsWith("**")) return el("strong", {}, part.slice(2, -2));
    const ref = part.slice(1, -1);
    const citation = known.get(ref);
    if (!citation) return part;
    const label = t("cited", { ref, excerpt: citation.excerpt });
    return button(part, () => go(citation), { class: "cite", title: citation.excerpt, "aria-label": label });
  });
}

function head(name, time, word, kind = "") {
  return el(
    "header",
    {},
    el("span", { class: `name ${kind}` }, name),
    time && el("time", { datetime: time.toISOString() }, clock.format(time)),
    word && el("span", { class: "quiet small" }, word),
  );
}

// All that there is to show of a talk, in order: each with a key, what it looks like depends on (`look`), and how it is made.
export function itemsOf(talk, client, acts) {
  const { timeline, roomId } = talk;
  const answers = client.answers.of(roomId);
  const isLast = (answer) => !answer.isPersonal && answer.state !== "failed";
  const beside = answers.filter((answer) => !isLast(answer));
  const items = [];
  let before = null;
  const answersUpTo = (seq) => {
    while (beside.length && beside[0].after < seq) {
      items.push(answerItem(beside.shift(), client, acts));
      before = null;
    }
  };
  beside.sort((one, other) => one.after - other.after);
  for (const message of timeline.list) {
    answersUpTo(message.seq);
    const at = new Date(message.createdAt);
    const day = dayOf(at);
    if (!before || dayOf(new Date(before.createdAt)) !== day) {
      const shown = dayName(day);
      const isNew = !items.some((item) => item.key === `day ${day}`);
      if (isNew) items.push({ key: `day ${day}`, look: shown, make: () => el("li", { class: "day" }, el("span", {}, shown)) });
    }
    items.push(messageItem(message, before, talk, client, acts));
    before = message;
  }
  answersUpTo(Infinity);
  for (const sent of timeline.waiting) items.push(sentItem(sent, client, acts));
  for (const answer of answers.filter(isLast)) items.push(answerItem(answer, client, acts));
  return items;
}

function messageItem(message, before, talk, client, acts) {
  const isBot = message.senderType === "bot";
  const name = nameOf(message, client);
  const isMine = message.senderUserId === client.me.id;
  const at = new Date(message.createdAt);
  const isFollowing =
    before?.senderType === message.senderType &&
    before.senderUserId === message.senderUserId &&
    before.senderName === message.senderName &&
    at - new Date(before.createdAt) < TOGETHER &&
    !message.replyToId;
  const root = message.replyToId && talk.timeline.messages.get(message.replyToId);
  const quoted = root && `${nameOf(root, client)}: ${root.content.slice(0, 80)}`;
  const word = message.editedAt && !message.isGone ? t("edited") : null;
  const kind = isBot && !message.senderName ? "jarvis" : "";
  const make = () =>
    el(
      "li",
      { class: `item ${isMine ? "mine" : ""} ${kind} ${isFollowing ? "following" : ""}`, "data-message": message.id, tabindex: -1 },
      message.replyToId && el("p", { class: "quoted" }, `${t("answerTo")} ${quoted ?? "…"}`),
      isFollowing ? el("span", { class: "hidden" }, name) : head(name, at, null, kind),
      el("p", { class: message.isGone ? "text gone" : "text" }, ...textOf(message, acts)),
      message.attachments?.length > 0 &&
        el("p", { class: "quiet small" }, t("files", { names: message.attachments.map((file) => file.name).join(", ") })),
      word && el("span", { class: "quiet small" }, word),
      reactions(message, client, acts),
    );
  const look = JSON.stringify([versionOf(message), name, isFollowing, quoted]);
  return { key: `message ${message.id}`, look, make };
}

function textOf(message, acts) {
  if (message.isGone) return [t("deleted")];
  return message.senderType === "bot" ? told(message.content, message.citations, acts.go) : [message.content];
}

export function nameOf(message, client) {
  if (message.senderType === "bot") return message.senderName ?? t("jarvis");
  return client.nameOf(message.senderUserId) ?? t("somebody");
}

function reactions(message, client, acts) {
  if (!message.reactions?.length) return null;
  const one = ({ emoji, count, userIds }) => {
    const isMine = userIds.includes(client.me.id);
    const label = `${t("react", { emoji })} (${count})`;
    const act = () => acts.react(message.id, emoji, !isMine);
    return button(`${emoji} ${count}`, act, { class: "reaction", "aria-pressed": String(isMine), "aria-label": label });
  };
  return el("div", { class: "reactions" }, ...message.reactions.map(one));
}

function sentItem(sent, client, acts) {
  const hasFailed = sent.state === "failed";
  const state = hasFailed ? t("notSent", { why: reason(sent) }) : t("sending");
  const make = () =>
    el(
      "li",
      { class: "item mine pending", "data-pending": sent.clientTempId },
      head(client.me.name, null, null),
      el("p", { class: "text" }, sent.content),
      el("p", { class: hasFailed ? "wrong small" : "quiet small" }, state),
      hasFailed &&
        el(
          "div",
          { class: "row" },
          button(t("resend"), () => acts.resend(sent.clientTempId), { class: "button small" }),
          button(t("drop"), () => acts.discard(sent.clientTempId), { class: "button small" }),
        ),
    );
  return { key: `sent ${sent.clientTempId}`, look: state, make };
}

function answerItem(answer, client, acts) {
  const { requestId, state, isPersonal, isMine, question, tools, confirm, code, message } = answer;
  const isOpen = state === "waiting" || state === "growing";
  const mayStop = isOpen && (isMine || acts.isOwner());
  const text = state === "failed" ? message || reason({ code, message: code }) : answer.text;
  const make = () =>
    el(
      "li",
      { class: `item jarvis answer ${state} ${isPersonal ? "personal" : ""}`, "data-answer": requestId, "aria-busy": String(isOpen) },
      isPersonal && question && el("p", { class: "quoted" }, t("youAsked", { question })),
      head(t("jarvis"), null, isPersonal ? t("onlyYou") : null, "jarvis"),
      el("p", { class: state === "failed" ? "text wrong" : "text" }, ...(state === "done" ? told(text, answer.citations, acts.go) : [text])),
      tools.length > 0 && el("ul", { class: "tools" }, ...tools.map((tool) => el("li", { class: tool.status }, toolLine(tool)))),
      confirm &&
        el(
          "div",
          { class: "confirm", role: "group", "aria-label": t("confirmFirst") },
          el("p", {}, confirm.summary),
          el(
            "div",
            { class: "row" },
            button(t("yes"), () => acts.confirm(confirm, true), { class: "button primary", "data-act": "yes" }),
            button(t("no"), () => acts.confirm(confirm, false), { class: "button", "data-act": "no" }),
          ),
        ),
      isOpen && el("p", { class: "quiet small pulse" }, state === "waiting" ? t("thinking") : t("answering")),
      mayStop && button(t("stop"), () => acts.stop(requestId), { class: "button small", "data-act": "stop" }),
      !isOpen && button(t("close"), () => acts.drop(requestId), { class: "link small", "data-act": "close" }),
    );
  const look = JSON.stringify([state, isPersonal, mayStop, question, tools, confirm, state === "done" ? text : null]);
  return { key: `answer ${requestId}`, look, make, text };
}

function toolLine({ name, status }) {
  const key = `tool${status[0].toUpperCase()}${status.slice(1)}`;
  return t(key, { name: name.replaceAll("_", " ") });
}
