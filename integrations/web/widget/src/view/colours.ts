// Colours from one accent, chosen so that what is written on and with it can be read (WCAG: 4.5 to 1).

const READABLE = 4.5;
const ACCENT = "#0b6e5f";
const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];
const LIGHT: Colour = WHITE;
const DARK: Colour = [27, 30, 34];

type Colour = readonly [number, number, number];

/** Custom properties for the stylesheet: the accent, what is written on it, the accent as words, and a breath of it. */
export function palette(accent: string, isDark: boolean): Record<string, string> {
  const surface = isDark ? DARK : LIGHT;
  const chosen = parseColour(accent) ?? parseColour(ACCENT) ?? BLACK;
  const soft = mix(surface, chosen, isDark ? 0.24 : 0.09);
  return {
    "--accent": css(chosen),
    "--on": css(contrast(WHITE, chosen) >= READABLE ? WHITE : BLACK),
    "--link": css(readable(chosen, [surface, soft], isDark ? WHITE : BLACK)),
    "--soft": css(soft),
  };
}

/** Contrast of two colours by WCAG, 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((first, second) => first - second);
  return (high + 0.05) / (low + 0.05);
}

/** Read #rgb or #rrggbb. */
export function parseColour(text: string): Colour | null {
  const digits = /^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(text) ? text.slice(1) : "";
  const full = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const part = (at: number) => parseInt(full.slice(at, at + 2), 16);
  return full ? [part(0), part(2), part(4)] : null;
}

function readable(colour: Colour, grounds: Colour[], towards: Colour): Colour {
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mix(colour, towards, share);
    if (grounds.every((ground) => contrast(tried, ground) >= READABLE)) return tried;
  }
  return towards;
}

function mix(one: Colour, other: Colour, share: number): Colour {
  const part = (at: 0 | 1 | 2) => Math.round(one[at] + (other[at] - one[at]) * share);
  return [part(0), part(1), part(2)];
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(part: number): number {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function css(colour: Colour): string {
  return `rgb(${colour.join(" ")})`;
}
