/** Rows in a table: find, sort, add, change, delete, invite; sums below. On narrow screens each row is a card. */
import { useMemo, useState } from "react";
import { useApp } from "./context";
import { Empty, Loading, Offline, PageHead } from "./controls";
import { useEditing, type Editing } from "./editing";
import { useReferences, useRows } from "./rows";
import { useShown } from "./titles";
import type { Entity, Field, Row, Value } from "./types";
import { isSummed, shownNumber } from "./values";

interface Sort {
  field: string;
  descending: boolean;
}

const CELL = "px-3 py-2 text-left align-middle max-sm:flex max-sm:gap-2 max-sm:px-0 max-sm:py-1";

/** The page. */
export function TablePage({ entity }: { entity: Entity }) {
  const { words } = useApp();
  const table = useRows(entity);
  const references = useReferences(entity);
  const [query, setQuery] = useState("");
  const changed = async () => {
    await Promise.all([table.reload(), references.reload()]);
  };
  const editing = useEditing(entity, references.rowsOf, changed);
  const shown = useShown(references.rowsOf);
  const rows = table.rows?.filter((row) => matches(entity, row, query, shown));
  return (
    <section className="flex flex-col gap-4">
      <PageHead title={entity.plural} note={table.rows ? words.rows(table.rows.length) : ""}>
        {editing.addButton}
      </PageHead>
      {table.failed && <Offline retry={() => void changed()} />}
      {!rows && !table.failed && <Loading />}
      {table.rows && table.rows.length > 5 && (
        <input type="search" aria-label={words.search} placeholder={words.search} value={query} dir="auto" className="min-h-10 w-full rounded-lg border border-line bg-raised px-3 py-2 sm:max-w-sm" onChange={(event) => setQuery(event.target.value)} />
      )}
      {table.rows?.length === 0 && <Empty>{words.empty}</Empty>}
      {rows?.length === 0 && table.rows?.length !== 0 && <Empty>{words.noMatch}</Empty>}
      {rows && rows.length > 0 && <Rows entity={entity} rows={rows} editing={editing} shown={shown} />}
      {editing.dialog}
    </section>
  );
}

function matches(entity: Entity, row: Row, query: string, shown: (field: Field, row: Row) => string): boolean {
  const wanted = query.trim().toLocaleLowerCase();
  return wanted === "" || entity.fields.some((field) => shown(field, row).toLocaleLowerCase().includes(wanted));
}

interface RowsProps {
  entity: Entity;
  rows: Row[];
  editing: Editing;
  shown: (field: Field, row: Row) => string;
}

function Rows({ entity, rows, editing, shown }: RowsProps) {
  const { words, language } = useApp();
  const [sort, setSort] = useState<Sort>();
  const sorted = useMemo(() => (sort ? sortedBy(entity, rows, sort, shown, language) : rows), [entity, rows, sort, shown, language]);
  const turn = (field: string) => setSort((before) => ({ field, descending: before?.field === field && !before.descending }));
  // The roles are said in words, since narrow screens lay the table out as blocks.
  return (
    <div className="rounded-xl border border-rule bg-raised sm:overflow-x-auto">
      <table role="table" className="w-full text-sm max-sm:block">
        <caption className="sr-only">{entity.plural}</caption>
        <thead role="rowgroup" className="border-b border-rule max-sm:sr-only">
          <tr role="row">
            {entity.fields.map((field) => (
              <Heading key={field.id} field={field} sort={sort} turn={turn} />
            ))}
            {entity.places && <th role="columnheader" scope="col" className={CELL}>{words.free}</th>}
            {editing.hasActions && <th role="columnheader" scope="col" className={CELL}><span className="sr-only">{words.actions}</span></th>}
          </tr>
        </thead>
        <tbody role="rowgroup" className="max-sm:block">
          {sorted.map((row) => (
            <TableRow key={row.id} entity={entity} row={row} editing={editing} shown={shown} />
          ))}
        </tbody>
        <Sums entity={entity} rows={rows} columns={(entity.places ? 1 : 0) + (editing.hasActions ? 1 : 0)} />
      </table>
    </div>
  );
}

