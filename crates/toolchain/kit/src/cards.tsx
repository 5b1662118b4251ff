/** Rows as cards, for reading more than for managing. */
import { Summary } from "./answer";
import { useApp } from "./context";
import { Empty, Loading, Offline, PageHead } from "./controls";
import { useEditing } from "./editing";
import { useReferences, useRows } from "./rows";
import { Places } from "./table";
import { titleOf } from "./titles";
import type { Entity } from "./types";

/** The page. */
export function CardsPage({ entity }: { entity: Entity }) {
  const { words } = useApp();
  const table = useRows(entity);
  const references = useReferences(entity);
  const changed = async () => {
    await Promise.all([table.reload(), references.reload()]);
  };
  const editing = useEditing(entity, references.rowsOf, changed);
  return (
    <section className="flex flex-col gap-4">
      <PageHead title={entity.plural}>{editing.addButton}</PageHead>
      {table.failed && <Offline retry={() => void changed()} />}
      {!table.rows && !table.failed && <Loading />}
      {table.rows?.length === 0 && <Empty>{words.empty}</Empty>}
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {table.rows?.map((row) => (
          <li key={row.id} className="flex min-w-0 flex-col gap-3 rounded-xl border border-rule bg-raised p-4">
            <h2 dir="auto" className="text-lg font-semibold break-words">
              {titleOf(entity, row)}
            </h2>
            <Summary entity={entity} row={row} rowsOf={references.rowsOf} />
            {entity.places && <Places entity={entity} row={row} />}
            <div className="mt-auto">{editing.actionsOf(row)}</div>
          </li>
        ))}
      </ul>
      {editing.dialog}
    </section>
  );
}
