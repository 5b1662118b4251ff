/** Rows that come with the row they belong to: a cart to put them together, and what was sent with a row. */
import { useId, useState } from "react";
import { leftOf, useCart } from "./cart";
import { useApp } from "./context";
import { Button, Empty } from "./controls";
import { BOX } from "./input";
import { useTable, type Table, type Values } from "./store";
import { TotalValue, useReadableTotals } from "./table";
import { totalOf } from "./attention";
import { titleOf, useShown } from "./titles";
import type { Entity, Field, Lines, Page, Row } from "./types";
import { shownNumber } from "./values";

/** The lines of an entity with what they are about. */
export interface Parts {
  lines: Lines;
  /** The entity of the lines. */
  own: Entity;
  of: Field;
  count: Field;
  goods: Entity;
  /** What one of the goods costs. */
  price: Field | undefined;
}

/** What comes with rows of `entity`, if anything does. */
export function partsOf(entity: Entity, entities: Entity[]): Parts | undefined {
  const { lines } = entity;
  const own = entities.find(({ id }) => id === lines?.entity);
  const field = (id: string | undefined) => own?.fields.find((one) => one.id === id);
  const [of, count] = [field(lines?.of), field(lines?.count)];
  const kind = of?.kind;
  const goods = kind?.type === "ref" ? entities.find(({ id }) => id === kind.entity) : undefined;
  const price = goods?.fields.find(({ id }) => id === lines?.price);
  return lines && own && of && count && goods ? { lines, own, of, count, goods, price } : undefined;
}

/** What a cart sends: a line for each of the goods that are still there. */
export function linesOf(parts: Parts, counts: ReadonlyMap<number, number>, goods: Row[]): Values[] {
  const there = [...counts].filter(([id]) => goods.some((row) => row.id === id));
  return there.map(([id, count]) => ({ [parts.of.id]: id, [parts.count.id]: count }));
}

/** Puts one of `row` into the cart of what is added on `page`, and leads there. */
export function IntoCart({ page, added, goods, row }: { page: Page; added: Entity; goods: Entity; row: Row }) {
  const { words, announce } = useApp();
  const cart = useCart(added.id);
  const title = titleOf(goods, row);
  const count = cart.counts.get(row.id) ?? 0;
  const left = leftOf(goods, row);
  const put = () => {
    cart.set(row.id, count + 1);
    announce(`${title}: ${words.inCart(count + 1)}`);
  };
  return (
    <>
      <Button small look="main" disabled={left !== undefined && count >= left} aria-label={words.intoCartOf(title)} onClick={put}>{words.intoCart}</Button>
      {count > 0 && <a href={`#${page.id}`} aria-label={`${title}: ${words.inCart(count)}`} className="inline-flex min-h-8 items-center text-sm text-accent-ink underline">{words.inCart(count)}</a>}
    </>
  );
}

/** The cart: what is in it, how many of each, and what it comes to. */
export function CartLines({ entity, parts, table }: { entity: Entity; parts: Parts; table: Table }) {
  const { words, language } = useApp();
  const cart = useCart(entity.id);
  const goods = table.rows ?? [];
  const taken = goods.filter((row) => cart.counts.has(row.id));
  const amount = (row: Row) => Number(row.values[parts.price?.id ?? ""] ?? 0) * (cart.counts.get(row.id) ?? 0);
  const money = (value: number) => parts.price && shownNumber(parts.price.kind, value, language, words);
  return (
    <section aria-label={words.cart} className="flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{words.cart}</h2>
      {taken.length === 0 && <Empty>{words.emptyCart}</Empty>}
      <ul className="flex flex-col gap-2">
        {taken.map((row) => (
          <CartLine key={row.id} parts={parts} row={row} count={cart.counts.get(row.id) ?? 0} amount={money(amount(row))} set={(count) => cart.set(row.id, count)} />
        ))}
      </ul>
      {parts.price && taken.length > 0 && <p aria-live="polite" className="text-end font-semibold">{words.total}: {money(taken.reduce((all, row) => all + amount(row), 0))}</p>}
      <AddLine parts={parts} rows={goods.filter((row) => !cart.counts.has(row.id) && leftOf(parts.goods, row) !== 0)} add={(id) => cart.set(id, 1)} />
    </section>
  );
}

