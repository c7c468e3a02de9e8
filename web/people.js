// Who is in a room: the list, inviting others, and leaving.

import { button, el, notice } from "./dom.js";
import { reason, t } from "./words.js";

const SHOWN = 8;

export class People {
  #looking = 0;

  constructor(client, roomId) {
    Object.assign(this, { client, roomId });
    this.members = el("ul", { class: "people" });
    this.found = el("ul", { class: "people", "aria-live": "polite" });
    this.search = el("input", {
      type: "search",
      "aria-label": t("searchPeople"),
      placeholder: t("searchPeople"),
      oninput: () => this.#look(),
    });
    this.link = el("div", { class: "invitation" });
    this.invites = el("section", {}, el("h3", {}, t("inviteSomebody")), this.search, this.found, this.link);
    this.node = el(
      "dialog",
      { class: "sheet", "aria-label": t("people"), onclose: () => this.node.remove() },
      el("header", {}, el("h2", {}, t("people")), button(t("close"), () => this.node.close(), { class: "link" })),
      this.members,
      this.invites,
      el("footer", {}, button(t("leave"), () => this.#leave(), { class: "link danger" })),
    );
    document.body.append(this.node);
    this.render();
    this.node.showModal();
  }

  get talk() {
    return this.client.talks.get(this.roomId);
  }

  render() {
    const { talk, client } = this;
    if (!talk) return this.node.close();
    const people = talk.members.filter(({ isBot }) => !isBot);
    this.members.replaceChildren(...people.map((member) => this.#line(member, member.id === client.me.id ? t("you") : null)));
    this.invites.hidden = client.rooms.get(this.roomId)?.type === "direct";
    const mine = people.find(({ id }) => id === client.me.id)?.role;
    if ((mine === "owner" || mine === "admin") && !this.link.childNodes.length) {
      this.link.append(button(t("inviteLink"), () => this.#makeLink(), { class: "link" }));
    }
  }

  #line(person, word, act) {
    return el(
      "li",
      {},
      el("span", { class: person.isOnline ? "dot on" : "dot", role: "img", "aria-label": t(person.isOnline ? "online" : "offline") }),
      el("span", { class: "name" }, person.name, word && el("span", { class: "quiet" }, ` ${word}`)),
      el("span", { class: "quiet small mail" }, person.email),
      act,
    );
  }

  async #look() {
    const q = this.search.value.trim();
    const turn = ++this.#looking;
    if (!q) return this.found.replaceChildren();
    const people = await this.client.call("GET", `/users?q=${encodeURIComponent(q)}`).catch(() => []);
    if (turn !== this.#looking) return;
    const inside = new Set(this.talk?.members.map(({ id }) => id));
    const others = people.filter(({ id }) => !inside.has(id)).slice(0, SHOWN);
    const lines = others.map((person) => {
      const invite = button(t("invite"), () => this.#invite(person, invite), { class: "button small" });
      return this.#line(person, null, invite);
    });
    this.found.replaceChildren(...(lines.length ? lines : [el("li", { class: "quiet" }, t("nobodyFound"))]));
  }

  async #invite(person, invite) {
    invite.disabled = true;
    try {
      await this.client.call("POST", `/rooms/${this.roomId}/members`, { userIds: [person.id] });
      this.search.value = "";
      this.found.replaceChildren();
      this.search.focus();
      await this.client.learnMembers(this.roomId);
      notice(t("invited", { who: person.name }));
    } catch (error) {
      invite.disabled = false;
      notice(reason(error));
    }
  }

  async #makeLink() {
    try {
      const { url } = await this.client.call("POST", `/rooms/${this.roomId}/invitations`, {});
      const shown = el("input", { readonly: true, value: url, "aria-label": t("inviteLinkIs"), onfocus: () => shown.select() });
      this.link.replaceChildren(el("p", { class: "quiet small" }, t("inviteLinkIs")), shown);
      shown.focus();
    } catch (error) {
      notice(reason(error));
    }
  }

  async #leave() {
    try {
      const title = this.client.rooms.get(this.roomId)?.title;
      await this.client.leave(this.roomId);
      this.node.close();
      notice(t("left", { room: title }));
    } catch (error) {
      notice(reason(error));
    }
  }
}
