// Who is speaking: a picture, else initials; the agent has a spark.

import type { Person } from "../types.ts";
import { el, icon } from "./dom.ts";
import { initials } from "./format.ts";

/** The face of a person; the agent's without one. */
export function face(person: Person | null, host: string): HTMLElement {
  if (!person) return el("span", { class: "face agent", "aria-hidden": "true" }, icon("spark"));
  const letters = initials(person.name);
  const shown = el("span", { class: "face", "aria-hidden": "true" }, letters || icon("person"));
  const src = pictureAddress(person.picture, host);
  if (!src) return shown;
  const picture = el("img", { src, alt: "", referrerpolicy: "no-referrer", onerror: () => picture.remove() });
  shown.append(picture);
  return shown;
}

function pictureAddress(address: string | null | undefined, host: string): string {
  try {
    const { protocol, href } = new URL(address || "", host || undefined);
    return address && /^https?:$/.test(protocol) ? href : "";
  } catch {
    return "";
  }
}
