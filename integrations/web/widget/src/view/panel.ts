// The panel: built when it is first opened, shown and hidden after that.

import type { ChatState } from "../types.ts";
import { createEmailCard, createEndCard, createEndedCard } from "./cards.ts";
import { createComposer } from "./composer.ts";
import { el } from "./dom.ts";
import { createHeader } from "./header.ts";
import { createIntro } from "./intro.ts";
import { createLog } from "./log.ts";
import type { Wiring } from "./wiring.ts";

const FOCUSABLE = "a[href],button:enabled,input:enabled,textarea,[tabindex='0']";

export interface Panel {
  node: HTMLElement;
  input: HTMLTextAreaElement;
  show(state: ChatState): void;
  refresh(state: ChatState): void;
  put(text: string): void;
  toEnd(): void;
  setModal(isModal: boolean): void;
}

/** `onEnd` is called whenever the newest message is in sight, `onClose` when the visitor wants it gone. */
export function createPanel(wiring: Wiring, onClose: () => void, onEnd: () => void): Panel {
  const { chat, words } = wiring;
  const focus = () => composer.input.focus();
  const notice = el("div", { class: "notice", role: "status", "data-testid": "notice" });
  const intro = createIntro(wiring, (text) => (chat.send(text, []), focus()));
  const log = createLog(wiring, intro.node, onEnd);
  const composer = createComposer(wiring, () => log.toEnd());
  const end = createEndCard(wiring, focus);
  const header = createHeader(wiring, onClose, end.ask);
  const email = createEmailCard(wiring);
  const ended = createEndedCard(wiring, () => (show(chat.state), focus()));
  const drop = words.put(el("div", { class: "drop" }), "drop_files");
  const node = el(
    "section",
    { class: "panel", id: "panel", role: "dialog", "aria-labelledby": "title", "data-testid": "panel", tabindex: -1 },
    ...[header.node, notice, log.node, email.node, end.node, ended.node, composer.node, drop],
  );
  let isModal = false;
  let drawn: ChatState["config"] | undefined;
  let hadSpoken: boolean | undefined;

  function show(state: ChatState): void {
    const hasSpoken = state.items.some(({ author }) => author === "visitor");
    if (drawn !== state.config || hadSpoken !== hasSpoken) intro.show(state);
    drawn = state.config;
    hadSpoken = hasSpoken;
    if (notice.textContent !== state.notice) notice.textContent = state.notice;
    notice.hidden = !state.notice;
    composer.node.hidden = state.hasEnded;
    [header, email, end, ended, composer, log].forEach((part) => part.show(state));
  }

  function refresh(state: ChatState): void {
    drawn = undefined;
    log.refresh();
    show(state);
  }

  function key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      if (!header.closeMenu() && !end.cancel()) onClose();
    }
    if (event.key === "Tab" && isModal) turnRound(event);
  }

  function turnRound(event: KeyboardEvent): void {
    const all = [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((each) => each.getClientRects().length);
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    const active = (node.getRootNode() as ShadowRoot).activeElement;
    if (active !== edge && active !== node) return;
    event.preventDefault();
    all[event.shiftKey ? all.length - 1 : 0]?.focus();
  }

  function drag(event: DragEvent): void {
    const mayDrop = chat.state.config?.files && !chat.state.hasEnded && event.dataTransfer?.types.includes("Files");
    if (mayDrop) event.preventDefault();
    node.classList.toggle("dropping", Boolean(mayDrop));
  }

  node.addEventListener("keydown", key);
  node.addEventListener("pointerdown", ({ target }) => header.pressed(target as Node));
  node.addEventListener("dragover", drag);
  node.addEventListener("dragleave", () => node.classList.remove("dropping"));
  node.addEventListener("drop", (event) => {
    node.classList.remove("dropping");
    if (composer.addFiles(event.dataTransfer?.files)) event.preventDefault();
  });

  return {
    node,
    input: composer.input,
    show,
    refresh,
    put: composer.put,
    toEnd: log.toEnd,
    setModal(isNow) {
      isModal = isNow;
      node.setAttribute("aria-modal", String(isNow));
    },
  };
}
