// One room: what is said in it, and a place to write.

import { button, el, notice } from "./dom.js";
import { itemsOf } from "./items.js";
import { People } from "./people.js";
import { reason, t } from "./words.js";

const NEAR = 80; // pixels from the end within which one is at the end
const TYPING_AGAIN = 3000;
const MOST_PAGES_BACK = 40;

export class Talk {
  #shown = new Map();
  #isAtEnd = true;
  #isReading = false;
  #typedAt = 0;
  #people = null;
  #sized = new ResizeObserver(() => this.#isAtEnd && this.#toEnd()); // a keyboard takes half of the screen

  constructor(client, roomId, { draft = "" } = {}) {
    Object.assign(this, { client, roomId });
    this.state = client.open(roomId);
    this.acts = {
      go: (citation) => this.#go(citation),
      react: (...what) => client.react(roomId, ...what),
      resend: (id) => client.resend(roomId, id),
      discard: (id) => client.discard(roomId, id),
      stop: (id) => client.stopAnswer(id),
      drop: (id) => client.dropAnswer(id),
      confirm: (...what) => client.confirm(...what),
      isOwner: () => this.#role() === "owner",
    };
    this.#build(draft);
    this.render();
  }

  get draft() {
    return this.text.value;
  }

  #build(draft) {
    this.title = el("h2", {});
    this.about = button("", () => this.#openPeople(), { class: "link small about" });
    this.missed = button(t("missed"), () => this.#catchUp(), { class: "button small missed" });
    this.earlier = button(t("earlier"), () => this.#readEarlier(), { class: "button small earlier", hidden: true });
    this.beginning = el("p", { class: "quiet small beginning", hidden: true });
    this.log = el("ol", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.scroll = el("div", { class: "scroll", tabindex: 0 }, this.earlier, this.beginning, this.log);
    this.scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.newest = button(t("newest"), () => this.#toEnd(), { class: "button small newest", hidden: true });
    this.typing = el("p", { class: "typing quiet small", "aria-live": "polite" });
    this.offline = el("p", { class: "offline", role: "status", hidden: true }, t("offlineNow"));
    this.text = el("textarea", { rows: 1, "aria-label": t("write"), enterkeyhint: "send" });
    this.text.value = draft;
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("blur", () => this.#stopTyping());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.act = el("input", { type: "checkbox", name: "act", onchange: () => this.#hint() });
    this.alone = el("input", { type: "checkbox", name: "alone", onchange: () => this.#hint() });
    const form = el(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      el("div", { class: "row write" }, this.text, el("button", { type: "submit", class: "button primary send" }, t("send"))),
      el("div", { class: "row choices" }, el("label", {}, this.act, t("act")), el("label", {}, this.alone, t("alone"))),
    );
    this.node = el(
      "main",
      { class: "talk" },
      el(
        "header",
        { class: "top" },
        el("a", { class: "back", href: "#/", "aria-label": t("back") }, "‹"),
        el("div", { class: "heading" }, this.title, this.about),
        this.missed,
      ),
      this.offline,
      this.scroll,
      el("div", { class: "foot" }, this.newest, this.typing, form),
    );
    this.#hint();
  }

  // After it was put into the page.
  appeared() {
    this.#sized.observe(this.scroll);
    this.#grow();
    this.#toEnd();
    if (matchMedia("(hover: hover)").matches) this.text.focus();
  }

  gone() {
    this.#sized.disconnect();
    this.#stopTyping();
    this.#people?.node.close();
  }

  render() {
    const { client, state } = this;
    const room = client.rooms.get(this.roomId);
    this.title.textContent = room?.title ?? "";
    this.log.setAttribute("aria-label", room?.title ?? "");
    const people = state.members.filter(({ isBot }) => !isBot);
    const online = people.filter(({ isOnline }) => isOnline).length;
    this.about.textContent = people.length > 1 ? t("peopleCount", { count: people.length, online }) : t("peopleOne");
    this.about.hidden = people.length === 0;
    this.offline.hidden = client.isConnected || !state.timeline.isLoaded;
    this.earlier.hidden = state.timeline.isWhole || !state.timeline.isLoaded;
    this.beginning.hidden = !state.timeline.isWhole;
    this.beginning.textContent = state.timeline.list.length || state.timeline.waiting.length ? t("beginning") : t("firstWords");
    this.typing.textContent = this.#typingLine();
    this.#draw();
    if (this.#isAtEnd) this.#toEnd();
    this.#seen();
    this.newest.hidden = this.#isAtEnd;
    if (this.#people?.node.isConnected) this.#people.render();
  }

  // Only what looks otherwise than before is made anew, so that nobody loses their place in it.
  #draw() {
    const items = itemsOf(this.state, this.client, this.acts);
    const kept = new Map();
    let next = this.log.firstChild;
    for (const item of items) {
      const before = this.#shown.get(item.key);
      const node = before?.look === item.look ? before.node : item.make();
      if (before && before.node !== node) this.#exchange(before.node, node);
      if (item.text !== undefined && before?.node === node && before.text !== item.text) {
        node.querySelector(".text").textContent = item.text;
      }
      kept.set(item.key, { look: item.look, text: item.text, node });
      if (node === next) next = next.nextSibling;
      else {
        if (before && before.node === next) next = next.nextSibling;
        this.log.insertBefore(node, next);
      }
    }
    for (const [key, { node }] of this.#shown) if (!kept.has(key)) node.remove();
    this.#shown = kept;
  }

  #exchange(old, made) {
    const focused = old.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(made);
    if (hadFocus) (made.querySelector(`[data-act="${focused}"]`) ?? this.text).focus();
  }

  #typingLine() {
    const names = [...this.state.typing.keys()].map((id) => this.client.nameOf(id) ?? t("somebody"));
    if (names.length === 0) return "";
    return t(names.length === 1 ? "typingOne" : "typingMany", { who: names.join(", ") });
  }

  #role() {
    return this.state.members.find(({ id }) => id === this.client.me.id)?.role;
  }

  #seen() {
    if (this.#isAtEnd && this.node.isConnected && document.visibilityState === "visible") this.client.seen(this.roomId);
  }

  #toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.#isAtEnd = true;
    this.newest.hidden = true;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    this.newest.hidden = this.#isAtEnd;
    this.#seen();
    if (scrollTop < NEAR && !this.earlier.hidden) this.#readEarlier();
  }

  // What is in sight stays where it is while more comes in above it.
  async #readEarlier() {
    if (this.#isReading) return false;
    this.#isReading = true;
    const fromEnd = this.scroll.scrollHeight - this.scroll.scrollTop;
    try {
      const hasMore = await this.client.earlier(this.roomId);
      this.render();
      this.scroll.scrollTop = this.scroll.scrollHeight - fromEnd;
      return hasMore;
    } catch (error) {
      notice(t("failedBecause", { why: reason(error) }));
      return false;
    } finally {
      this.#isReading = false;
    }
  }

  async #go({ messageId }) {
    const find = () => this.log.querySelector(`[data-message="${CSS.escape(messageId)}"]`);
    for (let pages = 0; !find() && pages < MOST_PAGES_BACK; pages++) if (!(await this.#readEarlier())) break;
    const node = find();
    if (!node) return notice(t("citedGone"));
    this.#isAtEnd = false;
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.remove("found");
    requestAnimationFrame(() => node.classList.add("found"));
  }

  async #catchUp() {
    this.missed.disabled = true;
    try {
      await this.client.catchUp(this.roomId, t("missed"));
      this.#toEnd();
    } catch (error) {
      notice(t("failedBecause", { why: reason(error) }));
    }
    this.missed.disabled = false;
  }

  #openPeople() {
    this.#people = new People(this.client, this.roomId);
  }

  #hint() {
    const key = this.act.checked ? "writeAction" : this.alone.checked ? "writePersonal" : "writeHint";
    this.text.placeholder = t(key);
  }

  #key(event) {
    // While a syllable is being composed, Enter ends the syllable.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit(event);
  }

  #typed() {
    this.#grow();
    if (!this.text.value.trim()) return this.#stopTyping();
    if (this.alone.checked || Date.now() - this.#typedAt < TYPING_AGAIN) return;
    this.#typedAt = Date.now();
    this.client.isTyping(this.roomId, true);
  }

  #stopTyping() {
    if (!this.#typedAt) return;
    this.#typedAt = 0;
    this.client.isTyping(this.roomId, false);
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  #submit(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    this.#stopTyping();
    this.#grow();
    this.#isAtEnd = true;
    this.client.say(this.roomId, text, { act: this.act.checked, alone: this.alone.checked });
    this.act.checked = this.alone.checked = false;
    this.#hint();
    this.text.focus();
  }
}
