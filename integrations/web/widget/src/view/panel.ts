// The panel: built when it is first opened, and again when its language changes.

import type { Chat, ChatState, Say } from "../types.ts";
import { createCard } from "./card.ts";
import { createComposer } from "./composer.ts";
import { button, el, face, fill } from "./dom.ts";
import { createHeader } from "./header.ts";
import { createLog } from "./log.ts";

/** What every part of the panel needs to know. */
export interface Wiring {
  chat: Chat;
  say: Say;
  /** Address of the server. */
  host: string;
  /** The time of day, with the day when it is not today's; "" for what is no time. */
  clock(at: string): string;
  /** Let a screen reader say it, once. */
  announce(text: string): void;
}

export interface Panel {
  node: HTMLDialogElement;
  input: HTMLTextAreaElement;
  show(state: ChatState): void;
  put(text: string): void;
  toEnd(): void;
}

/** `onEnd` is called whenever the newest message is in sight, `onClose` when the visitor wants it gone. */
export function createPanel(wiring: Wiring, onClose: () => void, onEnd: () => void): Panel {
  const { chat, say } = wiring;
  const focus = () => composer.input.focus();
  const notice = el("div.notice@notice", { role: "status" });
  const intro = el("div.intro");
  const log = createLog(wiring, intro, onEnd);
  const composer = createComposer(wiring, log.toEnd);
  const card = createCard(wiring, focus);
  const header = createHeader(wiring, onClose, card.askEnd);
  const parts = [header.node, notice, log.node, card.node, composer.node, el("div.drop", {}, say("drop_files"))];
  const about = { id: "panel", role: "dialog", "aria-labelledby": "title", tabindex: -1 };
  const node = el("dialog.panel@panel", { ...about, keydown: key, dragover: drag, dragleave: drag, drop }, ...parts);
  let introduced = "";

  function show(state: ChatState): void {
    const { config, items, hasEnded } = state;
    const hasSpoken = items.some(({ author }) => author === "visitor");
    if (introduced !== (introduced = `${hasSpoken} ${config?.expectation} ${config?.hours?.open}`))
      introduce(state, hasSpoken);
    if (notice.textContent !== state.notice) notice.textContent = state.notice;
    composer.node.hidden = hasEnded;
    [header, card, composer, log].forEach((part) => part.show(state));
  }

  /** Who is here, that a program answers, what to expect, and what one could ask. */
  function introduce({ config }: ChatState, hasSpoken: boolean): void {
    if (!config) return;
    const faces = [{ name: "" }, ...(config.reps ?? []).slice(0, 3)];
    const pick = (text: string) => (chat.send(text, []), focus());
    fill(
      intro,
      el(
        "div.faces",
        {},
        ...faces.map(({ name, picture }: { name: string; picture?: string | null }) =>
          face(name, picture, wiring.host),
        ),
      ),
      el("h3", {}, say("title", { company: config.company })),
      el("p", {}, config.disclosure),
      el(config.hours?.open ? "p.hours open" : "p.hours", {}, config.expectation),
      !hasSpoken && suggestions(config.suggestions, say, pick),
    );
  }

  function key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (!header.closeMenu() && !card.cancel()) onClose();
  }

  function drag(event: DragEvent): void {
    const { config, hasEnded } = chat.state;
    const may = event.type === "dragover" && config?.files && !hasEnded && event.dataTransfer?.types.includes("Files");
    if (may) event.preventDefault();
    node.classList.toggle("dropping", Boolean(may));
  }

  function drop(event: DragEvent): void {
    drag(event);
    if (composer.take(event.dataTransfer?.files)) event.preventDefault();
  }

  node.addEventListener("pointerdown", ({ target }) => header.pressed(target as Node));
  // A modal dialog would close itself at Escape or the back gesture, past whoever keeps account of what is open.
  node.addEventListener("cancel", (event) => (event.preventDefault(), onClose()));

  return { node, input: composer.input, show, put: composer.put, toEnd: log.toEnd };
}

/** Things to ask, one press away. */
export function suggestions(texts: string[] | undefined, say: Say, onPick: (text: string) => void): HTMLElement | null {
  if (!texts?.length) return null;
  const buttons = texts.map((text) => button("suggestion@suggestion", "", () => onPick(text), text));
  return el("div.suggestions", { role: "group", "aria-label": say("suggestions") }, ...buttons);
}
