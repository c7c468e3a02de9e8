// Where one is: at a door, or inside, in a room. The address says so, behind its #.

import { callsOf } from "./api.js";
import { Client } from "./client.js";
import { Doors } from "./doors.js";
import { el, notice } from "./dom.js";
import { Rooms } from "./rooms.js";
import { Session } from "./session.js";
import { Talk } from "./talk.js";
import { language, reason, t } from "./words.js";

const DOORS = new Set(["setup", "confirm", "reset", "invitation", "signed-in", "not-signed-in"]);

const place = document.getElementById("app");
const session = new Session();
const doors = new Doors(place, session, entered);
const drafts = new Map();
let inside = null;
let isAtADoor = false;

document.documentElement.lang = language;

function where() {
  const [kind = "", ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  return [kind, decodeURIComponent(rest.join("/"))];
}

function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

function show() {
  const [kind, what] = where();
  if (DOORS.has(kind)) {
    leave();
    isAtADoor = true;
    // The secret is in hand: it need not stay in the address, nor in the history. An invitation may be read again.
    if (kind !== "invitation") history.replaceState(null, "", "#/");
    return doors.show(kind, what);
  }
  if (!session.user) {
    leave();
    isAtADoor = true;
    return doors.show();
  }
  isAtADoor = false;
  inside ??= enter();
  inside.show(kind === "room" ? what : null);
}

function entered(roomId) {
  isAtADoor = false;
  history.replaceState(null, "", roomId ? `#/room/${roomId}` : "#/");
  show();
}

function enter() {
  let talk = null;
  let isDue = false;
  const client = new Client(session, {
    changed: () => {
      if (isDue) return;
      isDue = true;
      setTimeout(draw, 10);
    },
    isWatched: (roomId) => talk?.roomId === roomId && document.visibilityState === "visible",
    told: (code) => notice(reason({ code, message: code })),
    gone: (roomId, title) => {
      if (title) notice(t("roomGone", { room: title }));
      if (talk?.roomId !== roomId) return;
      if (title === undefined) notice(t("E_FORBIDDEN"));
      go("#/");
    },
  });
  const rooms = new Rooms(client, { chosen: (roomId) => go(`#/room/${roomId}`), signOut });
  const nothing = el("main", { class: "talk nothing" }, el("p", { class: "quiet" }, t("chooseRoom")));
  const desk = el("div", { class: "desk" }, rooms.node, nothing);
  place.replaceChildren(desk);
  client.start().catch((error) => session.user && notice(reason(error)));

  function draw() {
    isDue = false;
    rooms.render(talk?.roomId);
    talk?.render();
    const unread = client.roomList.reduce((sum, room) => sum + room.unreadCount, 0);
    document.title = unread > 0 ? `(${unread}) Jarvis` : "Jarvis";
  }

  function show(roomId) {
    if (talk?.roomId === roomId && roomId) return draw();
    if (talk) {
      drafts.set(talk.roomId, talk.draft);
      talk.gone();
    }
    talk = roomId ? new Talk(client, roomId, { draft: drafts.get(roomId) }) : null;
    desk.classList.toggle("in-room", talk !== null);
    desk.replaceChildren(rooms.node, talk ? talk.node : nothing);
    talk?.appeared();
    draw();
  }

  const seen = () => document.visibilityState === "visible" && talk?.render();
  document.addEventListener("visibilitychange", seen);
  return {
    show,
    userId: client.me.id,
    end() {
      document.removeEventListener("visibilitychange", seen);
      talk?.gone();
      client.stop();
      document.title = "Jarvis";
    },
  };
}

function leave() {
  inside?.end();
  inside = null;
}

async function signOut() {
  const ending = session.apart();
  drafts.clear();
  history.replaceState(null, "", "#/");
  session.forget();
  sessionStorage.clear(); // whoever comes next to this browser reads nothing of what was not sent
  const answer = await callsOf(ending)("POST", "/auth/logout").catch(() => null);
  if (answer?.signOutUrl) location.assign(answer.signOutUrl);
}

// Also when another tab signs in or out.
session.addEventListener("changed", () => {
  if (isAtADoor || inside?.userId === session.user?.id) return;
  leave();
  show();
});
addEventListener("hashchange", show);
show();