interface LineProps {
  parts: Parts;
  row: Row;
  count: number;
  amount: string | undefined;
  set: (count: number) => void;
}

function CartLine({ parts, row, count, amount, set }: LineProps) {
  const { words } = useApp();
  // While somebody types, the box may be empty.
  const [text, setText] = useState(String(count));
  const title = titleOf(parts.goods, row);
  const change = (next: string) => {
    setText(next);
    if (/^[1-9]\d{0,8}$/.test(next)) set(Number(next));
  };
  return (
    <li className="flex flex-wrap items-center gap-3 rounded-xl border border-rule bg-raised p-3">
      <span dir="auto" className="min-w-32 grow font-medium break-words">{title}</span>
      <input type="number" inputMode="numeric" min={1} max={leftOf(parts.goods, row)} step={1} aria-label={`${parts.count.label}: ${title}`} value={text} onChange={(event) => change(event.target.value)} onBlur={() => setText(String(count))} className={`${BOX} max-w-24`} />
      {amount !== undefined && <span dir="auto" className="min-w-20 text-end tabular-nums">{amount}</span>}
      <Button small aria-label={words.takeOut(title)} onClick={() => set(0)}><span aria-hidden="true">×</span></Button>
    </li>
  );
}

/** Something else for the cart, by its name. */
function AddLine({ parts, rows, add }: { parts: Parts; rows: Row[]; add: (id: number) => void }) {
  const { words } = useApp();
  const id = useId();
  const [chosen, setChosen] = useState("");
  if (rows.length === 0) return null;
  const put = () => {
    if (rows.some((row) => String(row.id) === chosen)) add(Number(chosen));
    setChosen("");
  };
  return (
    <div className="flex flex-wrap items-end gap-2">
      <label htmlFor={id} dir="auto" className="flex min-w-48 grow flex-col gap-1 text-sm font-medium">
        {parts.of.label}
        <select id={id} value={chosen} onChange={(event) => setChosen(event.target.value)} className={BOX}>
          <option value="">{words.choose}</option>
          {rows.map((row) => <option key={row.id} value={row.id}>{titleOf(parts.goods, row)}</option>)}
        </select>
      </label>
      <Button disabled={chosen === ""} onClick={put}>{words.intoCart}</Button>
    </div>
  );
}

/** What was sent with a row, and what it comes to; nothing for rows that come alone. */
export function LinesOf({ entity, row }: { entity: Entity; row: Row }) {
  const { entities } = useApp();
  const parts = partsOf(entity, entities);
  return parts ? <Listed entity={entity} parts={parts} row={row} /> : null;
}

function Listed({ entity, parts, row }: { entity: Entity; parts: Parts; row: Row }) {
  const table = useTable(parts.own);
  const shown = useShown(table.rowsOf);
  const totals = useReadableTotals(entity).filter(({ of }) => of === parts.own.id);
  const lines = (table.rows ?? []).filter((line) => line.values[parts.lines.field] === row.id);
  const amount = parts.own.fields.find(({ id }) => totals.some(({ sum }) => sum === id));
  if (lines.length === 0) return null;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <ul aria-label={parts.own.plural} className="flex flex-col gap-1">
        {lines.map((line) => (
          <li key={line.id} className="flex flex-wrap justify-between gap-x-4">
            <span dir="auto" className="min-w-0 break-words">{shown(parts.count, line)} × {shown(parts.of, line)}</span>
            {amount && <span dir="auto" className="tabular-nums">{shown(amount, line)}</span>}
          </li>
        ))}
      </ul>
      {totals.map((total) => (
        <p key={total.id} dir="auto" className="text-end font-semibold">{total.label}: <TotalValue total={total} value={totalOf(total, row, table.rowsOf)} /></p>
      ))}
    </div>
  );
}
