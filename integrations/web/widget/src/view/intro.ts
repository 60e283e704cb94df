// What stands above the first message: who is here, that a program answers, what to expect, and what one could ask.

import type { ChatState } from "../types.ts";
import { button, el, fill } from "./dom.ts";
import { face } from "./faces.ts";
import type { Wiring } from "./wiring.ts";

const MOST_FACES = 3;

export interface Intro {
  node: HTMLElement;
  show(state: ChatState): void;
}

export function createIntro({ say, host }: Wiring, onSuggestion: (text: string) => void): Intro {
  const node = el("div", { class: "intro" });

  function show({ config, items }: ChatState): void {
    const hasSpoken = items.some(({ author }) => author === "visitor");
    if (!config) return fill(node, el("div", { class: "faces" }, face(null, host)));
    const reps = (config.reps ?? []).slice(0, MOST_FACES).map((rep) => face(rep, host));
    const isOpen = config.hours?.open;
    fill(
      node,
      el("div", { class: "faces" }, face(null, host), ...reps),
      el("h3", { dir: "auto" }, say("title", { company: config.company })),
      el("p", { dir: "auto" }, config.disclosure),
      config.expectation && el("p", { class: isOpen ? "hours open" : "hours", dir: "auto" }, config.expectation),
      !hasSpoken && suggestionList(config.suggestions ?? [], say("suggestions"), onSuggestion),
    );
  }

  return { node, show };
}

/** Things to ask, one press away. */
export function suggestionList(texts: string[], label: string, onPick: (text: string) => void): HTMLElement | null {
  if (!texts.length) return null;
  const buttons = texts.map((text) => {
    const choice = button("suggestion", "suggestion", () => onPick(text), text);
    choice.dir = "auto";
    return choice;
  });
  return el("div", { class: "suggestions", role: "group", "aria-label": label }, ...buttons);
}
