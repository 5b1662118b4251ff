/**
 * One table: searched and paged by the node, so that it may be of any size; saved as what is searched for.
 *
 * Invariant: the rows that were read stay on the screen until others have come, whatever was typed.
 */
import { useEffect, useId, useRef, useState } from "react";
import { csv, data, tables, type DataColumn, type DataQuery, type DataTable } from "../api";
import { useDoing, useReading } from "../request";
import { t } from "../texts";
import { announce } from "../ui/announcer";
import { Failure } from "../ui/failure";
import { useNarrow } from "../ui/media";
import { Cell } from "./cell";
import { save } from "./save";
import { line, titleOf, words } from "./value";

/** Rows of a page. */
export const ROWS = 50;
/** Tables with fewer rows are searched with the eyes. */
const SEARCH_FROM = 6;

export function TablePanel({ app, first }: { app: string; first: DataTable }) {
  const id = useId();
  const [asked, setAsked] = useState({ where: "", offset: 0 });
  const { table, loading, error } = useTable(app, first, asked);
  const title = titleOf(first.name);

  return (
    <section className="panel" aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>
          {title} <span className="quiet">{t.data.rows(table.total)}</span>
        </h2>
        {first.total >= SEARCH_FROM && (
          <Search title={title} busy={loading} onSearch={(where) => setAsked({ where, offset: 0 })} />
        )}
      </header>
      {error !== undefined && <Failure error={error} />}
      {asked.where !== "" && error === undefined && <p className="quiet">{t.data.found(table.matched, table.total)}</p>}
      <div aria-busy={loading}>
        {table.rows.length === 0 ? (
          <p className="quiet">{table.total === 0 ? t.data.nothing : t.data.noMatch}</p>
        ) : (
          <Rows id={id} table={table} />
        )}
      </div>
      {table.total > 0 && (
        <footer className="panel-foot">
          <Pages table={table} offset={asked.offset} busy={loading} onMove={(offset) => setAsked({ ...asked, offset })} />
          <Save app={app} title={title} query={query(first, asked.where)} />
        </footer>
      )}
      <details className="engineer">
        <summary>
          {t.moreDetail}
          <span className="unseen">: {title}</span>
        </summary>
        <p>
          <code>{first.name}</code>: {first.type}
        </p>
      </details>
    </section>
  );
}

function query({ name }: DataTable, where: string): DataQuery {
  return where === "" ? { variable: name } : { variable: name, where };
}

/** The page of the table that is asked for; the one before it until it has come. */
function useTable(app: string, first: DataTable, { where, offset }: { where: string; offset: number }) {
  const initial = where === "" && offset === 0;
  // What the screen has read anew is read anew here too.
  const [turn, setTurn] = useState({ first, number: 0 });
  if (turn.first !== first) setTurn({ first, number: turn.number + 1 });
  const key = `data ${app} ${first.name} ${turn.number} ${offset} ${where}`;
  const reading = useReading(key, async (call) => {
    if (initial) return first;
    const answer = await tables(app, { ...query(first, where), limit: ROWS, offset }, call);
    return answer.tables[0];
  });
  const last = useRef(first);
  if (initial) last.current = first;
  else if (reading.data) last.current = reading.data;

  const { data: found } = reading;
  useEffect(() => {
    if (found && where !== "") announce(t.data.found(found.matched, found.total));
  }, [found, where]);
  return { table: last.current, loading: reading.loading && !initial, error: initial ? undefined : reading.error };
}

function Search({ title, busy, onSearch }: { title: string; busy: boolean; onSearch: (where: string) => void }) {
  const [typed, setTyped] = useState("");
  const hint = useId();
  return (
    <form
      className="search"
      role="search"
      aria-label={t.data.filter(title)}
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed.trim());
      }}
    >
      <input
        type="search"
        aria-label={t.data.filter(title)}
        aria-describedby={hint}
        placeholder={t.data.filterPlaceholder}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          // Emptied, as by its little cross: everything again.
          if (event.target.value === "") onSearch("");
        }}
      />
      <button type="submit" className="button small" disabled={busy}>
        {t.data.search}
      </button>
      <p id={hint} className="quiet">
        {t.data.filterHint}
      </p>
    </form>
  );
}

