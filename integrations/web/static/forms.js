// The windows in which a rep says more: to whom, until when, with what outcome and why.

import { byId, el, fill } from "./dom.js";

/** Wire the form of a dialog: `onAccept(values)` says what went wrong, or nothing when it worked. */
export function wireForm(id, onAccept) {
  const dialog = byId(id);
  const form = dialog.querySelector("form");
  const problem = form.querySelector("[data-problem]");
  const accept = form.querySelector("[type=submit]");
  form.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(accept)) return;
    problem.textContent = await whileBusy(accept, () => onAccept(Object.fromEntries(new FormData(form)))) ?? "";
    if (!problem.textContent) dialog.close();
  });
  dialog.addEventListener("close", () => {
    problem.textContent = "";
    form.reset();
  });
}

/** Keep a button from acting again until what it began is done; it stays where the keyboard is. */
export async function whileBusy(button, work) {
  if (isBusy(button)) return undefined;
  button.setAttribute("aria-disabled", "true");
  try {
    return await work();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

function isBusy(button) {
  return button.getAttribute("aria-disabled") === "true";
}

/** Offer all colleagues and teams but the rep who passes on. */
export function offerTargets(select, { reps, teams, rep }) {
  const colleagues = reps.filter(({ id }) => id !== rep).map(({ id, name, title }) =>
    el("option", { value: `rep:${id}`, text: title ? `${name}, ${title}` : name }));
  const groups = teams.map(({ id, name }) => el("option", { value: `team:${id}`, text: name }));
  fill(select, group("Colleagues", colleagues), group("Teams", groups));
}

function group(label, options) {
  return options.length ? el("optgroup", { label }, options) : null;
}

/** Read a target that was chosen. */
export function targetOf(value) {
  const [kind, id] = [value.slice(0, value.indexOf(":")), value.slice(value.indexOf(":") + 1)];
  return kind === "team" ? { to_team: id } : { to_rep: id };
}
