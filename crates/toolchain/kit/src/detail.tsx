/** One row on a page of its own, with an address that can be passed on. */
import { useId, useState } from "react";
import { encode } from "uqr";
import { totalOf } from "./attention";
import { useApp, usePlace } from "./context";
import { Button, Dialog, Empty, Loading, Offline } from "./controls";
import { Deeds } from "./cards";
import { Marks, Picture } from "./display";
import type { Editing } from "./editing";
import { Icon } from "./icons";
import { BOX } from "./input";
import { Related } from "./related";
import { isAsked } from "./rights";
import { Moves } from "./steps";
import type { Table } from "./store";
import { Balance, RowValue, TotalValue, useReadableTotals } from "./table";
import { shownDay, today } from "./time";
import { titleOf } from "./titles";
import type { Entity, Row } from "./types";

interface DetailProps {
  entity: Entity;
  table: Table;
  number: number;
  editing: Editing;
  marksOf: (row: Row) => string[];
}

/** The page. */
export function Detail({ entity, table, number, editing, marksOf }: DetailProps) {
  const { words } = useApp();
  const { page } = usePlace();
  const row = table.find(entity.id, number);
  return (
    <article className="mx-auto flex w-full max-w-2xl flex-col gap-4">
      <a href={`#${page?.id ?? ""}`} className="inline-flex min-h-8 items-center self-start text-accent-ink underline print:hidden">
        <span aria-hidden="true" className="me-1 rtl:-scale-x-100">←</span>
        {page?.title ?? entity.plural}
      </a>
      {row && <Contents entity={entity} table={table} row={row} editing={editing} marks={marksOf(row)} />}
      {!row && table.rows && <Empty>{words.notThere}</Empty>}
      {!row && !table.rows && (table.failed ? <Offline retry={() => void table.reload()} /> : <Loading />)}
      {editing.dialog}
    </article>
  );
}

interface ContentsProps {
  entity: Entity;
  table: Table;
  row: Row;
  editing: Editing;
  marks: string[];
}

function Contents({ entity, table, row, editing, marks }: ContentsProps) {
  const { language, words } = useApp();
  const totals = useReadableTotals(entity);
  const pictures = entity.fields.filter(({ id, kind }) => kind.type === "picture" && row.values[id] !== undefined);
  return (
    <>
      <header className="flex flex-col gap-2">
        <h1 dir="auto" className="text-2xl font-bold break-words">{titleOf(entity, row)}</h1>
        {row.createdAt > 0 && <p className="text-sm text-muted">{shownDay(today(new Date(row.createdAt)), language)}</p>}
        <Marks marks={marks} />
      </header>
      {pictures.map((field) => <Picture key={field.id} url={String(row.values[field.id])} title={`${field.label}: ${titleOf(entity, row)}`} className="w-full rounded-xl" />)}
      <Summary entity={entity} row={row} rowsOf={table.rowsOf} />
      {entity.balance && <p>{words.balance}: <Balance kind={entity.balance} row={row} /></p>}
      {totals.length > 0 && (
        <dl className="flex flex-wrap gap-x-6 gap-y-2 text-sm">
          {totals.map((total) => (
            <div key={total.id}>
              <dt dir="auto" className="text-muted">{total.label}</dt>
              <dd><TotalValue total={total} value={totalOf(total, row, table.rowsOf)} /></dd>
            </div>
          ))}
        </dl>
      )}
      <Moves entity={entity} row={row} table={table} />
      <div className="flex flex-wrap gap-2 print:hidden">
        <Deeds entity={entity} row={row} />
        {editing.actionsOf(row)}
        <ShareButton title={titleOf(entity, row)} />
        <Button small onClick={() => window.print()}>{words.print}</Button>
      </div>
      <Related entity={entity} row={row} />
    </>
  );
}

/** What is set in a row, field by field; pictures and the title have their own places. */
export function Summary({ entity, row, rowsOf }: { entity: Entity; row: Row; rowsOf: (entity: string) => Row[] }) {
  const set = entity.fields.filter((field) => field.id !== entity.title && field.kind.type !== "picture" && row.values[field.id] !== undefined);
  const asked = set.filter((field) => isAsked(entity, field, (id) => row.values[id]));
  if (asked.length === 0) return null;
  // In a narrow place the label stands above its value.
  return (
    <div className="@container">
      <dl className="grid grid-cols-1 gap-x-4 gap-y-2 text-sm @xs:grid-cols-[minmax(6rem,auto)_1fr]">
        {asked.map((field) => (
          <div key={field.id} className="min-w-0 @xs:contents">
            <dt dir="auto" className="text-muted">{field.label}</dt>
            <dd dir="auto" className="min-w-0 break-words whitespace-pre-line"><RowValue entity={entity} field={field} row={row} rowsOf={rowsOf} /></dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Passes on the address of what is shown. */
export function ShareButton({ title }: { title: string }) {
  const { words } = useApp();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button small onClick={() => setOpen(true)}>
        <Icon of="share" className="me-1" />
        {words.share}
      </Button>
      {open && (
        <Dialog title={title} close={() => setOpen(false)}>
          <ShareLink link={location.href} />
        </Dialog>
      )}
    </>
  );
}

/** An address as text and as a code for a camera. */
export function ShareLink({ link }: { link: string }) {
  const { words, announce } = useApp();
  const id = useId();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      announce(words.copied);
    } catch {
      // Where the clipboard is closed to pages, the marked text can be copied by hand.
      const box = document.getElementById(id);
      if (box instanceof HTMLInputElement) box.select();
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <QrCode text={link} />
      <label htmlFor={id} className="text-sm font-medium">
        {words.address}
        <input id={id} readOnly value={link} dir="ltr" className={BOX} onFocus={(event) => event.target.select()} />
      </label>
      <Button look="main" className="self-end" onClick={() => void copy()}>{words.copy}</Button>
    </div>
  );
}

/** A QR code, black on white whatever the theme, since cameras expect it so. */
export function QrCode({ text }: { text: string }) {
  const { words } = useApp();
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  const dark = data.flatMap((line, y) => line.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg role="img" aria-label={words.qrCode} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" className="mx-auto w-56 max-w-full">
      <rect width={size} height={size} fill="#ffffff" />
      <path d={dark.join("")} fill="#000000" />
    </svg>
  );
}