/** On a narrow window rows are cards: a table would be read through a slit. */
function Rows({ id, table }: { id: string; table: DataTable }) {
  const narrow = useNarrow();
  const columns = columnsOf(table);
  return narrow ? <Cards id={id} table={table} columns={columns} /> : <Grid id={id} table={table} columns={columns} />;
}

type Placed = DataColumn & { index: number };

/** The columns to show: an entry that carries its own key as its id would show it twice. */
function columnsOf({ columns, rows }: DataTable): Placed[] {
  const placed = columns.map((column, index) => ({ ...column, index }));
  const key = placed.find((column) => column.key);
  const id = placed.find((column) => !column.key && column.name === "id");
  const twice = key && id && rows.every((row) => line(row[key.index]) === line(row[id.index]));
  return placed.filter((column) => !(twice && column === key));
}

const RIGHT = new Set(["whole", "float"]);

/** Keys and ids are numbers that count nothing. */
const isPlain = (column: DataColumn) => column.key || /(^|_)id$|Id$/.test(column.name);

function head(column: DataColumn): string {
  return column.key ? t.data.key : column.name === "value" ? t.data.value : words(column.name);
}

interface Drawn {
  id: string;
  table: DataTable;
  columns: Placed[];
}

function Grid({ id, table, columns }: Drawn) {
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-labelledby={id}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.index} scope="col" title={column.type} className={RIGHT.has(column.kind) ? "right" : undefined}>
                {head(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {columns.map((column) => (
                <td key={column.index} className={RIGHT.has(column.kind) ? "right" : undefined}>
                  <Cell value={row[column.index]} kind={column.kind} plain={isPlain(column)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cards({ id, table, columns }: Drawn) {
  return (
    <ul className="row-cards" aria-labelledby={id}>
      {table.rows.map((row, at) => (
        <li key={at}>
          <dl className="facts">
            {columns.map((column) => (
              <div key={column.index}>
                <dt>{head(column)}</dt>
                <dd>
                  <Cell value={row[column.index]} kind={column.kind} plain={isPlain(column)} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

interface Paging {
  table: DataTable;
  offset: number;
  busy: boolean;
  onMove: (offset: number) => void;
}

function Pages({ table, offset, busy, onMove }: Paging) {
  if (table.matched <= ROWS) return null;
  const end = Math.min(offset + ROWS, table.matched);
  return (
    <nav className="row" aria-label={t.data.pages(titleOf(table.name))}>
      <button type="button" className="button small" disabled={busy || offset === 0} onClick={() => onMove(Math.max(0, offset - ROWS))}>
        {t.data.previous}
      </button>
      <span className="quiet" aria-live="polite">
        {t.data.range(offset + 1, end, table.matched)}
      </span>
      <button type="button" className="button small" disabled={busy || end >= table.matched} onClick={() => onMove(offset + ROWS)}>
        {t.data.next}
      </button>
    </nav>
  );
}

/** Saves all rows that are searched for, not only those of this page. */
function Save({ app, title, query: what }: { app: string; title: string; query: DataQuery }) {
  const doing = useDoing();
  const [note, setNote] = useState("");
  const name = `${app}-${what.variable?.replaceAll(".", "-")}`;
  const asCsv = async () => {
    const answer = await csv(app, what);
    // Spreadsheets take a file without this mark for one in an old encoding.
    save(`${name}.csv`, "text/csv;charset=utf-8", `\ufeff${answer.csv}`);
    setNote(answer.guarded > 0 ? t.data.guarded(answer.guarded) : "");
    announce(t.data.saved(`${name}.csv`));
  };
  const asJson = async () => {
    const { variables } = await data(app, what);
    save(`${name}.json`, "application/json", `${JSON.stringify(variables, null, 2)}\n`);
    announce(t.data.saved(`${name}.json`));
  };
  return (
    <div className="row">
      <button type="button" className="button small" disabled={doing.busy} aria-label={t.data.saveAs(title, "CSV")} onClick={() => void doing.act(asCsv)}>
        {t.data.save("CSV")}
      </button>
      <button type="button" className="button small" disabled={doing.busy} aria-label={t.data.saveAs(title, "JSON")} onClick={() => void doing.act(asJson)}>
        {t.data.save("JSON")}
      </button>
      {note && <p className="quiet">{note}</p>}
      <Failure error={doing.error} />
    </div>
  );
}
