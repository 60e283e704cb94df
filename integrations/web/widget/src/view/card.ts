// The card above the box to write in: asks for an address when nobody is there, asks before the end, says good-bye.

import type { ChatState } from "../types.ts";
import { button, type Child, el, fill, mark } from "./dom.ts";
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
  const node = el("div.cards");
  const problem = el("p.trouble", { id: "problem", role: "alert" });
  let drawn = "";
  let asksEnd = false;
  let isDeclined = false;
  let given = "";

  function show(state: ChatState): void {
    const kind = kindOf(state);
    if (kind === drawn) return;
    drawn = kind;
    problem.textContent = "";
    if (state.hasEnded) fill(node, ended(state));
    else if (kind === "sure") fill(node, sure());
    else if (kind === "email") fill(node, email());
    else fill(node, kind && el("p.card", { role: "status" }, say("email_thanks", { email: given })));
    if (state.hasEnded || asksEnd) node.querySelector<HTMLElement>("[tabindex],.main")?.focus();
  }

  function kindOf({ hasEnded, wantsEmail, rating }: ChatState): string {
    if (hasEnded) return rating ? "rated" : "ended";
    return asksEnd ? "sure" : given ? "thanks" : wantsEmail && !isDeclined ? "email" : "";
  }

  const again = () => show(chat.state);

  function email(): HTMLElement {
    const about = { type: "email", id: "email", autocomplete: "email", "aria-describedby": "problem" };
    const input = el("input@email-input", about);
    const later = button("link@email-later", "", () => ((isDeclined = true), again(), onDone()), say("not_now"));
    return form(
      () => saveEmail(input),
      "email-send",
      say("email_send"),
      [el("p", {}, say("email_why")), el("label", { for: "email" }, say("email_label")), input],
      [later],
    );
  }

  async function saveEmail(input: HTMLInputElement): Promise<void> {
    const address = input.value.trim();
    const isWrong = !input.validity.valid || !/^\S+@\S+\.\S+$/.test(address);
    mark(input, "invalid", isWrong);
    if (isWrong) input.focus();
    if (isWrong) throw new Error(say("email_wrong"));
    await chat.leaveEmail(address);
    given = address;
    again();
  }

  function sure(): HTMLElement {
    const end = async () => {
      asksEnd = false;
      await chat.end();
      again();
    };
    const keep = button("plain@end-no", "", cancel, say("end_no"));
    return form(end, "end-yes", say("end_yes"), [el("p", {}, say("end_sure"))], [keep]);
  }

  function ended({ rating }: ChatState): HTMLElement {
    const anew = button("plain@start-anew", "", startAnew, say("start_anew"));
    const title = el("b", { tabindex: -1 }, say("ended"));
    if (rating) return el("div.card ended", {}, title, el("p", { role: "status" }, say("rate_thanks")), anew);
    const stars = ["1", "2", "3", "4", "5"].map((score) =>
      el(`input.@rating-${score}`, {
        type: "radio",
        name: "rating",
        value: score,
        "aria-label": say("rate_score", { score }),
      }),
    );
    const comment = el("textarea@rating-comment", {
      rows: 2,
      maxlength: 2000,
      dir: "auto",
      "aria-label": say("rate_comment"),
      placeholder: say("rate_comment"),
    });
    const rate = () =>
      chat.rate(stars.findIndex((star) => (star as HTMLInputElement).checked) + 1, comment.value.trim());
    const question = el("fieldset", {}, el("legend", {}, say("rate")), ...stars);
    const made = form(rate, "rate-send", say("rate_send"), [title, question, comment], [anew]);
    made.classList.add("ended");
    return made;
  }

  function form(act: () => Promise<void>, testid: string, label: string, before: Child[], after: Child[]): HTMLElement {
    const submit = (event: Event) => {
      event.preventDefault();
      act().catch(({ message }: Error) => (problem.textContent = message || say("unavailable")));
    };
    const send = el(`button.main@${testid}`, {}, label);
    return el("form.card", { novalidate: true, submit }, ...before, problem, el("div.row", {}, send, ...after));
  }

  function startAnew(): void {
    chat.startAnew();
    again();
    onDone();
  }

  function cancel(): boolean {
    const wasAsking = asksEnd;
    asksEnd = false;
    again();
    if (wasAsking) onDone();
    return wasAsking;
  }

  const askEnd = () => ((asksEnd = true), again());

  return { node, show, askEnd, cancel };
}
