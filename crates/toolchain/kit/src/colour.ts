/** Colours that can be read: from one accent, the shades that keep enough contrast. Pure. */

type Rgb = [number, number, number];

const LIGHT: Rgb = [250, 250, 249];
const DARK: Rgb = [41, 37, 36];
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const DARK_RED: Rgb = [185, 28, 28];
const LIGHT_RED: Rgb = [252, 165, 165];
const FALLBACK: Rgb = [124, 58, 237];
/** What WCAG asks of normal text at level AA. */
const ENOUGH = 4.5;
/** How far the accent's other shade is from it, away from the ink on it, so that it can be read there better still. */
const DEEPER = 0.3;
/** What it asks of the bounds of what can be used. */
const VISIBLE = 3;

/** The custom properties for an accent, `#rrggbb`. */
export function accentProperties(accent: string): Record<string, string> {
  const colour = parse(accent) ?? FALLBACK;
  return {
    "--accent": css(colour),
    "--on-accent": inkOn(css(colour)),
    "--accent-deep": css(mix(colour, inkOn(css(colour)) === "#ffffff" ? BLACK : WHITE, DEEPER)),
    "--accent-on-light": css(readable(colour, LIGHT, BLACK)),
    "--accent-on-dark": css(readable(colour, DARK, WHITE)),
  };
}

/** The custom properties for a ground of the owner's choice, by day and by night: everything that stands on it can be read. */
export function groundProperties(background: string, accent: string): Record<string, string> {
  const ground = parse(background);
  if (!ground) return {};
  const dark = contrast(ground, WHITE) >= contrast(ground, BLACK);
  const [ink, away]: [Rgb, Rgb] = dark ? [WHITE, BLACK] : [BLACK, WHITE];
  // What is raised moves away from the ink, so what can be read on the ground can be read there too.
  const raised = mix(ground, away, 0.5);
  const accentInk = readable(parse(accent) ?? FALLBACK, ground, ink);
  return {
    "color-scheme": dark ? "dark" : "light",
    "--surface": css(ground),
    "--raised": css(raised),
    "--ink": css(readable(mix(ground, ink, 0.9), ground, ink)),
    "--muted": css(readable(mix(ground, ink, 0.65), ground, ink)),
    "--line": css(readable(mix(ground, ink, 0.4), ground, ink, VISIBLE)),
    "--rule": css(mix(ground, ink, 0.15)),
    "--danger": css(readable(dark ? LIGHT_RED : DARK_RED, ground, ink)),
    "--accent-ink": css(accentInk),
    "--accent-on-light": css(accentInk),
    "--accent-on-dark": css(accentInk),
  };
}

/** Black or white, whichever can be read on `colour`. */
export function inkOn(colour: string): string {
  const ground = parse(colour) ?? FALLBACK;
  return contrast(ground, WHITE) >= contrast(ground, BLACK) ? "#ffffff" : "#000000";
}

/** How far two colours are apart, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** `colour`, moved towards `end` until it has enough contrast on `ground`. */
function readable(colour: Rgb, ground: Rgb, end: Rgb, enough = ENOUGH): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, end, share);
    if (contrast(mixed, ground) >= enough) return mixed;
  }
  return end;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return a.map((part, index) => Math.round(part + ((b[index] ?? part) - part) * share)) as Rgb;
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const linear = part / 255;
    return linear <= 0.04045 ? linear / 12.92 : ((linear + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function parse(text: string): Rgb | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  return match ? ([match[1], match[2], match[3]].map((part) => Number.parseInt(part ?? "0", 16)) as Rgb) : undefined;
}

function css(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
