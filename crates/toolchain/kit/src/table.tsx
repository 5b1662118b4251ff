/** Rows in a table: find, sort, add, change, delete, invite; sums below. On narrow screens each row is a card. */
import { summedBy, totalOf } from "./attention";
import { useApp } from "./context";
import { FieldValue, Marks, TitleLink } from "./display";
import { RowsPage, type PageProps, type View } from "./frame";
import { grantOf } from "./rights";
import { Moves } from "./steps";
import { titleOf } from "./titles";
import type { Entity, Field, Order, Row, Total } from "./types";
import { isSummed, shownNumber } from "./values";

const CELL = "px-3 py-2 text-start align-middle max-sm:flex max-sm:gap-2 max-sm:px-0 max-sm:py-1";

/** The page. */
export function TablePage(props: PageProps) {
  return <RowsPage {...props}>{(view) => <Rows view={view} />}</RowsPage>;
}

/** The totals whose rows the caller may read. */
export function useReadableTotals(entity: Entity): Total[] {
  const { entities, standing } = useApp();
  const readable = (id: string) => entities.some((other) => other.id === id && grantOf(other, standing).read);
  return (entity.totals ?? []).filter((total) => readable(total.of));
}

/** A total as the field reads that it sums. */
export function TotalValue({ total, value }: { total: Total; value: number }) {
  const { entities, language, words } = useApp();
  const field = summedBy(total, entities);
  return <span>{field ? shownNumber(field.kind, value, language, words) : new Intl.NumberFormat(language).format(value)}</span>;
}

function Rows({ view }: { view: View }) {
  const { words } = useApp();
  const { entity, rows, order, setOrder, editing } = view;
  const totals = useReadableTotals(entity);
  const turn = (field: string) => setOrder([{ field, descending: order[0]?.field === field && !order[0].descending }]);
  const more = totals.length + (entity.places ? 1 : 0) + (editing.hasActions ? 1 : 0);
  // The roles are said in words, since narrow screens lay the table out as blocks.
  return (
    <div role="region" aria-label={entity.plural} tabIndex={0} className="rounded-xl border border-rule bg-raised sm:overflow-x-auto">
      <table role="table" className="w-full text-sm max-sm:block">
        <caption className="sr-only">{entity.plural}</caption>
        <thead role="rowgroup" className="border-b border-rule max-sm:sr-only">
          <tr role="row">
            {entity.fields.map((field) => (
              <Heading key={field.id} field={field} order={order[0]} turn={turn} />
            ))}
            {totals.map((total) => <th key={total.id} role="columnheader" scope="col" dir="auto" className={CELL}>{total.label}</th>)}
            {entity.places && <th role="columnheader" scope="col" className={CELL}>{words.free}</th>}
            {editing.hasActions && <th role="columnheader" scope="col" className={`${CELL} print:hidden`}><span className="sr-only">{words.actions}</span></th>}
          </tr>
        </thead>
        <tbody role="rowgroup" className="max-sm:block">
          {rows.map((row) => (
            <TableRow key={row.id} view={view} row={row} totals={totals} />
          ))}
        </tbody>
        <Sums entity={entity} rows={rows} columns={more} />
      </table>
    </div>
  );
}

function Heading({ field, order, turn }: { field: Field; order: Order | undefined; turn: (field: string) => void }) {
  const way = order?.field !== field.id ? "none" : order.descending ? "descending" : "ascending";
  const sign = { none: "", ascending: " ▲", descending: " ▼" }[way];
  return (
    <th role="columnheader" scope="col" aria-sort={way} className="px-1 py-1 text-start">
      <button type="button" dir="auto" className="min-h-8 rounded px-2 py-1 font-semibold" onClick={() => turn(field.id)}>
        {field.label}
        <span aria-hidden="true">{sign}</span>
      </button>
    </th>
  );
}

function TableRow({ view, row, totals }: { view: View; row: Row; totals: Total[] }) {
  const { words } = useApp();
  const { entity, editing, table } = view;
  // Where no field says what a row is called, its first one leads to it.
  const leading = entity.title ?? entity.fields[0]?.id;
  return (
    <tr role="row" className="border-b border-rule last:border-0 max-sm:block max-sm:p-3">
      {entity.fields.map((field) => (
        <td key={field.id} role="cell" className={row.values[field.id] === undefined && field.id !== leading ? `${CELL} max-sm:hidden` : CELL}>
          <span aria-hidden="true" dir="auto" className="w-2/5 shrink-0 text-muted sm:hidden">{field.label}</span>
          {field.id === leading ? <Leading view={view} row={row} field={field} /> : <FieldValue field={field} row={row} rowsOf={table.rowsOf} />}
        </td>
      ))}
      {totals.map((total) => (
        <td key={total.id} role="cell" className={CELL}>
          <span aria-hidden="true" dir="auto" className="w-2/5 shrink-0 text-muted sm:hidden">{total.label}</span>
          <TotalValue total={total} value={totalOf(total, row, table.rowsOf)} />
        </td>
      ))}
      {entity.places && (
        <td role="cell" className={CELL}>
          <span aria-hidden="true" className="w-2/5 shrink-0 text-muted sm:hidden">{words.free}</span>
          <Places entity={entity} row={row} />
        </td>
      )}
      {editing.hasActions && (
        <td role="cell" className={`${CELL} flex-col print:hidden`}>
          <Moves entity={entity} row={row} table={table} />
          {editing.actionsOf(row)}
        </td>
      )}
    </tr>
  );
}

/** The cell that names a row: it leads to the row's page, and bears its marks. */
function Leading({ view, row, field }: { view: View; row: Row; field: Field }) {
  const { entity, table } = view;
  const isLink = field.id === entity.title;
  return (
    <span className="flex min-w-0 flex-col gap-1">
      {isLink
        ? <TitleLink to={view.addressOf(row)} title={titleOf(entity, row)} />
        : <FieldValue field={field} row={row} rowsOf={table.rowsOf} />}
      {!isLink && <TitleLink to={view.addressOf(row)} title={titleOf(entity, row)} />}
      <Marks marks={view.marksOf(row)} />
    </span>
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
