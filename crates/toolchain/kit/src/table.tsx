/** Rows in a table: find, sort, add, change, delete, invite; sums below. On narrow screens each row is a card. */
import { summedBy, totalOf } from "./attention";
import { useApp } from "./context";
import { FieldValue, Marks, TitleLink } from "./display";
import { isPerPiece } from "./figures";
import { RowsPage, type PageProps, type View } from "./frame";
import { fieldsToSee, grantOf } from "./rights";
import { Moves } from "./steps";
import { titleOf } from "./titles";
import type { Entity, Field, FieldKind, Order, Row, Total } from "./types";
import { isSummed, shownNumber } from "./values";

const CELL = "px-3 py-2 text-start align-middle max-sm:flex max-sm:gap-2 max-sm:px-0 max-sm:py-1";
/** Figures stand under each other. */
const FIGURES = "tabular-nums sm:text-end";

/** The page. */
export function TablePage(props: PageProps) {
  return <RowsPage {...props}>{(view) => <Rows view={view} />}</RowsPage>;
}

/** The totals whose rows the caller may read. */
export function useReadableTotals(entity: Entity): Total[] {
  const { entities, standing } = useApp();
  const readable = (id: string) => entities.some((other) => other.id === id && grantOf(other, standing).read);
  // What is left of an amount is only known to those who see the amount.
  const seen = (of: Entity | undefined, { from }: Total) => from === undefined || (of !== undefined && fieldsToSee(of, standing).some(({ id }) => id === from));
  const known = (of: Entity | undefined, total: Total): boolean => readable(total.of) && seen(of, total) && (!total.sumOf || known(entities.find(({ id }) => id === total.of), total.sumOf));
  return (entity.totals ?? []).filter((total) => known(entity, total));
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
  const more = totals.length + (entity.balance ? 1 : 0) + (editing.hasActions ? 1 : 0);
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
            {entity.balance && <th role="columnheader" scope="col" className={CELL}>{words.balance}</th>}
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
    <th role="columnheader" scope="col" aria-sort={way} className={`px-1 py-1 ${isSummed(field.kind) ? "text-end" : "text-start"}`}>
      <button type="button" dir="auto" className="min-h-8 rounded px-2 py-1 text-start font-semibold" onClick={() => turn(field.id)}>
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
    <tr role="row" className="border-b border-rule last:border-0 max-sm:flex max-sm:flex-col max-sm:p-3">
      {entity.fields.map((field) => (
        <td key={field.id} role="cell" className={`${CELL} ${cellLook(field, row, leading)}`}>
          {field.id !== leading && <span aria-hidden="true" dir="auto" className="w-2/5 shrink-0 text-muted sm:hidden">{field.label}</span>}
          {field.id === leading ? <Leading view={view} row={row} field={field} /> : <RowValue entity={entity} field={field} row={row} rowsOf={table.rowsOf} />}
        </td>
      ))}
      {totals.map((total) => (
        <td key={total.id} role="cell" className={CELL}>
          <span aria-hidden="true" dir="auto" className="w-2/5 shrink-0 text-muted sm:hidden">{total.label}</span>
          <TotalValue total={total} value={totalOf(total, row, table.rowsOf)} />
        </td>
      ))}
      {entity.balance && (
        <td role="cell" className={CELL}>
          <span aria-hidden="true" className="w-2/5 shrink-0 text-muted sm:hidden">{words.balance}</span>
          <Balance kind={entity.balance} row={row} />
        </td>
      )}
      {editing.hasActions && (
        <td role="cell" className={`${CELL} flex-col print:hidden`}>
          <div className="flex flex-wrap gap-2 sm:justify-end">
            <Moves entity={entity} row={row} table={table} />
            {editing.actionsOf(row)}
          </div>
        </td>
      )}
    </tr>
  );
}

/** How a cell looks. On narrow screens the one that names the row is the heading of its card, and empty ones are left out. */
function cellLook({ id, kind }: Field, row: Row, leading: string | undefined): string {
  if (id === leading) return "max-sm:order-first max-sm:text-base max-sm:font-semibold";
  const there = row.values[id] === undefined ? "max-sm:hidden" : "";
  return isSummed(kind) ? `${there} ${FIGURES}` : there;
}

/** A row's value in a field; where the field says how many places there are, those that are left. */
export function RowValue({ entity, field, row, rowsOf }: { entity: Entity; field: Field; row: Row; rowsOf: (entity: string) => Row[] }) {
  return field.id === entity.places ? <Places entity={entity} row={row} /> : <FieldValue field={field} row={row} rowsOf={rowsOf} />;
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

/** What a person is owed; what they owe stands with a minus. */
export function Balance({ kind, row }: { kind: FieldKind; row: Row }) {
  const { language, words } = useApp();
  return <span className={(row.balance ?? 0) < 0 ? "font-semibold" : ""}>{row.balance === undefined ? "–" : shownNumber(kind, row.balance, language, words)}</span>;
}

/** How many of a row's places are free. */
function Places({ entity, row }: { entity: Entity; row: Row }) {
  const { words } = useApp();
  const limit = entity.places === undefined ? undefined : row.values[entity.places];
  if (typeof limit !== "number") return <span>–</span>;
  return <span>{words.places(Math.max(0, limit - (row.placesTaken ?? 0)), limit)}</span>;
}

function Sums({ entity, rows, columns }: { entity: Entity; rows: Row[]; columns: number }) {
  const { words, language, entities } = useApp();
  const adds = (field: Field) => isSummed(field.kind) && !isPerPiece(entity, field, entities);
  if (!entity.fields.some(adds)) return null;
  const sum = (field: Field) => rows.reduce((total, row) => total + Number(row.values[field.id] ?? 0), 0);
  return (
    <tfoot role="rowgroup" className="border-t-2 border-rule font-semibold max-sm:block">
      <tr role="row" className="max-sm:block max-sm:p-3">
        {entity.fields.map((field, index) => (
          <td key={field.id} role="cell" className={adds(field) ? `${CELL} ${FIGURES}` : index === 0 ? CELL : `${CELL} max-sm:hidden`}>
            {adds(field) && <span className="shrink-0 text-muted sm:sr-only">{words.total} {field.label}</span>}
            {adds(field) ? shownNumber(field.kind, sum(field), language, words) : index === 0 && words.total}
          </td>
        ))}
        {columns > 0 && <td role="cell" colSpan={columns} className="max-sm:hidden" />}
      </tr>
    </tfoot>
  );
}
