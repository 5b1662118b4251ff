/** Colours that can be read: from one accent, the shades that keep enough contrast. Pure. */

type Rgb = [number, number, number];

const LIGHT: Rgb = [250, 250, 249];
const DARK: Rgb = [41, 37, 36];
const FALLBACK: Rgb = [124, 58, 237];
/** What WCAG asks of normal text at level AA. */
const ENOUGH = 4.5;

/** The custom properties for an accent, `#rrggbb`. */
export function accentProperties(accent: string): Record<string, string> {
  const colour = parse(accent) ?? FALLBACK;
  return {
    "--accent": css(colour),
    "--on-accent": contrast(colour, [255, 255, 255]) >= contrast(colour, [0, 0, 0]) ? "#ffffff" : "#000000",
    "--accent-on-light": css(readable(colour, LIGHT, [0, 0, 0])),
    "--accent-on-dark": css(readable(colour, DARK, [255, 255, 255])),
  };
}

/** How far two colours are apart, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** `colour`, moved towards `end` until it can be read on `ground`. */
function readable(colour: Rgb, ground: Rgb, end: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, end, share);
    if (contrast(mixed, ground) >= ENOUGH) return mixed;
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
