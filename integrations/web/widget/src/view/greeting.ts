// A few words beside the launcher that the visitor did not ask for: never in the way, gone with one press.

import type { Greeting, Say } from "../types.ts";
import { button, el, face, icon } from "./dom.ts";
import { suggestions } from "./panel.ts";

const FIELDS = "input,textarea,select";
const DIALOGS = "dialog[open],[role=dialog],[role=alertdialog],[aria-modal=true]";

/** `onTake` gets the words of a quick reply, or "". */
export function createBubble(
  greeting: Greeting,
  company: string,
  say: Say,
  onTake: (text: string) => void,
  onDismiss: () => void,
): HTMLElement {
  return el(
    "div.greeting@greeting",
    { role: "group", "aria-label": say("greeting_from", { company }) },
    button("says@greeting-text", "", () => onTake(""), face("", "", ""), el("span", {}, greeting.text)),
    button("tool@greeting-close", say("dismiss"), onDismiss, icon("close")),
    suggestions(greeting.suggestions, say, onTake),
  );
}

/** The visitor writes somewhere, or something lies over the page. */
export function isBusy(): boolean {
  const active = focused(document);
  const isWriting = active && (active.matches(FIELDS) || (active as HTMLElement).isContentEditable);
  return Boolean(isWriting || document.fullscreenElement || [...document.querySelectorAll(DIALOGS)].some(isSeen));
}

function focused(root: Document | ShadowRoot): Element | null {
  const active = root.activeElement;
  return active?.shadowRoot ? focused(active.shadowRoot) : active;
}

function isSeen(node: Element): boolean {
  return node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
}
