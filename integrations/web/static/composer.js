// The box to write in: Enter sends, Shift+Enter breaks the line, a counter appears near the limit.

const LONGEST_TEXT = 8_000;
const COUNT_FROM = 7_500;
const TYPING_EVERY = 2_000;

/** Wire a form with a textarea, a button and [data-count]. */
export class Composer {
  constructor(form, { onSend, onTyping = () => {} }) {
    this.form = form;
    this.input = form.querySelector("textarea");
    this.button = form.querySelector("[type=submit]");
    this.count = form.querySelector("[data-count]");
    this.onSend = onSend;
    this.onTyping = onTyping;
    this.typedAt = 0;
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
    if (!text || text.length > LONGEST_TEXT || this.input.disabled) return;
    this.set("");
    this.onSend(text);
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
    this.input.disabled = !isEnabled;
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
    this.button.disabled = this.input.disabled || length === 0 || left < 0;
    this.grow();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 168)}px`;
  }
}
