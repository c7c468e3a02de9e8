// The rooms at the side: which there are, what is unread in them, and a way to open another.

import { button, el } from "./dom.js";
import { reason, t } from "./words.js";

export class Rooms {
  constructor(client, { chosen, signOut }) {
    Object.assign(this, { client, chosen });
    this.list = el("ul", { class: "rooms" });
    this.empty = el("p", { class: "quiet pad", hidden: true }, t("noRooms"));
    this.title = el("input", { "aria-label": t("roomTitle"), placeholder: t("roomTitle"), maxlength: 80, required: true });
    this.wrong = el("p", { class: "wrong", role: "alert", hidden: true });
    this.form = el(
      "form",
      { class: "new-room", hidden: true, onsubmit: (event) => this.#create(event) },
      this.title,
      this.wrong,
      el(
        "div",
        { class: "row" },
        el("button", { type: "submit", class: "button primary" }, t("create")),
        button(t("cancel"), () => this.#ask(false), { class: "button" }),
      ),
    );
    this.form.addEventListener("keydown", (event) => event.key === "Escape" && this.#ask(false));
    this.opener = button(t("newRoom"), () => this.#ask(true), { class: "button wide new" });
    this.node = el(
      "nav",
      { class: "side", "aria-label": t("rooms") },
      el("header", {}, el("span", { class: "brand" }, "Jarvis")),
      this.opener,
      this.form,
      this.empty,
      this.list,
      el(
        "footer",
        {},
        el("span", { class: "who", title: client.me.email }, client.me.name),
        button(t("signOut"), signOut, { class: "link" }),
      ),
    );
  }

  render(openId) {
    const { client } = this;
    this.empty.hidden = !client.areRoomsKnown || client.rooms.size > 0;
    // A line that is made anew under the pointer would swallow the click.
    const look = JSON.stringify(client.roomList.map((room) => [room.id, room.title, room.unreadCount, room.id === openId]));
    if (look === this.look) return;
    this.look = look;
    const focused = document.activeElement?.dataset?.room;
    this.list.replaceChildren(...client.roomList.map((room) => this.#line(room, room.id === openId)));
    if (focused) this.list.querySelector(`[data-room="${CSS.escape(focused)}"]`)?.focus();
  }

  #line(room, isOpen) {
    const unread = !isOpen && room.unreadCount > 0 ? room.unreadCount : 0;
    return el(
      "li",
      {},
      el(
        "a",
        {
          href: `#/room/${room.id}`,
          class: unread ? "room has-unread" : "room",
          "data-room": room.id,
          "aria-current": isOpen ? "page" : null,
        },
        el("span", { class: "title" }, room.title || t("somebody")),
        unread > 0 && el("span", { class: "unread", "aria-label": t("unread", { count: unread }) }, unread > 99 ? "99+" : String(unread)),
      ),
    );
  }

  #ask(isAsking) {
    this.form.hidden = !isAsking;
    this.opener.hidden = isAsking;
    this.wrong.hidden = true;
    (isAsking ? this.title : this.opener).focus();
  }

  async #create(event) {
    event.preventDefault();
    const title = this.title.value.trim();
    if (!title) return;
    try {
      const room = await this.client.call("POST", "/rooms", { title });
      await this.client.refresh();
      this.title.value = "";
      this.#ask(false);
      this.chosen(room.id);
    } catch (error) {
      this.wrong.textContent = reason(error);
      this.wrong.hidden = false;
    }
  }
}
