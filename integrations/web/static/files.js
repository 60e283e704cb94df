// Files: how they are shown below words, and chosen to be sent with them.

import { el, icon, safeAddress } from "./dom.js";

const MOST = 5;

/** Tell whether a message is its files and nothing else: its words then are their names. */
export function saysOnlyFiles({ text, attachments }) {
  return Boolean(attachments?.length) && text === namesOf(attachments);
}

/** The words of a message that is files and nothing else. */
export function namesOf(files) {
  return files.map(({ name }) => `📎 ${name}`).join("\n");
}

/** List files; without `openFile` they are links. */
export function fileList(files, openFile) {
  if (!files?.length) return null;
  return el("ul", { class: "files", "aria-label": "Files" }, files.map((file) => el("li", {}, entry(file, openFile))));
}

function entry(file, openFile) {
  const shown = [icon("file"), el("span", { text: file.name }), el("small", { text: sizeOf(file.size) })];
  const address = safeAddress(file.url);
  if (!address) return el("span", { class: "file" }, shown);
  if (!openFile) return el("a", { class: "file", href: address, download: file.name }, shown);
  return el("button", { type: "button", class: "file", onclick: () => openFile(file) }, shown);
}

function sizeOf(bytes) {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The paper-clip of a form: a button, the input it opens, and the list of what was chosen. */
export class FilePicker {
  constructor(form, onChange) {
    this.button = form.querySelector("[data-attach]");
    this.input = form.querySelector("input[type=file]");
    this.list = form.querySelector("[data-chosen]");
    this.onChange = onChange;
    this.chosen = [];
    this.button?.addEventListener("click", () => this.input.click());
    this.input?.addEventListener("change", () => this.add([...this.input.files]));
  }

  enable(isEnabled) {
    if (this.button) this.button.disabled = !isEnabled;
  }

  add(files) {
    this.input.value = "";
    this.set([...this.chosen, ...files].slice(0, MOST));
  }

  /** Give what was chosen, and forget it. */
  take() {
    const taken = this.chosen;
    if (taken.length) this.set([]);
    return taken;
  }

  set(files) {
    this.chosen = files;
    this.list.hidden = !files.length;
    this.list.replaceChildren(...files.map((file) => el("li", {}, el("span", { text: file.name }), this.dropper(file))));
    this.onChange();
  }

  dropper(file) {
    const drop = () => this.set(this.chosen.filter((other) => other !== file));
    return el("button", { type: "button", class: "link", "aria-label": `Leave out ${file.name}`, onclick: drop }, icon("close"));
  }
}
