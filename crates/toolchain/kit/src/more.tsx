/** What can be done with all rows of a page: print, take them away as a table, bring some in from one. */
import { useEffect, useId, useRef, useState, type ChangeEvent, type RefObject } from "react";
import { useApp } from "./context";
import { Button, Dialog, Problem } from "./controls";
import { parsed, written } from "./csv";
import { cellOf, columnsOf, linesOf, MOST_LINES, type Line } from "./importing";
import { BOX } from "./input";
import { Refused } from "./platform";
import { fieldsToFill, fieldsToSee, manages } from "./rights";
import type { Table } from "./store";
import { titleOf, useNameOf } from "./titles";
import type { Entity, Row } from "./types";

interface MoreProps {
  entity: Entity;
  rows: Row[];
  table: Table;
}

/** The menu. */
export function MoreMenu({ entity, rows, table }: MoreProps) {
  const { words, standing } = useApp();
  const [importing, setImporting] = useState(false);
  const save = useSave(entity, rows, table);
  const menu = useClosing();
  return (
    <div className="print:hidden">
      <details ref={menu} className="relative">
        <summary className="inline-flex min-h-10 cursor-pointer items-center rounded-lg border border-line bg-raised px-4 text-sm">{words.moreActions}</summary>
        <div className="absolute end-0 z-10 mt-1 flex w-max max-w-[calc(100vw-2rem)] flex-col gap-2 rounded-xl border border-line bg-raised p-3">
          <Button onClick={() => window.print()}>{words.print}</Button>
          {rows.length > 0 && <Button onClick={save}>{words.exportTable}</Button>}
          {manages(entity, standing) && <Button onClick={() => setImporting(true)}>{words.importTable}</Button>}
        </div>
      </details>
      {importing && <ImportDialog entity={entity} table={table} close={() => setImporting(false)} />}
    </div>
  );
}

/** A menu that closes when something in it was chosen, by Escape, and by a press elsewhere. */
function useClosing(): RefObject<HTMLDetailsElement | null> {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const { current } = menu;
      const target = event.target instanceof Element ? event.target : undefined;
      const escaped = event instanceof KeyboardEvent && event.key === "Escape";
      const chosen = event.type === "click" && !target?.closest("summary");
      if (!current?.open || (!escaped && !chosen)) return;
      current.open = false;
      if (escaped) current.querySelector("summary")?.focus();
    };
    document.addEventListener("click", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("click", close);
      document.removeEventListener("keydown", close);
    };
  }, []);
  return menu;
}

/** Saves the rows that are shown, in their order, as a file; pictures stay behind. */
function useSave(entity: Entity, rows: Row[], table: Table): () => void {
  const { words, language, standing } = useApp();
  const nameOf = useNameOf(table.rowsOf);
  return () => {
    const fields = fieldsToSee(entity, standing).filter(({ kind }) => kind.type !== "picture");
    const lines = rows.map((row) => fields.map((field) => cellOf(field, row.values[field.id], words, language, nameOf)));
    // The mark in front tells spreadsheets that this is UTF-8.
    const text = `\ufeff${written([fields.map(({ label }) => label), ...lines])}`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    const link = Object.assign(document.createElement("a"), { href: address, download: `${entity.plural}.csv` });
    link.click();
    URL.revokeObjectURL(address);
  };
}

type Outcome = { line: Line; problem: string };

interface ImportProps {
  entity: Entity;
  table: Table;
  close: () => void;
}

