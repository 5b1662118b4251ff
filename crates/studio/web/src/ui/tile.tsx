/**
 * An app's sign: the first letter of its title on a colour that follows from its name, so that it stays the same.
 */

/** Twelve hues that hold white letters at 4.5 : 1 with the lightness given in the styles. */
const HUES = [12, 35, 55, 150, 172, 195, 220, 245, 266, 292, 322, 345];

export function Tile({ app, title, size = 40 }: { app: string; title: string; size?: number }) {
  let sum = 7;
  for (const character of app) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  const hue = HUES[sum % HUES.length];
  const letter = [...title.trim()][0]?.toLocaleUpperCase() ?? "·";
  return (
    <svg className="tile" width={size} height={size} viewBox="0 0 40 40" aria-hidden="true">
      <rect width="40" height="40" rx="11" style={{ fill: `oklch(0.5 0.11 ${hue})` }} />
      <text x="20" y="20" dy="0.35em" textAnchor="middle">
        {letter}
      </text>
    </svg>
  );
}
