/** Rows as cards, for reading more than for managing; a gallery has their pictures first. */
import { totalOf } from "./attention";
import { useApp, usePlace } from "./context";
import { Marks, Picture, TitleLink } from "./display";
import { Summary } from "./detail";
import { RowsPage, type PageProps, type View } from "./frame";
import { IntoCart, partsOf } from "./lines";
import { Moves } from "./steps";
import type { Table } from "./store";
import { deedOf } from "./hero";
import { fieldsToFill, grantOf } from "./rights";
import { Balance, TotalValue, useReadableTotals } from "./table";
import { titleOf, useShown } from "./titles";
import type { Entity, Field, Page, Row } from "./types";

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
        <li key={row.id} className="relative flex min-w-0 flex-col overflow-hidden rounded-xl border border-rule bg-raised shadow-xs hover:shadow-md">
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
  if (url === undefined) return empty ? <NoPicture title={titleOf(entity, row)} /> : null;
  return <Picture url={String(url)} title={`${field?.label}: ${titleOf(entity, row)}`} className="aspect-square w-full object-cover" />;
}

/** In the place of a picture: how the title begins. */
function NoPicture({ title }: { title: string }) {
  const [first] = title.trim();
  return <div aria-hidden="true" className="grid aspect-square w-full place-items-center bg-rule text-5xl font-bold text-muted">{first}</div>;
}

function Card({ view, row }: { view: View; row: Row }) {
  const { entity, table, editing } = view;
  const totals = useReadableTotals(entity);
  const price = entity.fields.find(({ id, kind }) => kind.type === "money" && row.values[id] !== undefined);
  const others = { ...entity, fields: entity.fields.filter((field) => field !== price) };
  return (
    <div className="flex grow flex-col gap-3 p-4">
      <h2 dir="auto" className="text-lg font-semibold break-words">
        <TitleLink to={view.addressOf(row)} title={titleOf(entity, row)} whole />
      </h2>
      {price && <Price field={price} row={row} table={table} />}
      <Marks marks={view.marksOf(row)} />
      <Summary entity={others} row={row} rowsOf={table.rowsOf} />
      {totals.map((total) => (
        <p key={total.id} dir="auto" className="text-sm"><span className="text-muted">{total.label}</span> <TotalValue total={total} value={totalOf(total, row, table.rowsOf)} /></p>
      ))}
      {entity.balance && <Balance kind={entity.balance} row={row} />}
      <Moves entity={entity} row={row} table={table} />
      <div className="relative mt-auto flex flex-wrap gap-2 empty:hidden">
        <Deeds entity={entity} row={row} />
        {editing.actionsOf(row)}
      </div>
    </div>
  );
}

/** A card's first amount, which needs no name where it is the only one. */
function Price({ field, row, table }: { field: Field; row: Row; table: Table }) {
  const shown = useShown(table.rowsOf);
  return (
    <p className="text-lg font-semibold text-accent-ink">
      <span className="sr-only">{field.label} </span>
      {shown(field, row)}
    </p>
  );
}

/** Leads to the pages where something can be added that refers to `row`: what is sold is ordered there. */
export function Deeds({ entity, row }: { entity: Entity; row: Row }) {
  const { entities } = useApp();
  const carts = useCarts(entity).map(({ page, added }) => <IntoCart key={page.id} page={page} added={added} goods={entity} row={row} />);
  const links = useDeeds(entity).map(({ page, field }) => (
    <a key={page.id} href={`#${page.id}?${field.id}=${row.id}`} aria-label={`${deedOf(page, entities)}: ${titleOf(entity, row)}`} className="inline-flex min-h-8 items-center rounded-lg bg-accent px-3 py-1 text-sm font-semibold text-on-accent hover:brightness-95 print:hidden">
      {deedOf(page, entities)}
    </a>
  ));
  return [...links, ...carts];
}

/** The pages with a cart for rows of `entity`, and what is made of it there. */
function useCarts(entity: Entity): { page: Page; added: Entity }[] {
  const { entities, standing } = useApp();
  const { pages } = usePlace();
  return pages.flatMap((page) => {
    const added = entities.find(({ id }) => id === page.adds);
    if (!added || !grantOf(added, standing).create) return [];
    return partsOf(added, entities)?.goods.id === entity.id ? [{ page, added }] : [];
  });
}

function useDeeds(entity: Entity): { page: Page; field: Field }[] {
  const { entities, standing } = useApp();
  const { pages } = usePlace();
  return pages.flatMap((page) => {
    const added = entities.find(({ id }) => id === page.adds);
    if (!added || !grantOf(added, standing).create) return [];
    const field = fieldsToFill(added, standing).find(({ kind }) => kind.type === "ref" && kind.entity === entity.id);
    return field ? [{ page, field }] : [];
  });
}
