/** Columns by a choice, and rows that are moved between them: by a button, a menu, or by dragging. */
import { useEffect, useRef, useState, type DragEvent, type ReactNode } from "react";
import { useApp } from "./context";
import { Button, Problem } from "./controls";
import { Marks, TitleLink } from "./display";
import { Summary } from "./detail";
import { RowsPage, type PageByProps, type View } from "./frame";
import { nextOptions } from "./rights";
import { useMove } from "./steps";
import { LinesOf } from "./lines";
import { titleOf } from "./titles";
import type { Entity, Field, Option, Row } from "./types";
import { isSummed, shownNumber } from "./values";

/** More ways than these are a menu instead of buttons. */
const BUTTONS = 3;

/** The page. */
export function BoardPage({ by, ...props }: PageByProps) {
  return <RowsPage {...props}>{(view) => <Board view={view} by={by} />}</RowsPage>;
}

function Board({ view, by }: { view: View; by: string }) {
  const { words, standing } = useApp();
  const { action, move: set } = useMove(view.entity);
  const area = useRef<HTMLDivElement>(null);
  const moved = useRef<number>(undefined);
  const [dragged, setDragged] = useState<Row>();
  // The button that was pressed goes with its column: the focus follows the row.
  useEffect(() => {
    if (moved.current === undefined || document.activeElement !== document.body) return;
    area.current?.querySelector<HTMLElement>(`[data-row="${moved.current}"] a`)?.focus();
    moved.current = undefined;
  });
  const field = view.entity.fields.find(({ id }) => id === by);
  if (field?.kind.type !== "choice") return null;
  const { options } = field.kind;
  const move = (row: Row, to: string) => {
    moved.current = row.id;
    void set(row, field, to);
  };
  const next = (row: Row) => nextOptions(view.entity, field, row, standing, view.table.find);
  const loose = view.rows.filter((row) => !options.some(({ id }) => id === row.values[by]));
  const columns = [...(loose.length > 0 ? [{ id: "", label: words.without }] : []), ...options];
  const rowsIn = (column: Option) => (column.id === "" ? loose : view.rows.filter((row) => row.values[by] === column.id));
  const drop = (column: Option) => {
    setDragged(undefined);
    if (dragged && next(dragged).some(({ id }) => id === column.id)) move(dragged, column.id);
  };
  return (
    <>
      {action.problem && <Problem>{action.problem}</Problem>}
      <div ref={area} role="region" aria-label={field.label} tabIndex={0} className="flex flex-col gap-4 sm:flex-row sm:overflow-x-auto sm:pb-3">
        {columns.map((column) => (
          <Column key={column.id} entity={view.entity} column={column} rows={rowsIn(column)} welcomes={dragged !== undefined && next(dragged).some(({ id }) => id === column.id)} drop={() => drop(column)}>
            {(row) => (
              <Card view={view} row={row} field={field} drag={setDragged}>
                <Ways row={row} entity={view.entity} options={next(row)} busy={action.running} move={(to) => move(row, to)} />
              </Card>
            )}
          </Column>
        ))}
      </div>
    </>
  );
}

interface ColumnProps {
  entity: Entity;
  column: Option;
  rows: Row[];
  /** Whether what is dragged may come here. */
  welcomes: boolean;
  drop: () => void;
  children: (row: Row) => ReactNode;
}

function Column({ entity, column, rows, welcomes, drop, children }: ColumnProps) {
  const { words } = useApp();
  const over = (event: DragEvent) => {
    if (welcomes) event.preventDefault();
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    drop();
  };
  return (
    <section aria-label={column.label} onDragOver={over} onDrop={dropped} className={`flex min-w-0 flex-col gap-3 rounded-xl border p-3 sm:min-w-56 sm:flex-1 ${welcomes ? "border-accent-ink" : "border-rule"}`}>
      <header>
        <h2 dir="auto" className="font-semibold break-words">{column.label}</h2>
        <p className="text-sm text-muted">{words.rows(rows.length)}</p>
        <Sums entity={entity} rows={rows} />
      </header>
      <ul className="flex flex-col gap-3">
        {rows.map((row) => <li key={row.id}>{children(row)}</li>)}
      </ul>
    </section>
  );
}

/** What the rows of a column come to. */
function Sums({ entity, rows }: { entity: Entity; rows: Row[] }) {
  const { words, language } = useApp();
  const summed = entity.fields.filter(({ kind }) => isSummed(kind));
  const sum = (field: Field) => rows.reduce((all, row) => all + Number(row.values[field.id] ?? 0), 0);
  if (rows.length === 0) return null;
  return summed.map((field) => (
    <p key={field.id} dir="auto" className="text-sm text-muted">{field.label}: {shownNumber(field.kind, sum(field), language, words)}</p>
  ));
}

interface CardProps {
  view: View;
  row: Row;
  field: Field;
  drag: (row: Row | undefined) => void;
  children: ReactNode;
}

function Card({ view, row, field, drag, children }: CardProps) {
  // What the column says need not stand on each card again.
  const entity = { ...view.entity, fields: view.entity.fields.filter(({ id }) => id !== field.id) };
  return (
    <article data-row={row.id} draggable onDragStart={() => drag(row)} onDragEnd={() => drag(undefined)} className="flex flex-col gap-2 rounded-lg border border-rule bg-raised p-3">
      <h3 dir="auto" className="font-medium break-words">
        <TitleLink to={view.addressOf(row)} title={titleOf(view.entity, row)} />
      </h3>
      <Marks marks={view.marksOf(row)} />
      <Summary entity={entity} row={row} rowsOf={view.table.rowsOf} />
      <LinesOf entity={entity} row={row} />
      {children}
      {view.editing.actionsOf(row)}
    </article>
  );
}

interface WaysProps {
  entity: Entity;
  row: Row;
  options: Option[];
  busy: boolean;
  move: (to: string) => void;
}

/** Where a row may go from here. */
function Ways({ entity, row, options, busy, move }: WaysProps) {
  const { words } = useApp();
  const title = titleOf(entity, row);
  if (options.length > BUTTONS) {
    return (
      <select aria-label={words.moveOf(title)} value="" disabled={busy} className="min-h-8 rounded-lg border border-line bg-raised px-2 text-sm print:hidden" onChange={(event) => move(event.target.value)}>
        <option value="">{words.move}</option>
        {options.map(({ id, label }) => <option key={id} value={id}>{label}</option>)}
      </select>
    );
  }
  return (
    <div className="flex flex-wrap gap-2">
      {options.map(({ id, label }) => (
        <Button key={id} small disabled={busy} aria-label={words.moveTo(title, label)} onClick={() => move(id)}>
          <span aria-hidden="true" className="me-1 rtl:-scale-x-100">→</span>
          {label}
        </Button>
      ))}
    </div>
  );
}
