/** Tables as text: reading what spreadsheets write, and writing what they read (RFC 4180). Pure. */

/** Signs that a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?[\d.,\s]+$/;

/** The lines of a text, each in cells; the separator is the one that the first line has most of. */
export function parsed(text: string): string[][] {
  const clean = text.replace(/^\ufeff/, "");
  const separator = separatorOf(clean);
  const lines: string[][] = [[]];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    lines.at(-1)?.push(cell);
    cell = "";
  };
  for (let at = 0; at < clean.length; at += 1) {
    const sign = clean.charAt(at);
    if (quoted && sign === '"' && clean.charAt(at + 1) === '"') {
      cell += '"';
      at += 1;
    } else if (sign === '"' && (quoted || cell === "")) quoted = !quoted;
    else if (!quoted && sign === separator) endCell();
    else if (!quoted && sign === "\n") {
      endCell();
      lines.push([]);
    } else if (quoted || sign !== "\r") cell += sign;
  }
  endCell();
  return lines.filter((line) => line.some((one) => one.trim() !== ""));
}

function separatorOf(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  const count = (sign: string) => first.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** The text of a table; cells that a spreadsheet would run as a formula are marked as words. */
export function written(lines: string[][]): string {
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
