// The box to write in: Enter sends, Shift+Enter breaks the line, files are chosen, dropped or pasted.

import type { ChatState } from "../types.ts";
import { button, el, fill, icon, mark } from "./dom.ts";
import { addFiles } from "./file_checks.ts";
import type { Wiring } from "./panel.ts";

const LONGEST = 8000;
const COUNT_FROM = 7500;
const TYPING_EVERY = 2000; // milliseconds

export interface Composer {
  node: HTMLElement;
  input: HTMLTextAreaElement;
  show(state: ChatState): void;
  put(text: string): void;
  /** Files dropped or pasted; false when there were none. */
  take(files: FileList | null | undefined): boolean;
}

export function createComposer({ chat, say }: Wiring, onSend: () => void): Composer {
  const label = say("attach");
  const writing = {
    rows: 1,
    dir: "auto",
    enterkeyhint: "send",
    "aria-label": say("input"),
    placeholder: say("placeholder"),
  };
  const input = el("textarea@chat-input", { ...writing, "aria-describedby": "trouble", input: typed, keydown: key });
  const picker = el("input@chat-files", { type: "file", multiple: true, hidden: true, "aria-label": label });
  const clip = button("tool", label, () => picker.click(), icon("clip"));
  const wish = button("person@talk-to-person", "", () => chat.askForPerson());
  const send = el("button.send@chat-send", { "aria-label": say("send") }, icon("send"));
  const trouble = el("p.trouble", { id: "trouble", role: "status" });
  const chosen = el("div.files");
  const bar = el("div.bar", {}, clip, picker, wish, send);
  const node = el("form.composer", { submit }, chosen, input, trouble, bar);
  let files: File[] = [];
  let typedAt = 0;

  function submit(event: Event): void {
    event.preventDefault();
    if (send.disabled) return;
    const text = input.value.trim();
    const taken = files;
    files = [];
    // The button can do nothing now; who pressed it goes on writing.
    if ((node.getRootNode() as ShadowRoot).activeElement === send) input.focus();
    put("");
    onSend();
    chat.send(text, taken);
  }

  function put(text: string): void {
    input.value = text;
    changed();
  }

  function changed(problems = ""): void {
    const { value } = input;
    const length = value.length < COUNT_FROM ? 0 : [...value].length;
    const isTooLong = length > LONGEST;
    const count = length > COUNT_FROM ? `${length} / ${LONGEST}` : "";
    chat.draft = value;
    send.disabled = isTooLong || !(value.trim() || files.length);
    trouble.textContent = isTooLong ? say("too_long", { count: `${length - LONGEST}` }) : problems || count;
    mark(input, "invalid", isTooLong);
    input.style.height = "auto";
    input.style.height = value && `${input.scrollHeight}px`;
    fill(chosen, ...files.map(chip));
  }

  function chip(file: File): HTMLElement {
    const drop = button("tool", say("remove_file", { name: file.name }), () => remove(file), icon("close"));
    return el("span.file", {}, el("span", {}, file.name), drop);
  }

  function remove(file: File): void {
    files = files.filter((other) => other !== file);
    changed();
    input.focus();
  }

  function take(list: FileList | null | undefined): boolean {
    const rules = chat.state.config?.files;
    if (!rules || !list?.length) return false;
    changed(addFiles([...list], files, rules, say).join(" "));
    return true;
  }

  function show({ config, holder, isPersonAsked }: ChatState): void {
    clip.hidden = !config?.files;
    picker.accept = config?.files?.accept ?? "";
    wish.hidden = holder === "rep";
    wish.disabled = isPersonAsked;
    fill(wish, icon("person"), say(isPersonAsked ? "person_asked" : "talk_to_person"));
  }

  function key(event: KeyboardEvent): void {
    // 229: an input method is at work, in browsers that do not say isComposing for its last Enter.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
  }

  function typed(): void {
    changed();
    if (!input.value || Date.now() - typedAt < TYPING_EVERY) return;
    typedAt = Date.now();
    chat.typing();
  }

  input.addEventListener("paste", (event) => take(event.clipboardData?.files) && event.preventDefault());
  picker.addEventListener("change", () => {
    take(picker.files);
    picker.value = "";
    input.focus();
  });

  return { node, input, show, put, take };
}
