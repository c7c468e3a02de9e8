// The ways in: signing in, making an account, and the links that mails, logs and providers send people to.

import { callsOf, open } from "./api.js";
import { button, el, field, notice } from "./dom.js";
import { SignedOut } from "./session.js";
import { reason, t } from "./words.js";

const INVITATION = "jarvis.invitation"; // kept in this tab until whoever came with it is signed in

const email = (more = {}) =>
  field(t("email"), { name: "email", type: "email", required: true, autocomplete: "username", maxlength: 320, ...more });
const name = () => field(t("name"), { name: "name", autocomplete: "name", maxlength: 320 });
const password = (isNew = false) =>
  field(isNew ? t("newPassword") : t("password"), {
    name: "password",
    type: "password",
    required: true,
    autocomplete: isNew ? "new-password" : "current-password",
    ...(isNew ? { minlength: 10, maxlength: 200, placeholder: t("passwordRule") } : {}),
  });

export class Doors {
  #turn = 0;

  // `entered()` is called when somebody is signed in, with the id of the room that they were invited to, if any.
  constructor(place, session, entered) {
    Object.assign(this, { place, session, entered });
  }

  async show(kind, secret) {
    this.#turn += 1;
    this.#draw(el("p", { class: "quiet" }, t("loading")));
    const shown = this.#links[kind];
    if (shown) return shown(secret);
    await this.signIn();
  }

