/**
 * What the app keeps, as tables to be read and searched.
 */
import { useDeferredValue, useId, useState } from "react";
import { data } from "../api";
import { useReading } from "../request";
import { t } from "../texts";
import { Icon } from "../ui/icons";
import { Page, Read } from "../ui/page";
import { tablesOf, type Table } from "./value";

export function Data({ app }: { app: string }) {
  const reading = useReading(`data ${app}`, (call) => data(app, call));
  return (
    <Page title={t.data.title} lead={t.data.lead}>
      <p>
        <button type="button" className="button small" disabled={reading.loading} onClick={reading.reload}>
          <Icon name="reload" size={17} />
          {t.logs.refresh}
        </button>
      </p>
      <Read reading={reading}>
        {({ variables, left_out }) => {
          const { tables, singles } = tablesOf(variables);
          const omitted = Object.values(left_out ?? {}).reduce((sum, one) => sum + one, 0);
          return (
            <>
              {tables.length + singles.length === 0 && <p className="quiet">{t.data.none}</p>}
              {tables.map((table) => (
                <TablePanel key={table.name} table={table} />
              ))}
              {singles.length > 0 && <Singles singles={singles} />}
              {omitted > 0 && <p className="quiet">{t.data.leftOut(omitted)}</p>}
            </>
          );
        }}
      </Read>
    </Page>
  );
}

const ROWS_FIRST = 100;
const SEARCH_FROM = 6;

function TablePanel({ table }: { table: Table }) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState(ROWS_FIRST);
  const search = useDeferredValue(typed).trim().toLocaleLowerCase();
  const rows = search
    ? table.rows.filter((row) => row.some((cell) => cell.toLocaleLowerCase().includes(search)))
    : table.rows;

  return (
    <section className="panel" aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>
          {table.name} <span className="quiet">{t.data.rows(table.rows.length)}</span>
        </h2>
        {table.rows.length >= SEARCH_FROM && (
          <input
            type="search"
            aria-label={t.data.filter(table.name)}
            placeholder={t.data.filterPlaceholder}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </header>
      {rows.length === 0 ? (
        <p className="quiet">{search ? t.data.noMatch : t.data.none}</p>
      ) : (
        <div className="table-frame" tabIndex={0} role="group" aria-labelledby={id}>
          <table>
            <thead>
              <tr>
                {table.columns.map((column, index) => (
                  <th key={index} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, shown).map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={column}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > shown && (
        <button type="button" className="button small" onClick={() => setShown(shown + ROWS_FIRST)}>
          {t.data.more(Math.min(ROWS_FIRST, rows.length - shown))}
        </button>
      )}
    </section>
  );
}

function Singles({ singles }: { singles: { name: string; text: string }[] }) {
  return (
    <section className="panel">
      <h2>{t.data.single}</h2>
      <dl className="facts">
        {singles.map((one) => (
          <div key={one.name}>
            <dt>{one.name}</dt>
            <dd>{one.text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
