/** The caller's own row as a form: an invited person's answer, which can be changed later. */
import { useCallback, useEffect, useState } from "react";
import { useApp } from "./context";
import { Button, Empty, Loading, Offline, PageHead } from "./controls";
import { RowForm } from "./form";
import { fieldsToFill, grantOf, isAsked } from "./rights";
import { decoded, encoded, useReferences } from "./rows";
import { titleOf, useShown } from "./titles";
import type { Entity, Row, Value } from "./types";

type View = Record<string, unknown>;
/** The caller's row: not yet known, not there, or this one. */
type Mine = Row | "none" | undefined;

/** The page. */
export function AnswerPage({ entity }: { entity: Entity }) {
  const { platform, standing, words } = useApp();
  const [mine, setMine] = useState<Mine>();
  const [failed, setFailed] = useState(false);
  const load = useCallback(async () => {
    setFailed(false);
    try {
      const [view] = await platform.read<[] | [View]>(entity.methods.my ?? "");
      setMine(view ? decoded(entity, view) : "none");
    } catch {
      setFailed(true);
    }
  }, [platform, entity]);
  useEffect(() => {
    void load();
  }, [load]);
  if (failed) return <Offline retry={() => void load()} />;
  if (mine === undefined) return <Loading />;
  if (mine === "none" && !grantOf(entity, standing).create) return <Empty>{words.notInvited}</Empty>;
  return <Answer entity={entity} row={mine === "none" ? undefined : mine} keep={setMine} />;
}

function Answer({ entity, row, keep }: { entity: Entity; row: Row | undefined; keep: (row: Row) => void }) {
  const { platform, standing, words, announce } = useApp();
  const references = useReferences(entity);
  const fields = row ? entity.fields.filter((field) => field.byMember) : fieldsToFill(entity, standing);
  const [state, setState] = useState<"asking" | "thanked" | "shown">(() => (row && isAnswered(entity, row) ? "shown" : "asking"));
  const submit = async (values: Record<string, Value | undefined>) => {
    const view = await platform.change<View>(entity.methods.answer ?? "", encoded(entity, fields, values, row));
    keep(decoded(entity, view));
    announce(words.thanks);
    setState("thanked");
    await references.reload();
  };
  return (
    <section className="mx-auto flex w-full max-w-xl flex-col gap-5">
      <PageHead title={row ? titleOf(entity, row) : entity.label} />
      {state === "thanked" && <p className="rounded-xl border border-accent-ink p-4 text-lg font-semibold">{words.thanks}</p>}
      {state === "asking" || !row ? (
        <RowForm entity={entity} fields={fields} row={row} rowsOf={references.rowsOf} submitLabel={words.send} answering submit={submit} />
      ) : (
        <>
          <Summary entity={entity} row={row} rowsOf={references.rowsOf} />
          {fields.length > 0 && <Button onClick={() => setState("asking")}>{words.changeAnswer}</Button>}
        </>
      )}
    </section>
  );
}

/** Whether everything that the member has to say is said. */
function isAnswered(entity: Entity, row: Row): boolean {
  const mine = entity.fields.filter((field) => field.byMember && isAsked(entity, field, (id) => row.values[id]));
  const said = mine.filter((field) => row.values[field.id] !== undefined);
  return said.length > 0 && mine.every((field) => !field.required || row.values[field.id] !== undefined);
}

/** What is set in a row, field by field. */
export function Summary({ entity, row, rowsOf }: { entity: Entity; row: Row; rowsOf: (entity: string) => Row[] }) {
  const shown = useShown(rowsOf);
  const set = entity.fields.filter((field) => field.id !== entity.title && row.values[field.id] !== undefined);
  if (set.length === 0) return null;
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-4 gap-y-2 text-sm">
      {set.map((field) => (
        <div key={field.id} className="contents">
          <dt dir="auto" className="text-muted">{field.label}</dt>
          <dd dir="auto" className="min-w-0 break-words whitespace-pre-line">{shown(field, row)}</dd>
        </div>
      ))}
    </dl>
  );
}
