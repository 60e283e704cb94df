// Which of the files that a visitor chose may go out; the server checks again.

import type { FileRules, Say } from "../types.ts";

/** Add `chosen` to `files` as far as the rules allow; gives a sentence for each that stays behind. */
export function addFiles(chosen: readonly File[], files: File[], rules: FileRules, say: Say): string[] {
  const { accept, largest, most } = rules;
  return chosen.flatMap((file) => {
    const name = file.name;
    const isKnown = !accept || accept.split(/[ ,]+/).some((kind) => name.toLowerCase().endsWith(kind.toLowerCase()));
    if (!isKnown) return [say("file_type", { name })];
    if (file.size > largest) return [say("file_too_large", { name, size: `${+(largest / 1e6).toFixed(1)}` })];
    if (files.length >= most) return [say("too_many_files", { count: `${most}` })];
    files.push(file);
    return [];
  });
}