  #links = {
    setup: (token) =>
      this.#ask(t("setupTitle"), t("setupHint"), [email(), name(), password(true)], t("setupDo"), async (given) =>
        this.#enter(await open("POST", "/auth/setup", { token, ...given })),
      ),
    confirm: (token) =>
      this.#ask(t("confirmTitle"), null, [], t("confirmDo"), async () =>
        this.#enter(await open("POST", "/auth/register/confirm", { token })),
      ),
    reset: (token) =>
      this.#ask(t("resetTitle"), null, [password(true)], t("resetDo"), async (given) =>
        this.#enter(await open("POST", "/auth/password/reset", { token, ...given })),
      ),
    invitation: (token) => this.#invited(token),
    "signed-in": async (code) => {
      this.#draw(el("p", { class: "quiet" }, t("signingIn")));
      try {
        await this.#enter(await open("POST", "/auth/oidc/token", { code }));
      } catch (error) {
        await this.signIn(reason(error));
      }
    },
    "not-signed-in": (code) => this.signIn(`${t("notSignedIn")}: ${reason({ code, message: code })}`),
  };

  async #invited(token) {
    let invitation;
    try {
      invitation = await open("POST", "/invitations/preview", { token });
    } catch (error) {
      sessionStorage.removeItem(INVITATION);
      this.#draw(el("h1", {}, t("invitedTitle")), this.#wrong(reason(error)), this.#onward());
      return;
    }
    const { invitedBy, roomTitle } = invitation;
    const about = t("invitedBy", { who: invitedBy, room: roomTitle });
    sessionStorage.setItem(INVITATION, token);
    if (!this.session.user) return this.signIn(`${about} ${t("invitedFirst")}`, true);
    this.#ask(t("invitedTitle"), about, [], t("invitedDo"), () => this.#accept());
  }

  async #accept() {
    const token = sessionStorage.getItem(INVITATION);
    if (!token) return this.entered();
    try {
      const room = await callsOf(this.session)("POST", "/invitations/accept", { token });
      sessionStorage.removeItem(INVITATION);
      this.entered(room.id);
    } catch (error) {
      if (error instanceof SignedOut) return this.signIn(t("invitedFirst"), true);
      if (error.status === 404) sessionStorage.removeItem(INVITATION);
      throw error;
    }
  }

  async #enter(signedIn) {
    this.session.keep(signedIn);
    await this.#accept().catch((error) => {
      this.entered();
      notice(reason(error));
    });
  }

  // The page for those who come without a link; `word` says why, or what for.
  async signIn(word = null, isInvited = false) {
    const turn = ++this.#turn;
    let ways;
    try {
      ways = await open("GET", "/auth/ways");
    } catch (error) {
      const again = button(t("again"), () => this.signIn(word, isInvited), { class: "button" });
      return this.#draw(this.#wrong(reason(error)), again);
    }
    if (turn !== this.#turn) return;
    const about = word && el("p", { class: isInvited ? "lead" : "wrong", role: "status" }, word);
    const title = [el("h1", {}, "Jarvis"), el("p", { class: "quiet" }, t("tagline")), about];
    const account = [
      ...ways.providers.map(({ name: provider, label }) =>
        el("a", { class: "button", href: `/auth/oidc/${encodeURIComponent(provider)}/login` }, t("signInWith", { provider: label })),
      ),
      ways.password && this.#form([email(), password()], t("signIn"), async (given) =>
        this.#enter(await open("POST", "/auth/login", given)),
      ),
      ways.password && this.#besides(ways, isInvited),
    ];
    if (!ways.development) return this.#draw(...title, ...account);
    const development = this.#form([email({ placeholder: "minji@local" }), name()], t("devEnter"), async (given) =>
      this.#enter(await open("POST", "/auth/dev", given)),
    );
    const others = el("details", {}, el("summary", {}, t("withPassword")), el("div", { class: "stack" }, ...account.filter(Boolean)));
    this.#draw(...title, el("p", { class: "quiet small" }, t("devHint")), development, others);
  }

  #besides(ways, isInvited) {
    const mayRegister = ways.registration === "open" || (ways.registration === "invite" && isInvited);
    return el(
      "p",
      { class: "besides" },
      mayRegister && button(t("register"), () => this.#register(), { class: "link" }),
      ways.reset === "mail"
        ? button(t("forgot"), () => this.#forget(), { class: "link" })
        : el("span", { class: "quiet small" }, `${t("forgot")} ${t("askAdministrator")}`),
    );
  }

  #register() {
    this.#ask(t("register"), null, [email(), name(), password(true)], t("register"), async (given) => {
      const invitation = sessionStorage.getItem(INVITATION) ?? undefined;
      const { confirmation } = await open("POST", "/auth/register", { ...given, invitation });
      if (confirmation === "mail") return this.#say(t("register"), t("confirmSent"));
      await this.#enter(await open("POST", "/auth/login", { email: given.email, password: given.password }));
    }, true);
  }

  #forget() {
    this.#ask(t("forgot"), null, [email()], t("sendLink"), async (given) => {
      await open("POST", "/auth/password/forgot", given);
      this.#say(t("forgot"), t("linkSent"));
    }, true);
  }

  #say(title, text) {
    this.#draw(el("h1", {}, title), el("p", { role: "status" }, text), this.#back());
  }

  #ask(title, hint, fields, doIt, act, hasWayBack = false) {
    const about = hint && el("p", { class: "lead" }, hint);
    this.#draw(el("h1", {}, title), about, this.#form(fields, doIt, act), hasWayBack && this.#back());
  }

  #form(fields, doIt, act) {
    const submit = el("button", { type: "submit", class: "button primary" }, doIt);
    const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
    const form = el("form", { class: "stack" }, ...fields, wrong, submit);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      wrong.hidden = true;
      const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
      try {
        await act(given);
      } catch (error) {
        wrong.textContent = reason(error);
        wrong.hidden = false;
      }
      submit.disabled = false;
    });
    return form;
  }

  #wrong(text) {
    return el("p", { class: "wrong", role: "alert" }, text);
  }

  #back() {
    return button(t("back"), () => this.signIn(), { class: "link" });
  }

  #onward() {
    return button(t("back"), () => this.entered(), { class: "link" });
  }

  #draw(...parts) {
    const card = el("main", { class: "door" }, ...parts);
    this.place.replaceChildren(card);
    card.querySelector("input, button.primary")?.focus();
  }
}
