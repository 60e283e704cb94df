// A few words beside the launcher that the visitor did not ask for: never in the way, gone with one press.

import type { Greeting, Say } from "../types.ts";
import { button, el, icon } from "./dom.ts";
import { face } from "./faces.ts";
import { suggestionList } from "./intro.ts";

const FIELDS = "input,textarea,select";
const DIALOGS = "dialog[open],[role=dialog],[role=alertdialog],[aria-modal=true]";

export interface GreetingActs {
  /** The visitor answers; with the words of a quick reply. */
  onTake(text: string): void;
  onDismiss(): void;
}

export function createBubble(greeting: Greeting, company: string, say: Say, acts: GreetingActs): HTMLElement {
  const words = button("says", "greeting-text", () => acts.onTake(""), face(null, ""), el("span", {}, greeting.text));
  const close = button("tool", "greeting-close", acts.onDismiss, icon("close"));
  close.setAttribute("aria-label", say("dismiss"));
  words.dir = "auto";
  return el(
    "div",
    { class: "greeting", role: "group", "aria-label": say("greeting_from", { company }), "data-testid": "greeting" },
    words,
    close,
    suggestionList(greeting.suggestions ?? [], say("suggestions"), acts.onTake),
  );
}

/** The visitor writes somewhere, or something lies over the page. */
export function isBusy(): boolean {
  const active = focused(document);
  const isWriting = active instanceof HTMLElement && (active.matches(FIELDS) || active.isContentEditable);
  return isWriting || document.fullscreenElement !== null || [...document.querySelectorAll(DIALOGS)].some(isSeen);
}

function focused(root: Document | ShadowRoot): Element | null {
  const active = root.activeElement;
  return active?.shadowRoot ? focused(active.shadowRoot) : active;
}

function isSeen(node: Element): boolean {
  return node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
}
