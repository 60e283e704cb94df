// The box to write in: Enter sends, Shift+Enter breaks the line, a counter appears near the limit, files come along.

import { FilePicker } from "./files.js";

const LONGEST_TEXT = 8_000;
const COUNT_FROM = 7_500;
const TYPING_EVERY = 2_000;

/** Wire a form with a textarea, a button and [data-count]; [data-attach] and [data-chosen] are for files. */
export class Composer {
  constructor(form, { onSend, onTyping = () => {} }) {
    this.form = form;
    this.input = form.querySelector("textarea");
    this.button = form.querySelector("[type=submit]");
    this.count = form.querySelector("[data-count]");
    this.onSend = onSend;
    this.onTyping = onTyping;
    this.typedAt = 0;
    this.files = new FilePicker(form, () => this.refresh());
    form.addEventListener("submit", (event) => this.submit(event));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("input", () => this.changed());
    this.refresh();
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.submit(event);
  }

  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (this.button.disabled) return;
    const files = this.files.take();
    this.set("");
    this.onSend(text, files);
  }

  changed() {
    this.refresh();
    if (!this.input.value || Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    this.onTyping();
  }

  /** Put words into the box. */
  set(text) {
    this.input.value = text;
    this.refresh();
  }

  enable(isEnabled, placeholder) {
    // A browser takes the focus away from what is disabled: whoever was writing gets it back.
    if (!isEnabled && document.activeElement === this.input) this.wasFocused = true;
    this.input.disabled = !isEnabled;
    if (isEnabled && this.wasFocused) {
      if (document.activeElement === document.body) this.input.focus();
      this.wasFocused = false;
    }
    this.files.enable(isEnabled);
    if (placeholder) this.input.placeholder = placeholder;
    this.refresh();
  }

  focus() {
    this.input.focus();
  }

  refresh() {
    const length = this.input.value.trim().length;
    const left = LONGEST_TEXT - length;
    this.count.hidden = length < COUNT_FROM;
    this.count.textContent = left < 0 ? `${-left} characters too many` : `${left} characters left`;
    this.count.classList.toggle("is-over", left < 0);
    this.input.toggleAttribute("aria-invalid", left < 0);
    const isEmpty = length === 0 && this.files.chosen.length === 0;
    this.button.disabled = this.input.disabled || isEmpty || left < 0;
    this.grow();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 168)}px`;
  }
}
