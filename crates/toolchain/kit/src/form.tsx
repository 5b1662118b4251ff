/** A form over some fields of a row: what is asked depends on what was answered; problems stand beside it. */
import { useState, type FormEvent } from "react";
import { useAction } from "./action";
import { useApp } from "./context";
import { Button, Problem } from "./controls";
import { Input } from "./input";
import { isAsked, isNeeded } from "./rights";
import type { Entity, Field, Row, Value } from "./types";
import { read, typed, Unreadable } from "./values";

type Draft = Record<string, string>;

interface FormProps {
  entity: Entity;
  fields: Field[];
  row?: Row | undefined;
  rowsOf: (entity: string) => Row[];
  submitLabel: string;
  /** Whether the row's own member fills it in. */
  answering?: boolean;
  submit: (values: Record<string, Value | undefined>) => Promise<void>;
  cancel?: () => void;
}

/** The form. It keeps what was typed until the backend has taken it. */
export function RowForm({ entity, fields, row, rowsOf, submitLabel, answering = false, submit, cancel }: FormProps) {
  const { words, language } = useApp();
  const action = useAction();
  const [draft, setDraft] = useState<Draft>(() =>
    Object.fromEntries(fields.map((field) => [field.id, typed(field.kind, row?.values[field.id], language)])),
  );
  const valueOf = (id: string) => (id in draft ? draft[id] || undefined : row?.values[id]);
  const asked = fields.filter((field) => isAsked(entity, field, valueOf));

  function values(): Record<string, Value | undefined> {
    const kept: Record<string, Value | undefined> = { ...row?.values };
    for (const field of fields) kept[field.id] = undefined;
    for (const field of asked) kept[field.id] = readField(field, draft[field.id] ?? "");
    return kept;
  }

  function readField(field: Field, text: string): Value | undefined {
    const value = read(field.kind, text, field.label, words, language);
    if (value === undefined && isNeeded(entity, field, answering)) throw new Unreadable(words.missing(field.label));
    return value;
  }

  const send = (event: FormEvent) => {
    event.preventDefault();
    void action.run(async () => submit(values()));
  };

  return (
    <form onSubmit={send} className="flex flex-col gap-4" aria-busy={action.running}>
      {asked.map((field) => (
        <Input
          key={field.id}
          field={{ ...field, required: isNeeded(entity, field, answering) }}
          text={draft[field.id] ?? ""}
          change={(text) => setDraft((before) => ({ ...before, [field.id]: text }))}
          rowsOf={rowsOf}
          entity={entity}
        />
      ))}
      {action.problem && <Problem>{action.problem}</Problem>}
      <div className="flex flex-wrap justify-end gap-2">
        {cancel && <Button onClick={cancel}>{words.cancel}</Button>}
        <Button type="submit" look="main" disabled={action.running}>
          {action.running ? words.working : submitLabel}
        </Button>
      </div>
    </form>
  );
}
