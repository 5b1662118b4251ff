/**
 * One value as its kind is best read: numbers in groups, times as the calendar has them, principals short with a way
 * to copy them, choices in words, and what is nested folded away.
 */
import { useState, type ReactNode } from "react";
import type { ColumnKind } from "../api";
import { instant, locale, moment, t } from "../texts";
import { announce } from "../ui/announcer";
import { Icon } from "../ui/icons";
import { grouped, isBlob, isRecord, line, shortened, titleOf, words } from "./value";

/** Longer texts are folded. */
const TEXT_MAX = 240;
/** Texts that stay on one line of a table. */
const SHORT = 24;
/** Nested values that fit in a line of this many characters are one. */
const LINE_MAX = 60;
/** Elements of a nested list that are shown. */
const NESTED_MAX = 100;

interface Shown {
  value: unknown;
  kind: ColumnKind;
  /** A key, or a number that counts nothing: without groups. */
  plain?: boolean;
}

export function Cell({ value, kind, plain = false }: Shown): ReactNode {
  if (value === null || value === undefined || value === "") return <Empty />;
  switch (kind) {
    case "whole":
      return plain ? String(value) : grouped(String(value));
    case "float":
      return typeof value === "number" ? value.toLocaleString(locale, { maximumFractionDigits: 12 }) : String(value);
    case "time":
      return <Time ns={String(value)} />;
    case "principal":
      return <Principal id={String(value)} />;
    case "choice":
      return <span className="badge">{line(value)}</span>;
    case "text":
      return <Text text={String(value)} />;
    case "bool":
    case "blob":
      return line(value);
    default:
      return <Nested value={value} />;
  }
}

function Empty() {
  return (
    <span className="quiet">
      <span aria-hidden="true">–</span>
      <span className="unseen">{t.data.empty}</span>
    </span>
  );
}

function Time({ ns }: { ns: string }) {
  const at = instant(ns);
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {moment(ns)}
    </time>
  );
}

function Principal({ id }: { id: string }) {
  const copy = () =>
    navigator.clipboard.writeText(id).then(
      () => announce(t.copied),
      () => announce(t.copyFailed),
    );
  return (
    <span className="principal" title={id}>
      <code>{shortened(id)}</code>
      <button type="button" className="copy-button" aria-label={t.data.copyPrincipal(shortened(id))} onClick={() => void copy()}>
        <Icon name="copy" size={15} />
      </button>
    </span>
  );
}

function Text({ text }: { text: string }) {
  if (text.length <= TEXT_MAX) return <span className={text.length <= SHORT ? "text-cell short" : "text-cell"}>{text}</span>;
  return (
    <Folded summary={`${text.slice(0, LINE_MAX)}…`}>
      <span className="text-cell">{text}</span>
    </Folded>
  );
}

function Nested({ value }: { value: unknown }) {
  const inOneLine = line(value);
  if (inOneLine.length <= LINE_MAX || !(Array.isArray(value) || isRecord(value))) return <Text text={inOneLine} />;
  const summary = Array.isArray(value) ? t.data.rows(value.length) : `${inOneLine.slice(0, LINE_MAX)}…`;
  return (
    <Folded summary={summary}>
      <Inside value={value} />
    </Folded>
  );
}

/** What is in a list or a record, one line each. */
function Inside({ value }: { value: unknown[] | Record<string, unknown> }) {
  if (Array.isArray(value)) {
    return (
      <ul className="nested">
        {value.slice(0, NESTED_MAX).map((inner, index) => (
          <li key={index}>
            <Nested value={inner} />
          </li>
        ))}
        {value.length > NESTED_MAX && <li className="quiet">{t.data.leftOut(value.length - NESTED_MAX)}</li>}
      </ul>
    );
  }
  if (isBlob(value)) return line(value);
  return (
    <dl className="nested">
      {Object.entries(value).map(([name, inner]) => (
        <div key={name}>
          <dt>{name.startsWith("#") ? words(name.slice(1)) : titleOf(name)}</dt>
          <dd>
            <Nested value={inner} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Drawn only once it is opened: a page may have thousands of them. */
function Folded({ summary, children }: { summary: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="engineer" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {open && children}
    </details>
  );
}
