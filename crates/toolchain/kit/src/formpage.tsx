/** Nothing but the form for a new row; then thanks, and what was sent. */
import { useState, type ReactNode } from "react";
import { useCart } from "./cart";
import { useApp, usePlace } from "./context";
import { Button, Empty, PageHead, Paragraphs } from "./controls";
import { Summary } from "./detail";
import { RowForm } from "./form";
import { deedOf } from "./hero";
import { CartLines, LinesOf, linesOf, partsOf } from "./lines";
import { fieldsToFill, grantOf, isMine } from "./rights";
import { Moves } from "./steps";
import { useTable, type Values } from "./store";
import { titleOf } from "./titles";
import type { Entity, Field, Row } from "./types";
import { Unreadable } from "./values";

/** The page. */
export function FormPage({ entity, text }: { entity: Entity; text?: string }) {
  const { words, entities, standing, store } = useApp();
  const { page, start } = usePlace();
  const table = useTable(entity);
  const parts = partsOf(entity, entities);
  const goods = useTable(parts?.goods ?? entity);
  const cart = useCart(entity.id);
  const fields = fieldsToFill(entity, standing);
  const [sent, setSent] = useState<Row>();
  const send = async (values: Values) => {
    const lines = parts && linesOf(parts, cart.counts, goods.rows ?? []);
    if (lines?.length === 0) throw new Unreadable(words.emptyCart);
    setSent(await store.create(entity, values, lines));
    cart.clear();
  };
  const mine = (table.rows ?? []).filter((row) => row.id !== sent?.id && isMine(entity, row, standing, table.find));
  return (
    <section className="mx-auto flex w-full max-w-xl flex-col gap-5">
      <PageHead title={page ? deedOf(page, entities) : entity.label} />
      {text && <Paragraphs text={text} />}
      {!grantOf(entity, standing).create && <Empty>{words.nothingForYou}</Empty>}
      {grantOf(entity, standing).create && !sent && parts && <CartLines entity={entity} parts={parts} table={goods} />}
      {grantOf(entity, standing).create && !sent && <RowForm entity={entity} fields={fields} start={only(start, fields)} table={table} submitLabel={words.send} answering submit={send} />}
      {sent && <Thanks entity={entity} row={sent} rowsOf={table.rowsOf} again={() => setSent(undefined)} />}
      {mine.length > 0 && <Earlier entity={entity} rows={mine} rowsOf={table.rowsOf}>{(row) => <Moves entity={entity} row={row} table={table} />}</Earlier>}
    </section>
  );
}

/** What an address says of the fields that are asked; it is not believed about others. */
function only(start: Record<string, number>, fields: Field[]): Values {
  return Object.fromEntries(Object.entries(start).filter(([id]) => fields.some((field) => field.id === id && field.kind.type === "ref")));
}

interface ThanksProps {
  entity: Entity;
  row: Row;
  rowsOf: (entity: string) => Row[];
  again: () => void;
}

/** Says that a row was taken, and what it says. */
export function Thanks({ entity, row, rowsOf, again }: ThanksProps) {
  const { words } = useApp();
  return (
    <div className="flex flex-col gap-4">
      <div role="status" className="flex flex-col gap-3 rounded-xl border border-accent-ink p-4">
        <p className="text-lg font-semibold">{words.received}</p>
        <p dir="auto" className="font-medium break-words">{titleOf(entity, row)}</p>
        <Summary entity={entity} row={row} rowsOf={rowsOf} />
        <LinesOf entity={entity} row={row} />
      </div>
      <Button className="self-start" onClick={again}>{words.another}</Button>
    </div>
  );
}

/** What the caller sent before. */
export function Earlier({ entity, rows, rowsOf, children }: { entity: Entity; rows: Row[]; rowsOf: (entity: string) => Row[]; children?: (row: Row) => ReactNode }) {
  const { words } = useApp();
  return (
    <section aria-label={words.sentByYou} className="flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{words.sentByYou}</h2>
      <ul className="flex flex-col gap-3">
        {rows.map((row) => (
          <li key={row.id} className="flex flex-col gap-2 rounded-xl border border-rule bg-raised p-4">
            <p dir="auto" className="font-medium break-words">{titleOf(entity, row)}</p>
            <Summary entity={entity} row={row} rowsOf={rowsOf} />
            <LinesOf entity={entity} row={row} />
            {children?.(row)}
          </li>
        ))}
      </ul>
    </section>
  );
}
