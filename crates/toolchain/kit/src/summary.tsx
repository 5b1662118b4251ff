/** Numbers over everything that the caller may read: counts, sums, and bars by choice and by month. */
import { useEffect, useId, useMemo } from "react";
import { countedBy, isRest, totalOf } from "./attention";
import { debts } from "./balance";
import { useApp, usePlace } from "./context";
import { Empty, Loading, Offline, PageHead, Paragraphs } from "./controls";
import { charts, sums, type Bar, type Chart } from "./figures";
import { fieldsToSee, grantOf, holds } from "./rights";
import { useStore } from "./store";
import { shownDay } from "./time";
import { titleOf } from "./titles";
import { TotalValue, useReadableTotals } from "./table";
import type { Condition, Entity, FieldKind, Row, Total } from "./types";
import { shownNumber } from "./values";

interface SummaryProps {
  /** Only this entity; absent: all. */
  entity?: Entity;
  by?: string;
  text?: string;
  onlyIf?: Condition;
}

/** The page. */
export function SummaryPage({ entity, by, text, onlyIf }: SummaryProps) {
  const { words, entities, standing } = useApp();
  const { page } = usePlace();
  const store = useStore();
  const readable = useMemo(() => (entity ? [entity] : entities).filter((one) => grantOf(one, standing).read), [entity, entities, standing]);
  useEffect(() => store.want(readable.map(({ id }) => id)), [store, readable]);
  const rowsOf = (one: Entity) => store.rows(one.id)?.filter((row) => !entity || holds(onlyIf, row));
  const waiting = readable.filter((one) => !store.rows(one.id));
  const missed = waiting.some(({ id }) => store.isMissed(id));
  return (
    <section className="flex flex-col gap-6">
      <PageHead title={page?.title ?? words.summary} />
      {text && <Paragraphs text={text} />}
      {readable.length === 0 && <Empty>{words.nothingForYou}</Empty>}
      {missed && <Offline retry={() => void store.read()} />}
      {!missed && waiting.length > 0 && <Loading />}
      {readable.map((one) => {
        const rows = rowsOf(one);
        return rows && <Part key={one.id} entity={one} rows={rows} by={by} />;
      })}
    </section>
  );
}

function Part({ entity: whole, rows, by }: { entity: Entity; rows: Row[]; by: string | undefined }) {
  const { language, words, entities, standing } = useApp();
  const entity = { ...whole, fields: fieldsToSee(whole, standing) };
  const rests = useReadableTotals(whole).filter(isRest);
  const count = new Intl.NumberFormat(language).format(rows.length);
  return (
    <section aria-label={entity.plural} className="flex flex-col gap-3">
      <h2 dir="auto" className="text-lg font-semibold">{entity.plural}</h2>
      <dl className="flex flex-wrap gap-3">
        <Figure label={words.count} value={count} />
        {sums(entity, rows, entities).map(({ field, sum }) => <Figure key={field.id} label={field.label} value={shownNumber(field.kind, sum, language, words)} />)}
      </dl>
      {rests.map((total) => <Rests key={total.id} entity={entity} total={total} rows={rows} />)}
      {whole.balance && <Debts entity={whole} kind={whole.balance} rows={rows} />}
      <div className="grid gap-4 md:grid-cols-2">
        {charts(entity, rows, by).map((chart) => <Bars key={chart.by} chart={chart} />)}
      </div>
    </section>
  );
}

