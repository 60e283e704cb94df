// Times, sizes and names in the reader's own way.

export type Clock = (at: string) => string;

/** Give the time of day, with the day when it is not today's; "" for what is no time. */
export function createClock(locale: string, now: () => Date = () => new Date()): Clock {
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  const today = formatter(locale, time);
  const earlier = formatter(locale, { ...time, weekday: "short", day: "numeric", month: "short" });
  return (iso) => {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return "";
    return (at.toDateString() === now().toDateString() ? today : earlier).format(at);
  };
}

/** 340 KB, 1.2 MB. */
export function sizeOf(bytes: number): string {
  const [size, unit] = bytes < 1e6 ? [Math.max(1, bytes / 1e3), "KB"] : [bytes / 1e6, "MB"];
  return `${size.toFixed(size < 10 && unit === "MB" ? 1 : 0)} ${unit}`;
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = (word: string | undefined) => [...(word ?? "")][0] ?? "";
  return (first(words[0]) + (words.length > 1 ? first(words[words.length - 1]) : "")).toUpperCase();
}

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale || undefined, options);
  } catch {
    return new Intl.DateTimeFormat(undefined, options);
  }
}
