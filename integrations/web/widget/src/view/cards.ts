// The cards above the box to write in: an address for when nobody is there, the question before the end, the end itself.

import type { ChatState } from "../types.ts";
import { button, el, fill, icon } from "./dom.ts";
import type { Wiring } from "./wiring.ts";

const SCORES = [1, 2, 3, 4, 5];

export interface Card {
  node: HTMLElement;
  show(state: ChatState): void;
}

/** Asks for an e-mail address where it helps; a "not now" is taken for an answer. */
export function createEmailCard({ chat, say }: Wiring): Card {
  const node = el("form", { class: "card", novalidate: true, onsubmit: save });
  const input = el("input", { type: "email", id: "email", autocomplete: "email", "data-testid": "email-input" });
  const problem = el("p", { class: "trouble", id: "wrong", role: "alert" });
  let drawn = "";
  let given = "";
  let isDeclined = false;
  node.hidden = true;
  input.setAttribute("aria-describedby", "wrong");

  function show({ wantsEmail }: ChatState): void {
    const next = given ? "thanks" : wantsEmail && !isDeclined ? "ask" : "";
    if (next === drawn) return;
    node.hidden = !(drawn = next);
    if (next === "thanks") fill(node, el("p", { role: "status" }, say("email_thanks", { email: given })));
    else if (next) ask();
  }

  function ask(): void {
    const send = el("button", { class: "main", "data-testid": "email-send" }, say("email_send"));
    const later = button("link", "email-later", decline, say("not_now"));
    const label = el("label", { for: "email" }, say("email_label"));
    fill(node, el("p", {}, say("email_why")), label, el("div", { class: "row" }, input, send), problem, later);
  }

  function decline(): void {
    isDeclined = true;
    show(chat.state);
  }

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    const address = input.value.trim();
    if (!input.validity.valid || !/^\S+@\S+\.\S+$/.test(address)) return complain(say("email_wrong"));
    complain("");
    try {
      await chat.leaveEmail(address);
      given = address;
      show(chat.state);
    } catch (error) {
      complain((error instanceof Error && error.message) || say("email_wrong"));
    }
  }

  function complain(sentence: string): void {
    problem.textContent = sentence;
    input.setAttribute("aria-invalid", String(Boolean(sentence)));
    if (sentence) input.focus();
  }

  return { node, show };
}

/** "End this conversation?" */
export function createEndCard({ chat, say }: Wiring, onDone: () => void): Card & { ask(): void; cancel(): boolean } {
  const node = el("div", { class: "card", role: "group", "aria-labelledby": "sure" });
  node.hidden = true;

  function ask(): void {
    const keep = button("plain", "end-no", cancel, say("end_no"));
    const yes = button("main", "end-yes", end, say("end_yes"));
    fill(node, el("p", { id: "sure" }, say("end_sure")), el("div", { class: "row" }, yes, keep));
    node.hidden = false;
    yes.focus();
  }

  function cancel(): boolean {
    const wasOpen = !node.hidden;
    node.hidden = true;
    if (wasOpen) onDone();
    return wasOpen;
  }

  function end(): void {
    void chat.end().catch(() => {});
    cancel();
  }

  return { node, ask, cancel, show: ({ hasEnded }) => hasEnded && cancel() };
}

/** After the end: how it was, and how to begin again. */
export function createEndedCard({ chat, say, words }: Wiring, onAnew: () => void): Card {
  const stars = SCORES.map((score) => button("star", `rating-${score}`, () => choose(score), icon("star")));
  const comment = el("textarea", { rows: 2, maxlength: 2000, dir: "auto", "data-testid": "rating-comment" });
  const send = words.put(button("main", "rate-send", rate), "rate_send");
  const anew = words.put(button("plain", "start-anew", begin), "start_anew");
  const question = words.put(el("p", { id: "rate" }), "rate");
  const row = el("div", { class: "stars", role: "group", "aria-labelledby": "rate" }, ...stars);
  const detail = el("div", {}, comment, send);
  const thanks = words.put(el("p", {}), "rate_thanks");
  const problem = el("p", { class: "trouble", role: "alert" });
  const said = el("div", { role: "status" });
  const ended = words.put(el("strong", { id: "ended" }), "ended");
  const group = { class: "card ended", role: "group", tabindex: -1, "aria-labelledby": "ended" };
  const node = el("div", group, ended, question, row, detail, problem, said, anew);
  let chosen = 0;
  node.hidden = true;
  words.put(comment, "rate_comment", "aria-label");
  words.put(comment, "rate_comment", "placeholder");

  function show({ hasEnded, rating }: ChatState): void {
    const isNews = hasEnded && node.hidden;
    node.hidden = !hasEnded;
    question.hidden = rating !== null;
    detail.hidden = !chosen || rating !== null;
    stars.forEach((star, at) => showStar(star, at + 1, rating ?? chosen, rating !== null));
    if ((rating !== null) !== said.hasChildNodes()) fill(said, rating !== null && thanks);
    if (isNews && node.getClientRects().length) node.focus();
  }

  function showStar(star: HTMLButtonElement, score: number, reached: number, isGiven: boolean): void {
    star.setAttribute("aria-label", say("rate_score", { score: String(score) }));
    star.setAttribute("aria-pressed", String(score === reached));
    star.classList.toggle("full", score <= reached);
    star.disabled = isGiven;
  }

  function choose(score: number): void {
    chosen = score;
    show(chat.state);
  }

  function rate(): void {
    problem.textContent = "";
    void chat.rate(chosen, comment.value.trim()).catch((error) => {
      problem.textContent = (error instanceof Error && error.message) || say("unavailable");
    });
  }

  function begin(): void {
    chosen = 0;
    comment.value = "";
    chat.startAnew();
    onAnew();
  }

  return { node, show };
}