/** Of which rows something is left of an amount, the most first: who is still owed, or still owes. */
function Rests({ entity, total, rows }: { entity: Entity; total: Total; rows: Row[] }) {
  const { words } = useApp();
  const store = useStore();
  const rowsOf = (id: string) => store.rows(id) ?? [];
  const known = countedBy(total).every((id) => store.rows(id));
  const open = rows.map((row) => ({ row, value: totalOf(total, row, rowsOf) })).filter(({ value }) => value > 0);
  if (!known) return null;
  if (open.length === 0) return <p className="text-muted">{words.allEven}</p>;
  return (
    <section aria-label={total.label} className="flex flex-col gap-2">
      <h3 dir="auto" className="font-medium">{total.label}: <TotalValue total={total} value={open.reduce((all, { value }) => all + value, 0)} /></h3>
      <ul className="flex flex-col gap-2">
        {open.sort((a, b) => b.value - a.value || a.row.id - b.row.id).map(({ row, value }) => (
          <li key={row.id} className="flex justify-between gap-3 rounded-xl border border-rule bg-raised p-3"><span dir="auto">{titleOf(entity, row)}</span> <TotalValue total={total} value={value} /></li>
        ))}
      </ul>
    </section>
  );
}

/** Who pays whom, so that all are even. */
function Debts({ entity, kind, rows }: { entity: Entity; kind: FieldKind; rows: Row[] }) {
  const { words, language } = useApp();
  const nameOf = (id: number) => rows.filter((row) => row.id === id).map((row) => titleOf(entity, row)).join("");
  const open = debts(rows.map(({ id, balance = 0 }) => ({ id, balance })));
  if (open.length === 0) return <p className="text-muted">{words.allEven}</p>;
  return (
    <ul aria-label={words.balance} className="flex flex-col gap-2">
      {open.map(({ from, to, amount }) => (
        <li key={`${from} ${to}`} className="rounded-xl border border-rule bg-raised p-3">{words.owes(nameOf(from), nameOf(to), shownNumber(kind, amount, language, words))}</li>
      ))}
    </ul>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex min-w-32 flex-col rounded-xl border border-rule bg-raised p-4">
      <dt dir="auto" className="text-sm text-muted">{label}</dt>
      <dd className="text-2xl font-bold">{value}</dd>
    </div>
  );
}

/** The drawing of a bar, in its own units. */
const HEIGHT = 8;
const WIDTH = 400;

/** Bars as a drawing, and the same numbers as a table. */
function Bars({ chart }: { chart: Chart }) {
  const { words } = useApp();
  const nameOf = useBarNames(chart);
  const heading = useId();
  const { bars, field } = chart;
  const most = Math.max(...bars.map(({ count }) => count));
  return (
    <figure className="flex min-w-0 flex-col gap-2 rounded-xl border border-rule bg-raised p-4">
      <figcaption id={heading} dir="auto" className="font-medium">{field?.label ?? words.made}</figcaption>
      <ul aria-hidden="true" className="flex flex-col gap-2 text-sm">
        {bars.map((bar) => (
          <li key={bar.key}>
            <span className="flex justify-between gap-2"><span dir="auto" className="min-w-0 break-words">{nameOf(bar)}</span><span>{bar.count}</span></span>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="h-2 w-full rtl:-scale-x-100">
              <rect width={WIDTH} height={HEIGHT} className="fill-rule" />
              <rect width={(WIDTH * bar.count) / most} height={HEIGHT} className="fill-accent" />
            </svg>
          </li>
        ))}
      </ul>
      <table aria-labelledby={heading} className="sr-only">
        <thead>
          <tr><th scope="col">{field?.label ?? words.made}</th><th scope="col">{words.count}</th></tr>
        </thead>
        <tbody>
          {bars.map((bar) => <tr key={bar.key}><th scope="row">{nameOf(bar)}</th><td>{bar.count}</td></tr>)}
        </tbody>
      </table>
    </figure>
  );
}

function useBarNames({ field }: Chart): (bar: Bar) => string {
  const { words, language } = useApp();
  return ({ key }) => {
    if (key === "") return words.without;
    if (field?.kind.type === "choice") return field.kind.options.find(({ id }) => id === key)?.label ?? key;
    if (field?.kind.type === "yesNo") return key === "true" ? words.yes : words.no;
    return shownDay(`${key}-01`, language, { month: "long", year: "numeric" });
  };
}
