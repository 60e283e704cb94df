// The card above the box to write in: asks for an address when nobody is there, asks before the end, says good-bye.

import type { ChatState } from "../types.ts";
import { button, type Child, el, fill, set } from "./dom.ts";
import type { Wiring } from "./panel.ts";

export interface Card {
  node: HTMLElement;
  show(state: ChatState): void;
  /** "End this conversation?" */
  askEnd(): void;
  /** Take that question back; false when it was not there. */
  cancel(): boolean;
}

/** `onDone` is called when the box to write in is next. */
export function createCard({ chat, say }: Wiring, onDone: () => void): Card {
  const node = el("div");
  const problem = el("p.trouble", { id: "problem", role: "alert" });
  let drawn = "";
  let asksEnd = false;

  function show({ hasEnded, rating, wantsEmail }: ChatState): void {
    const kind = hasEnded ? `ended${rating ?? ""}` : asksEnd ? "sure" : wantsEmail ? "email" : "";
    if (kind === drawn) return;
    drawn = kind;
    problem.textContent = "";
    fill(node, hasEnded ? ended(!rating) : asksEnd ? sure() : kind && email());
    if (hasEnded || asksEnd) node.querySelector<HTMLElement>("[tabindex],.main")?.focus();
  }

  const again = () => show(chat.state);

  function email(): HTMLElement {
    const about = { type: "email", id: "email", autocomplete: "email", "aria-describedby": "problem" };
    const input = el("input@email-input", about);
    const later = button("@email-later", say("not_now"), () => void chat.leaveEmail("").then(onDone));
    const save = async () => {
      const address = input.value.trim();
      const isWrong = !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address);
      set(input, { "aria-invalid": isWrong });
      if (isWrong) input.focus();
      if (isWrong) throw new Error(say("email_wrong"));
      await chat.leaveEmail(address);
      again();
      fill(node, el("p.card", { role: "status" }, say("email_thanks", { email: address })));
    };
    return form(
      "email_send",
      save,
      later,
      el("p", {}, say("email_why")),
      el("label", { for: "email" }, say("email_label")),
      input,
    );
  }

  function sure(): HTMLElement {
    const end = async () => {
      asksEnd = false;
      await chat.end();
    };
    return form("end_yes", end, button("@end-no", say("end_no"), cancel), el("p", {}, say("end_sure")));
  }

  function ended(asksRating: boolean): HTMLElement {
    const anew = button("@start-anew", say("start_anew"), () => (chat.startAnew(), again(), onDone()));
    const title = el("b", { tabindex: -1 }, say("ended"));
    if (!asksRating) return el("div.card ended", {}, title, el("p", { role: "status" }, say("rate_thanks")), anew);
    const stars = ["1", "2", "3", "4", "5"].map((score) =>
      el(`input.@rating-${score}`, { type: "radio", name: "rating", "aria-label": say("rate_score", { score }) }),
    ) as HTMLInputElement[];
    const label = say("rate_comment");
    const comment = el("textarea@rating-comment", {
      maxlength: 2000,
      dir: "auto",
      "aria-label": label,
      placeholder: label,
    });
    const rate = () => chat.rate(stars.findIndex((star) => star.checked) + 1, comment.value.trim());
    const made = form(
      "rate_send",
      rate,
      anew,
      title,
      el("fieldset", {}, el("legend", {}, say("rate")), ...stars),
      comment,
    );
    made.className += " ended";
    return made;
  }

  /** A question with a button whose label has the key `key`, and another way out. */
  function form(key: string, act: () => Promise<void>, other: Child, ...parts: Child[]): HTMLElement {
    const submit = (event: Event) => {
      event.preventDefault();
      act().then(again, ({ message }: Error) => (problem.textContent = message || say("unavailable")));
    };
    const main = el(`button.main@${key.replace("_", "-")}`, {}, say(key));
    return el("form.card", { novalidate: 1, submit }, ...parts, problem, el("div.row", {}, main, other));
  }

  function askEnd(): void {
    asksEnd = true;
    again();
  }

  function cancel(): boolean {
    const wasAsking = asksEnd;
    asksEnd = false;
    again();
    if (wasAsking) onDone();
    return wasAsking;
  }

  return { node, show, askEnd, cancel };
}
