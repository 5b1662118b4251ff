/** What every page of rows has in common: heading, words, what needs attention, search, filters, order, dialogs. */
import { useMemo, useState, type ReactNode } from "react";
import { attention } from "./attention";
import { useApp, usePlace } from "./context";
import { Button, Empty, Loading, Offline, PageHead, Paragraphs } from "./controls";
import { Detail } from "./detail";
import { useEditing, type Editing } from "./editing";
import { TitleLink } from "./display";
import { FilterBar, matches, NO_FILTER, type Filter } from "./filter";
import { Icon } from "./icons";
import { MoreMenu } from "./more";
import { fieldsToSee, grantOf, holds } from "./rights";
import { ordered } from "./rows";
import { useTable, type Table } from "./store";
import { titleOf, useShown } from "./titles";
import type { Condition, Entity, Order, Row } from "./types";

/** What a page shows. */
export interface PageProps {
  entity: Entity;
  /** What stands above the rows. */
  text?: string;
  /** Only rows for which this holds are shown. */
  onlyIf?: Condition;
}

/** A page by one of the entity's fields. */
export interface PageByProps extends PageProps {
  by: string;
}

/** What the body of a page needs. */
export interface View {
  /** With the fields in which the caller may find something. */
  entity: Entity;
  table: Table;
  /** Those that are found, in order. */
  rows: Row[];
  order: Order[];
  setOrder: (order: Order[]) => void;
  editing: Editing;
  marksOf: (row: Row) => string[];
  addressOf: (row: Row) => string;
}

interface FrameProps extends PageProps {
  children: (view: View) => ReactNode;
  /** The order of a page that has one of its own. */
  order?: Order[];
  /** Shows the body without rows too: a month is worth seeing when it is empty. */
  always?: boolean;
}

const NONE: Row[] = [];

/** The page around its body. With a row in the address it is that row's page. */
export function RowsPage({ entity: whole, text, onlyIf, children, order: own, always = false }: FrameProps) {
  const { words, language, standing } = useApp();
  const { page, row: number } = usePlace();
  const isStranger = standing.role === "visitor";
  const table = useTable(whole);
  const editing = useEditing(whole, table);
  const entity = useMemo(() => ({ ...whole, fields: fieldsToSee(whole, standing) }), [whole, standing]);
  const shown = useShown(table.rowsOf);
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const order = filter.order ?? own ?? entity.order ?? [];
  // Who may only add rows sees none of them.
  const known = grantOf(whole, standing).read ? table.rows : NONE;
  const all = useMemo(() => known?.filter((row) => holds(onlyIf, row)), [known, onlyIf]);
  const found = all?.filter((row) => matches(entity, row, filter, shown));
  const rows = found && ordered(entity, found, order, language, (row, field) => shown(field, row));
  const addressOf = (row: Row) => `#${page?.id ?? ""}/${row.id}`;
  const marksOf = (row: Row) => attention(entity, row, table.known);
  if (number !== undefined) return <Detail entity={entity} table={table} number={number} editing={editing} marksOf={marksOf} />;
  return (
    <section className="flex flex-col gap-4">
      <PageHead title={page?.title ?? entity.plural} note={all && !isStranger ? words.rows(all.length) : ""}>
        {editing.addButton}
        {all && !isStranger && <MoreMenu entity={whole} rows={rows ?? []} table={table} />}
      </PageHead>
      {text && <Paragraphs text={text} />}
      {table.failed && !all && <Offline retry={() => void table.reload()} />}
      {!all && !table.failed && <Loading />}
      {all && <Attention rows={all} marksOf={marksOf} entity={entity} addressOf={addressOf} />}
      {all && <FilterBar entity={entity} count={all.length} filter={filter} change={setFilter} />}
      {all?.length === 0 && !always && <Empty action={editing.add && <AddFirst entity={entity} add={() => editing.add?.({})} />}>{words.empty}</Empty>}
      {rows?.length === 0 && all?.length !== 0 && <Empty action={<Button onClick={() => setFilter(NO_FILTER)}>{words.clear}</Button>}>{words.noMatch}</Empty>}
      {rows && (rows.length > 0 || (always && all?.length === 0)) &&
        children({ entity, table, rows, order, setOrder: (next) => setFilter({ ...filter, order: next }), editing, marksOf, addressOf })}
      {editing.dialog}
    </section>
  );
}

function AddFirst({ entity, add }: { entity: Entity; add: () => void }) {
  const { words } = useApp();
  return <Button onClick={add}>{words.addFirst(entity.label)}</Button>;
}

/** How many rows are named that need attention. */
const NAMED = 5;

interface AttentionProps {
  entity: Entity;
  rows: Row[];
  marksOf: (row: Row) => string[];
  addressOf: (row: Row) => string;
}

/** The rows that need attention, above all others. */
function Attention({ entity, rows, marksOf, addressOf }: AttentionProps) {
  const { words } = useApp();
  const due = rows.map((row) => ({ row, marks: marksOf(row) })).filter(({ marks }) => marks.length > 0);
  if (due.length === 0) return null;
  return (
    <section aria-label={words.attention} className="flex flex-col gap-2 rounded-xl border border-danger p-4 text-sm">
      <h2 className="flex items-center gap-2 font-semibold text-danger">
        <Icon of="alert" />
        {words.attention} ({due.length})
      </h2>
      <ul className="flex flex-col gap-1">
        {due.slice(0, NAMED).map(({ row, marks }) => (
          <li key={row.id} dir="auto" className="break-words">
            <TitleLink to={addressOf(row)} title={titleOf(entity, row)} />: {marks.join(" · ")}
          </li>
        ))}
      </ul>
      {due.length > NAMED && <p className="text-muted">{words.more(due.length - NAMED)}</p>}
    </section>
  );
}
