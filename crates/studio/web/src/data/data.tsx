/**
 * What the app keeps, as tables to be read, searched and saved. Nothing is edited here.
 */
import { tables, type DataTable } from "../api";
import { useReading } from "../request";
import { t } from "../texts";
import { Icon } from "../ui/icons";
import { Page, Read } from "../ui/page";
import { Cell } from "./cell";
import { ROWS, TablePanel } from "./table-panel";
import { titleOf } from "./value";

export function Data({ app }: { app: string }) {
  const reading = useReading(`data ${app}`, (call) => tables(app, { limit: ROWS }, call));
  return (
    <Page title={t.data.title} lead={t.data.lead}>
      <p>
        <button type="button" className="button small" disabled={reading.loading} onClick={reading.reload}>
          <Icon name="reload" size={17} />
          {t.logs.refresh}
        </button>
      </p>
      <Read reading={reading}>
        {({ tables: all }) => {
          const alone = all.filter((table) => table.alone);
          return (
            <>
              {all.length === 0 && <p className="quiet">{t.data.none}</p>}
              {all
                .filter((table) => !table.alone)
                .map((table) => (
                  <TablePanel key={table.name} app={app} first={table} />
                ))}
              {alone.length > 0 && <Singles tables={alone} />}
            </>
          );
        }}
      </Read>
    </Page>
  );
}


/** Values that stand alone, and the fields of records that do. */
function Singles({ tables: alone }: { tables: DataTable[] }) {
  const facts = alone.flatMap((table) =>
    table.columns.map((column, index) => ({
      name: column.name === "value" ? titleOf(table.name) : titleOf(`${table.name}.${column.name}`),
      column,
      value: table.rows[0]?.[index],
    })),
  );
  return (
    <section className="panel">
      <h2>{t.data.single}</h2>
      <dl className="facts">
        {facts.map(({ name, column, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Cell value={value} kind={column.kind} plain />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
