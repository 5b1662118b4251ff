/** Rows in the order of time, newest first: a blog or a journal. Each row has a page of its own. */
import { dayBy } from "./attention";
import { useApp } from "./context";
import { Marks, Picture, TitleLink } from "./display";
import { RowsPage, type PageProps, type View } from "./frame";
import { shownDay } from "./time";
import { titleOf } from "./titles";
import type { Entity, Row } from "./types";

/** How much of a long text is shown in the list, in characters. */
const EXCERPT = 280;

/** The page; without a field, rows are in the order in which they were made. */
export function TimelinePage({ by = "createdAt", ...props }: PageProps & { by?: string }) {
  return <RowsPage {...props} order={[{ field: by, descending: true }]}>{(view) => <Timeline view={view} by={by} />}</RowsPage>;
}

function Timeline({ view, by }: { view: View; by: string }) {
  return (
    <ol className="flex max-w-2xl flex-col gap-6 border-s-2 border-rule ps-4">
      {view.rows.map((row) => (
        <li key={row.id}>
          <Entry view={view} row={row} by={by} />
        </li>
      ))}
    </ol>
  );
}

function Entry({ view, row, by }: { view: View; row: Row; by: string }) {
  const { words, language } = useApp();
  const { entity, editing } = view;
  const day = dayBy(row, by);
  const picture = entity.fields.find(({ kind }) => kind.type === "picture");
  const url = picture && row.values[picture.id];
  const { text, rest } = excerpt(entity, row);
  return (
    <article className="flex flex-col gap-2">
      {day && <time dateTime={day} className="text-sm text-muted">{shownDay(day, language, { dateStyle: "long" })}</time>}
      <h2 dir="auto" className="text-xl font-semibold break-words">
        <TitleLink to={view.addressOf(row)} title={titleOf(entity, row)} />
      </h2>
      <Marks marks={view.marksOf(row)} />
      {url !== undefined && <Picture url={String(url)} title={`${picture?.label}: ${titleOf(entity, row)}`} className="max-h-72 w-full rounded-xl object-cover" />}
      {text && <p dir="auto" className="break-words whitespace-pre-line">{text}</p>}
      {rest && <a href={view.addressOf(row)} aria-label={words.readOf(titleOf(entity, row))} className="inline-flex min-h-6 self-start text-accent-ink underline">{words.readOn}</a>}
      {editing.actionsOf(row)}
    </article>
  );
}

/** The beginning of a row's long text, up to the end of a word. */
function excerpt(entity: Entity, row: Row): { text: string; rest: boolean } {
  const field = entity.fields.find(({ id, kind }) => kind.type === "longText" && id !== entity.title);
  const text = field ? String(row.values[field.id] ?? "") : "";
  if (text.length <= EXCERPT) return { text, rest: false };
  return { text: `${text.slice(0, EXCERPT).replace(/\s+\S*$/, "")} …`, rest: true };
}