/** Reads a table, shows what it would bring, brings it, and says of each line how that went. */
function ImportDialog({ entity, table, close }: ImportProps) {
  const { words, store } = useApp();
  const [text, setText] = useState("");
  const [outcomes, setOutcomes] = useState<Outcome[]>();
  const [running, setRunning] = useState(false);
  const { lines, unknown } = useLines(entity, table, text);
  const sound = lines.filter(({ problem }) => problem === "");
  const bring = async () => {
    setRunning(true);
    const done: Outcome[] = lines.filter(({ problem }) => problem !== "").map((line) => ({ line, problem: line.problem }));
    setOutcomes([...done]);
    // One after the other: rules look at the rows that came before.
    for (const line of sound) {
      done.push({ line, problem: await brought(() => store.create(entity, line.values), words.failed) });
      setOutcomes([...done]);
    }
    setRunning(false);
  };
  return (
    <Dialog title={`${words.importTable}: ${entity.plural}`} close={close}>
      {outcomes ? <Outcomes outcomes={outcomes} all={lines.length} running={running} close={close} /> : (
        <div className="flex flex-col gap-4">
          <Source text={text} change={setText} entity={entity} />
          {unknown.length > 0 && <Problem>{words.unknownColumns(unknown.join(", "))}</Problem>}
          {lines.length > 0 && <Preview entity={entity} lines={lines} />}
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={close}>{words.cancel}</Button>
            <Button look="main" disabled={sound.length === 0} onClick={() => void bring()}>{words.importRows(sound.length)}</Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

async function brought(create: () => Promise<unknown>, uncertain: string): Promise<string> {
  try {
    await create();
    return "";
  } catch (failure) {
    return failure instanceof Refused ? failure.message : uncertain;
  }
}

function useLines(entity: Entity, table: Table, text: string): { lines: Line[]; unknown: string[] } {
  const { words, language, standing, entities } = useApp();
  const fields = fieldsToFill(entity, standing);
  const cells = parsed(text);
  const titled = (id: string) => {
    const other = entities.find((one) => one.id === id);
    return other ? table.rowsOf(id).map((row) => ({ row, title: titleOf(other, row) })) : [];
  };
  const heading = cells[0] ?? [];
  const columns = columnsOf(heading, fields);
  const unknown = heading.filter((name, index) => name.trim() !== "" && !columns[index]);
  return { lines: linesOf(cells, { entity, fields, words, language, titled }), unknown };
}

function Source({ entity, text, change }: { entity: Entity; text: string; change: (text: string) => void }) {
  const { words, standing } = useApp();
  const ids = { file: useId(), text: useId() };
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file) change(await file.text());
  };
  const labels = fieldsToFill(entity, standing).map(({ label }) => label);
  return (
    <>
      <p className="text-sm text-muted">{words.importHint(labels.join(", "), MOST_LINES)}</p>
      <label htmlFor={ids.file} className="flex flex-col gap-1 text-sm font-medium">
        {words.file}
        <input id={ids.file} type="file" accept=".csv,.tsv,.txt,text/csv" className="min-h-10 w-full text-sm file:me-3 file:min-h-10 file:rounded-lg file:border file:border-line file:bg-raised file:px-4" onChange={(event) => void take(event)} />
      </label>
      <label htmlFor={ids.text} className="flex flex-col gap-1 text-sm font-medium">
        {words.pasted}
        <textarea id={ids.text} rows={4} dir="auto" value={text} className={`${BOX} font-mono`} onChange={(event) => change(event.target.value)} />
      </label>
    </>
  );
}

/** How many lines are shown before they come. */
const PREVIEWED = 5;

function Preview({ entity, lines }: { entity: Entity; lines: Line[] }) {
  const { words } = useApp();
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="font-medium">{words.preview}</p>
      <ul aria-label={`${words.preview}: ${entity.plural}`} className="flex flex-col gap-1">
        {lines.slice(0, PREVIEWED).map((line, index) => (
          <li key={index} dir="auto" className="break-words">
            {line.cells.join(" · ")}
            {line.problem && <span className="block text-danger">{line.problem}</span>}
          </li>
        ))}
      </ul>
      {lines.length > PREVIEWED && <p className="text-muted">{words.more(lines.length - PREVIEWED)}</p>}
    </div>
  );
}

function Outcomes({ outcomes, all, running, close }: { outcomes: Outcome[]; all: number; running: boolean; close: () => void }) {
  const { words } = useApp();
  const failed = outcomes.filter(({ problem }) => problem !== "");
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p role="status">{words.imported(outcomes.length - failed.length, all)}</p>
      {failed.length > 0 && (
        <ul aria-label={words.notImported} className="flex flex-col gap-2">
          {failed.map(({ line, problem }, index) => (
            <li key={index} dir="auto" className="break-words">
              {line.cells.join(" · ")}
              <span className="block text-danger">{problem}</span>
            </li>
          ))}
        </ul>
      )}
      <Button look="main" className="self-end" disabled={running} onClick={close}>{running ? words.working : words.close}</Button>
    </div>
  );
}
