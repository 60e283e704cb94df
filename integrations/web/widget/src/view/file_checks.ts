// Which of the files that a visitor chose may go out; the server checks again.

import type { FileRules, Say } from "../types.ts";

export interface Checked {
  files: File[];
  /** A sentence for each file that stays behind. */
  problems: string[];
}

/** Add `chosen` to `already` as far as the rules allow. */
export function checkFiles(chosen: readonly File[], already: readonly File[], rules: FileRules, say: Say): Checked {
  const files = [...already];
  const problems: string[] = [];
  for (const file of chosen) {
    const problem = problemOf(file, rules, say) || (files.length < rules.most ? "" : tooMany(rules, say));
    if (!problem) files.push(file);
    else if (!problems.includes(problem)) problems.push(problem);
  }
  return { files, problems };
}

function problemOf({ name, size }: File, { accept, largest }: FileRules, say: Say): string {
  const kinds = accept.toLowerCase().split(/[\s,]+/);
  const isKnown = !accept || kinds.some((kind) => kind && name.toLowerCase().endsWith(kind));
  if (!isKnown) return say("file_type", { name });
  return size > largest ? say("file_too_large", { name, size: String(Math.floor(largest / 1e6) || 1) }) : "";
}

function tooMany({ most }: FileRules, say: Say): string {
  return say("too_many_files", { count: String(most) });
}
