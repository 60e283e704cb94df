// The box to write in: Enter sends, Shift+Enter breaks the line, files are chosen, dropped or pasted.

import type { ChatState } from "../types.ts";
import { button, el, fill, icon } from "./dom.ts";
import { checkFiles } from "./file_checks.ts";
import type { Wiring } from "./wiring.ts";

const LONGEST = 8000;
const COUNT_FROM = 7500;
const TYPING_EVERY = 2000; // milliseconds

export interface Composer {
  node: HTMLElement;
  input: HTMLTextAreaElement;
  show(state: ChatState): void;
  put(text: string): void;
  addFiles(files: FileList | null | undefined): boolean;
}

export function createComposer(wiring: Wiring, onSend: () => void): Composer {
  const { chat, say, words } = wiring;
  const writing = { id: "input", rows: 1, dir: "auto", "data-testid": "chat-input", enterkeyhint: "send" };
  const input = el("textarea", { ...writing, "aria-describedby": "trouble" });
  const picker = el("input", { type: "file", multiple: true, hidden: true, "data-testid": "chat-files" });
  const clip = button("tool", "attach", () => picker.click(), icon("clip"));
  const wish = button("person", "talk-to-person", () => chat.askForPerson());
  const send = el("button", { class: "send", "data-testid": "chat-send" }, icon("send"));
  const trouble = el("p", { class: "trouble", id: "trouble", role: "status" });
  const chosen = el("div", { class: "files" });
  const bar = el("div", { class: "bar" }, clip, picker, wish, send);
  const node = el("form", { class: "composer", novalidate: true, onsubmit: submit }, chosen, input, trouble, bar);
  let rules: NonNullable<ChatState["config"]>["files"] = null;
  let files: File[] = [];
  let typedAt = 0;
  words.put(input, "input", "aria-label");
  words.put(input, "placeholder", "placeholder");
  words.put(send, "send", "aria-label");
  words.put(clip, "attach", "aria-label");
  words.put(picker, "attach", "aria-label");

  function submit(event: Event): void {
    event.preventDefault();
    const text = input.value.trim();
    if (send.disabled) return;
    const taken = files;
    files = [];
    put("");
    showFiles();
    onSend();
    chat.send(text, taken);
  }

  function put(text: string): void {
    input.value = text;
    changed();
  }

  function changed(): void {
    const { value } = input;
    const length = value.length < COUNT_FROM ? value.length : [...value].length;
    const isTooLong = length > LONGEST;
    chat.draft = value;
    send.disabled = isTooLong || !(value.trim() || files.length);
    input.setAttribute("aria-invalid", String(isTooLong));
    tell(
      isTooLong
        ? say("too_long", { count: String(length - LONGEST) })
        : length > COUNT_FROM
          ? `${length} / ${LONGEST}`
          : "",
    );
    trouble.classList.toggle("count", !isTooLong);
    grow();
  }

  function tell(...sentences: string[]): void {
    trouble.classList.remove("count");
    trouble.textContent = sentences.join(" ");
  }

  function grow(): void {
    input.style.height = "auto";
    if (input.value) input.style.height = `${input.scrollHeight}px`;
  }

  function addFiles(list: FileList | null | undefined): boolean {
    if (!rules || !list?.length) return false;
    const checked = checkFiles([...list], files, rules, say);
    ({ files } = checked);
    showFiles();
    changed();
    if (checked.problems.length) tell(...checked.problems);
    return true;
  }

  function showFiles(): void {
    const entry = (file: File) => {
      const drop = button("tool", "", () => remove(file), icon("close"));
      drop.setAttribute("aria-label", say("remove_file", { name: file.name }));
      return el("span", { class: "file" }, icon("file"), el("span", {}, file.name), drop);
    };
    fill(chosen, ...files.map(entry));
  }

  function remove(file: File): void {
    files = files.filter((other) => other !== file);
    showFiles();
    changed();
    input.focus();
  }

  function show({ config, holder, isPersonAsked }: ChatState): void {
    rules = config?.files ?? null;
    clip.hidden = !rules;
    picker.accept = rules?.accept ?? "";
    wish.hidden = holder === "rep";
    wish.disabled = isPersonAsked;
    fill(wish, icon("person"), say(isPersonAsked ? "person_asked" : "talk_to_person"));
  }

  input.addEventListener("keydown", (event) => {
    // 229: an input method is at work, in browsers that do not say isComposing for its last Enter.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
  });
  input.addEventListener("input", () => {
    changed();
    if (!input.value || Date.now() - typedAt < TYPING_EVERY) return;
    typedAt = Date.now();
    chat.typing();
  });
  input.addEventListener("paste", (event) => {
    if (addFiles(event.clipboardData?.files)) event.preventDefault();
  });
  picker.addEventListener("change", () => {
    addFiles(picker.files);
    picker.value = "";
    input.focus();
  });
  put(chat.draft);

  return { node, input, show, put, addFiles };
}
