/** How a value looks on a page: what can be called, written to or opened is a link; what is a share is a bar. */
import { inkOn } from "./colour";
import { useApp } from "./context";
import { Icon } from "./icons";
import { useShown } from "./titles";
import type { Field, Row, Value } from "./types";

interface ValueProps {
  field: Field;
  row: Row;
  rowsOf: (entity: string) => Row[];
}

const LINK = "inline-flex min-h-6 max-w-full items-center gap-1 text-accent-ink underline";
/** Where such a text may be broken to fit. */
const BREAKS = { email: "break-all", url: "break-all", phone: "whitespace-nowrap", place: "break-words" };

/** A row's value in a field; a dash where there is none. */
export function FieldValue({ field, row, rowsOf }: ValueProps) {
  const shown = useShown(rowsOf);
  const value = row.values[field.id];
  if (value === undefined || value === "") return <span>–</span>;
  return <Look field={field} value={value} text={shown(field, row)} />;
}

interface LookProps {
  field: Field;
  value: Value;
  text: string;
}

function Look({ field, value, text }: LookProps) {
  const { kind } = field;
  switch (kind.type) {
    case "email":
      return <Linked kind="email" href={`mailto:${encodeURIComponent(text).replace("%40", "@")}`} text={text} />;
    case "phone":
      return <Linked kind="phone" href={`tel:${text.replace(/[^+0-9]/g, "")}`} text={text} />;
    case "url":
      // Only addresses of the web: a link may come from anybody.
      return /^https?:\/\//i.test(text) ? <Linked kind="url" href={text} text={text.replace(/^https?:\/\//i, "")} away /> : <Plain text={text} />;
    case "place":
      return <Linked kind="place" href={`https://www.openstreetmap.org/search?query=${encodeURIComponent(text)}`} text={text} away />;
    case "rating":
      return <Stars count={Number(value)} of={kind.max} />;
    case "percentage":
      return <Bar share={Number(value)} text={text} />;
    case "choice":
      return <Badge text={text} />;
    case "colour":
      return <Swatch colour={text} />;
    case "picture":
      return <Picture url={String(value)} title={field.label} className="size-14 rounded-lg object-cover" />;
    case "date":
    case "dateTime":
    case "time":
    case "money":
      return <span dir="auto" className="whitespace-nowrap">{text}</span>;
    default:
      return <Plain text={text} />;
  }
}

function Plain({ text }: { text: string }) {
  return <span dir="auto" className="min-w-0 break-words whitespace-pre-line">{text}</span>;
}

function Linked({ kind, href, text, away = false }: { kind: "email" | "phone" | "url" | "place"; href: string; text: string; away?: boolean }) {
  const target = away ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return (
    <a href={href} {...target} className={LINK}>
      <Icon of={kind} />
      <span dir={kind === "place" ? "auto" : "ltr"} className={`min-w-0 ${BREAKS[kind]}`}>{text}</span>
    </a>
  );
}

/** So many of so many stars. */
export function Stars({ count, of }: { count: number; of: number }) {
  const { words } = useApp();
  return (
    <span role="img" aria-label={words.stars(count, of)} className="whitespace-nowrap text-accent-ink">
      {"★".repeat(Math.max(0, count))}
      <span className="text-line">{"☆".repeat(Math.max(0, of - count))}</span>
    </span>
  );
}

/** A share of a hundred. */
export function Bar({ share, text }: { share: number; text: string }) {
  return (
    <span className="inline-flex min-w-28 items-center gap-2">
      <span aria-hidden="true" className="h-2 grow overflow-hidden rounded-full bg-rule">
        <span className="block h-full bg-accent" style={{ width: `${Math.min(100, Math.max(0, share))}%` }} />
      </span>
      {text}
    </span>
  );
}

/** A state. */
export function Badge({ text }: { text: string }) {
  return <span dir="auto" className="inline-block max-w-full rounded-full border border-line px-2 py-0.5 text-sm break-words">{text}</span>;
}

function Swatch({ colour }: { colour: string }) {
  // A value that is no colour must not become a piece of style.
  const style = /^#[0-9a-f]{6}$/i.test(colour) ? { background: colour, color: inkOn(colour) } : {};
  return <span className="inline-block rounded-md border border-line px-2 py-0.5 font-mono text-sm" style={style}>{colour}</span>;
}

/** A picture that is kept in a row; nothing where the value is none. */
export function Picture({ url, title, className = "" }: { url: string; title: string; className?: string }) {
  if (!/^data:image\/(png|jpeg|webp|gif|avif);/.test(url)) return null;
  return <img src={url} alt={title} className={className} />;
}

/** A row's title, leading to the row's own page; with `whole`, a press anywhere on the card around it does. */
export function TitleLink({ to, title, whole = false }: { to: string; title: string; whole?: boolean }) {
  const look = whole ? "after:absolute after:inset-0 hover:underline" : "underline decoration-line";
  return <a href={to} dir="auto" className={`inline-block min-h-6 min-w-6 break-words underline-offset-2 ${look}`}>{title}</a>;
}

/** What needs attention in a row. */
export function Marks({ marks }: { marks: string[] }) {
  if (marks.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1">
      {marks.map((mark) => (
        <li key={mark} dir="auto" className="inline-flex items-center gap-1 rounded-full border border-danger px-2 py-0.5 text-sm text-danger">
          <Icon of="alert" />
          {mark}
        </li>
      ))}
    </ul>
  );
}
