// The box to write in: Enter sends, Shift+Enter breaks the line, files are chosen, dropped or pasted.

import type { ChatState, FileRules, Say } from "../types.ts";
import { button, el, fill, set } from "./dom.ts";
import type { Wiring } from "./panel.ts";

const LONGEST = 8000;
const COUNT_FROM = 7500;
const TYPING_EVERY = 2000; // milliseconds

/** A paste or a drop. */
interface Giving extends Event {
  clipboardData?: DataTransfer | null;
  dataTransfer?: DataTransfer | null;
}

export interface Composer {
  node: HTMLElement;
  input: HTMLTextAreaElement;
  show(state: ChatState): void;
  put(text: string): void;
  /** Files dropped or pasted. */
  receive(event: Giving): void;
}

export function createComposer({ chat, say }: Wiring, onSend: () => void): Composer {
  const rules = chat.state.config?.files;
  const label = say("attach");
  const input = el("textarea@chat-input", {
    rows: 1,
    dir: "auto",
    enterkeyhint: "send",
    "aria-label": say("input"),
    placeholder: say("placeholder"),
    "aria-describedby": "trouble",
    input: typed,
    keydown: key,
    paste: receive,
  });
  const about = { type: "file", accept: rules?.accept, multiple: 1, hidden: 1, "aria-label": label, change: pick };
  const picker = el("input@chat-files", about);
  const clip = button("tool", label, () => picker.click(), "clip");
  const wish = button("@talk-to-person", "", () => chat.askForPerson());
  const send = button("tool send@chat-send", say("send"), submit, "send");
  const trouble = el("p.trouble", { id: "trouble", role: "status" });
  const chosen = el("div.row");
  const node = el("div.composer", {}, chosen, input, trouble, el("div.row", {}, rules && clip, picker, wish, send));
  let files: File[] = [];
  let typedAt = 0;

  function submit(): void {
    if (send.disabled) return;
    const text = input.value.trim();
    const taken = files;
    files = [];
    put("");
    input.focus(); // who pressed the button goes on writing
    onSend();
    chat.send(text, taken);
  }

  function put(text: string): void {
    input.value = text;
    changed();
  }

  function changed(problems = ""): void {
    const { value } = input;
    const { length } = value.length < COUNT_FROM ? "" : [...value];
    const isTooLong = length > LONGEST;
    const count = length > COUNT_FROM ? `${length} / ${LONGEST}` : "";
    chat.draft = value;
    send.disabled = isTooLong || !(value.trim() || files.length);
    trouble.textContent = isTooLong ? say("too_long", { count: `${length - LONGEST}` }) : problems || count;
    set(input, { "aria-invalid": isTooLong });
    input.style.height = "auto";
    input.style.height = value && `${input.scrollHeight + 2}px`;
    fill(chosen, ...files.map(chip));
  }

  function chip(file: File): HTMLElement {
    const { name } = file;
    const remove = () => {
      files = files.filter((other) => other !== file);
      changed();
      input.focus();
    };
    return el("span.file", {}, name, button("tool", say("remove_file", { name }), remove, "close"));
  }

  function take(list: FileList | null): void {
    if (rules && !chat.state.hasEnded) changed(addFiles([...(list ?? [])], files, rules, say).join(" "));
  }

  function pick(): void {
    take(picker.files);
    picker.value = "";
    input.focus();
  }

  function receive(event: Giving): void {
    const given = (event.clipboardData ?? event.dataTransfer)?.files;
    if (!given?.length) return;
    event.preventDefault();
    take(given);
  }

  function show({ holder, isPersonAsked }: ChatState): void {
    wish.hidden = holder === "rep";
    wish.disabled = isPersonAsked;
    wish.textContent = say(isPersonAsked ? "person_asked" : "talk_to_person");
  }

  function key(event: KeyboardEvent): void {
    // 229: an input method is at work, in browsers that do not say isComposing for its last Enter.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  }

  function typed(): void {
    changed();
    if (!input.value || Date.now() - typedAt < TYPING_EVERY) return;
    typedAt = Date.now();
    chat.typing();
  }

  return { node, input, show, put, receive };
}

/** Add `chosen` to `files` as far as the rules allow (the server checks again); gives a sentence for each that stays behind. */
export function addFiles(
  chosen: readonly File[],
  files: File[],
  { accept, largest, most }: FileRules,
  say: Say,
): string[] {
  return chosen.flatMap((file) => {
    const { name } = file;
    const isKnown = accept.split(/[ ,]+/).some((kind) => name.toLowerCase().endsWith(kind.toLowerCase()));
    if (!isKnown) return say("file_type", { name });
    if (file.size > largest) return say("file_too_large", { name, size: `${+(largest / 1e6).toFixed(1)}` });
    if (files.length >= most) return say("too_many_files", { count: `${most}` });
    files.push(file);
    return [];
  });
}
