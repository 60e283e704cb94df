// Colours from one accent, chosen so that what is written on and with it can be read (WCAG: 4.5 to 1).

type Mutable = [number, number, number];
export type Colour = Readonly<Mutable>;

const READABLE = 4.5;
const ACCENT: Colour = [11, 110, 95];
const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];
const DARK: Colour = [27, 30, 34];

/** The accent, what is written on it, the accent as words, and a breath of it, as custom properties. */
export function palette(accent: string, isDark: boolean): Record<string, string> {
  const surface = isDark ? DARK : WHITE;
  const chosen = parseColour(accent) ?? ACCENT;
  const soft = mix(surface, chosen, isDark ? 0.24 : 0.09);
  let link = chosen;
  for (let share = 0; share <= 1 && Math.min(contrast(link, soft), contrast(link, surface)) < READABLE; share += 0.05)
    link = mix(chosen, isDark ? WHITE : BLACK, share);
  const on = contrast(WHITE, chosen) < READABLE ? BLACK : WHITE;
  return { "--accent": css(chosen), "--on": css(on), "--link": css(link), "--soft": css(soft) };
}

/** Contrast of two colours by WCAG, 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const ratio = (luminance(one) + 0.05) / (luminance(other) + 0.05);
  return Math.max(ratio, 1 / ratio);
}

/** Read #rgb or #rrggbb. */
export function parseColour(text: string): Colour | null {
  if (!/^#([\da-f]{3}){1,2}$/i.test(text)) return null;
  const digits = text.length < 5 ? text.replace(/\w/g, "$&$&") : text;
  const value = parseInt(digits.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function mix(one: Colour, other: Colour, share: number): Colour {
  const part = (at: 0 | 1 | 2) => Math.round(one[at] + (other[at] - one[at]) * share);
  return [part(0), part(1), part(2)];
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) =>
    part < 11 ? part / 3295 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  ) as Mutable;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const css = (colour: Colour) => `rgb(${colour})`;