function Heading({ field, sort, turn }: { field: Field; sort: Sort | undefined; turn: (field: string) => void }) {
  const order = sort?.field !== field.id ? "none" : sort.descending ? "descending" : "ascending";
  const sign = { none: "", ascending: " ▲", descending: " ▼" }[order];
  return (
    <th role="columnheader" scope="col" aria-sort={order} className="px-1 py-1 text-left">
      <button type="button" dir="auto" className="min-h-8 rounded px-2 py-1 font-semibold" onClick={() => turn(field.id)}>
        {field.label}
        <span aria-hidden="true">{sign}</span>
      </button>
    </th>
  );
}

function TableRow({ entity, row, editing, shown }: { entity: Entity; row: Row; editing: Editing; shown: RowsProps["shown"] }) {
  const { words } = useApp();
  return (
    <tr role="row" className="border-b border-rule last:border-0 max-sm:block max-sm:p-3">
      {entity.fields.map((field) => (
        <td key={field.id} role="cell" className={row.values[field.id] === undefined ? `${CELL} max-sm:hidden` : CELL}>
          <span aria-hidden="true" dir="auto" className="w-2/5 shrink-0 text-muted sm:hidden">{field.label}</span>
          <span dir="auto" className="min-w-0 break-words whitespace-pre-line">{shown(field, row) || "–"}</span>
        </td>
      ))}
      {entity.places && (
        <td role="cell" className={CELL}>
          <span aria-hidden="true" className="w-2/5 shrink-0 text-muted sm:hidden">{words.free}</span>
          <Places entity={entity} row={row} />
        </td>
      )}
      {editing.hasActions && <td role="cell" className={CELL}>{editing.actionsOf(row)}</td>}
    </tr>
  );
}

/** How many of a row's places are free. */
export function Places({ entity, row }: { entity: Entity; row: Row }) {
  const { words } = useApp();
  const limit = entity.places === undefined ? undefined : row.values[entity.places];
  if (typeof limit !== "number") return <span>–</span>;
  return <span>{words.places(Math.max(0, limit - (row.placesTaken ?? 0)), limit)}</span>;
}

function Sums({ entity, rows, columns }: { entity: Entity; rows: Row[]; columns: number }) {
  const { words, language } = useApp();
  if (!entity.fields.some((field) => isSummed(field.kind))) return null;
  const sum = (field: Field) => rows.reduce((total, row) => total + Number(row.values[field.id] ?? 0), 0);
  return (
    <tfoot role="rowgroup" className="border-t-2 border-rule font-semibold max-sm:block">
      <tr role="row" className="max-sm:block max-sm:p-3">
        {entity.fields.map((field, index) => (
          <td key={field.id} role="cell" className={isSummed(field.kind) || index === 0 ? CELL : `${CELL} max-sm:hidden`}>
            {isSummed(field.kind) && <span className="shrink-0 text-muted sm:sr-only">{words.total} {field.label}</span>}
            {isSummed(field.kind) ? shownNumber(field.kind, sum(field), language, words) : index === 0 && words.total}
          </td>
        ))}
        {columns > 0 && <td role="cell" colSpan={columns} className="max-sm:hidden" />}
      </tr>
    </tfoot>
  );
}

/** The rows in the order of a column; rows without a value come last, either way round. */
function sortedBy(entity: Entity, rows: Row[], sort: Sort, shown: RowsProps["shown"], language: string): Row[] {
  const field = entity.fields.find((candidate) => candidate.id === sort.field);
  if (!field) return rows;
  const collator = new Intl.Collator(language, { numeric: true });
  const plain = field.kind.type === "ref" || field.kind.type === "choice" || field.kind.type === "yesNo";
  const key = (row: Row): Value | undefined => (plain ? shown(field, row) || undefined : row.values[field.id]);
  return [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y));
    return sort.descending ? -order : order;
  });
}
