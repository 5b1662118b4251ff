/** Rows as cards, for reading more than for managing; a gallery has their pictures first. */
import { totalOf } from "./attention";
import { Marks, Picture, TitleLink } from "./display";
import { Summary } from "./detail";
import { RowsPage, type PageProps, type View } from "./frame";
import { Moves } from "./steps";
import { Places, TotalValue, useReadableTotals } from "./table";
import { titleOf } from "./titles";
import type { Entity, Row } from "./types";

/** Rows as cards. */
export function CardsPage(props: PageProps) {
  return <RowsPage {...props}>{(view) => <Cards view={view} />}</RowsPage>;
}

/** Cards with their pictures first. */
export function GalleryPage(props: PageProps) {
  return <RowsPage {...props}>{(view) => <Cards view={view} pictured />}</RowsPage>;
}

function Cards({ view, pictured = false }: { view: View; pictured?: boolean }) {
  return (
    <ul className={pictured ? "grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4" : "grid gap-4 sm:grid-cols-2 lg:grid-cols-3"}>
      {view.rows.map((row) => (
        <li key={row.id} className="flex min-w-0 flex-col overflow-hidden rounded-xl border border-rule bg-raised">
          <CardPicture entity={view.entity} row={row} empty={pictured} />
          <Card view={view} row={row} />
        </li>
      ))}
    </ul>
  );
}

/** The row's first picture; a blank field in a gallery, so that all cards are alike. */
function CardPicture({ entity, row, empty }: { entity: Entity; row: Row; empty: boolean }) {
  const field = entity.fields.find(({ kind }) => kind.type === "picture");
  const url = field && row.values[field.id];
  if (url === undefined) return empty ? <div aria-hidden="true" className="aspect-square w-full bg-rule" /> : null;
  return <Picture url={String(url)} title={`${field?.label}: ${titleOf(entity, row)}`} className="aspect-square w-full object-cover" />;
}

function Card({ view, row }: { view: View; row: Row }) {
  const { entity, table, editing } = view;
  const totals = useReadableTotals(entity);
  return (
    <div className="flex grow flex-col gap-3 p-4">
      <h2 dir="auto" className="text-lg font-semibold break-words">
        <TitleLink to={view.addressOf(row)} title={titleOf(entity, row)} />
      </h2>
      <Marks marks={view.marksOf(row)} />
      <Summary entity={entity} row={row} rowsOf={table.rowsOf} />
      {totals.map((total) => (
        <p key={total.id} dir="auto" className="text-sm"><span className="text-muted">{total.label}</span> <TotalValue total={total} value={totalOf(total, row, table.rowsOf)} /></p>
      ))}
      {entity.places && <Places entity={entity} row={row} />}
      <Moves entity={entity} row={row} table={table} />
      <div className="mt-auto">{editing.actionsOf(row)}</div>
    </div>
  );
}
