/** The caller's own row as a form: an invited person's answer, which can be changed later. */
import { useCallback, useEffect, useState } from "react";
import { useApp } from "./context";
import { Button, Empty, Loading, Offline, PageHead, Paragraphs } from "./controls";
import { Summary } from "./detail";
import { RowForm } from "./form";
import { fieldsToFill, grantOf, isAsked } from "./rights";
import { decoded, encoded } from "./rows";
import { useTable, type Values } from "./store";
import { titleOf } from "./titles";
import type { Entity, Row } from "./types";

type View = Record<string, unknown>;
/** The caller's row: not yet known, not there, or this one. */
type Mine = Row | "none" | undefined;

/** The page. */
export function AnswerPage({ entity, text }: { entity: Entity; text?: string }) {
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
  return <Answer entity={entity} text={text ?? ""} row={mine === "none" ? undefined : mine} keep={setMine} />;
}

interface AnswerProps {
  entity: Entity;
  text: string;
  row: Row | undefined;
  keep: (row: Row) => void;
}

function Answer({ entity, text, row, keep }: AnswerProps) {
  const { platform, standing, words, announce } = useApp();
  const table = useTable(entity);
  const fields = row ? entity.fields.filter((field) => field.byMember && !field.made) : fieldsToFill(entity, standing);
  const [state, setState] = useState<"asking" | "thanked" | "shown">(() => (row && isAnswered(entity, row) ? "shown" : "asking"));
  const submit = async (values: Values) => {
    const view = await platform.change<View>(entity.methods.answer ?? "", encoded(entity, fields, values, row));
    keep(decoded(entity, view));
    announce(words.thanks);
    setState("thanked");
    await table.reload();
  };
  return (
    <section className="mx-auto flex w-full max-w-xl flex-col gap-5">
      <PageHead title={row ? titleOf(entity, row) : entity.label} />
      {text && <Paragraphs text={text} />}
      {state === "thanked" && <p className="rounded-xl border border-accent-ink p-4 text-lg font-semibold">{words.thanks}</p>}
      {state === "asking" || !row ? (
        <RowForm entity={entity} fields={fields} row={row} table={table} submitLabel={words.send} answering submit={submit} />
      ) : (
        <>
          <Summary entity={entity} row={row} rowsOf={table.rowsOf} />
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
