/** A form over some fields of a row: what is asked depends on what was answered; problems stand beside it. */
import { useState, type FormEvent } from "react";
import { useAction } from "./action";
import { useApp } from "./context";
import { Button, Problem } from "./controls";
import { Input } from "./input";
import { isAsked, isNeeded, nextOptions } from "./rights";
import type { Table, Values } from "./store";
import type { Entity, Field, Row, Value } from "./types";
import { read, typed, Unreadable } from "./values";

type Draft = Record<string, string>;

interface FormProps {
  entity: Entity;
  fields: Field[];
  row?: Row | undefined;
  /** What a new row starts with; fields of it that are not asked are sent as they are. */
  start?: Values;
  table: Pick<Table, "rowsOf" | "find">;
  submitLabel: string;
  /** Whether the row's own member fills it in. */
  answering?: boolean;
  submit: (values: Values) => Promise<void>;
  cancel?: () => void;
}

/** The form. It keeps what was typed until the backend has taken it. */
export function RowForm({ entity, fields, row, start, table, submitLabel, answering = false, submit, cancel }: FormProps) {
  const { words, language, standing } = useApp();
  const before: Values = row?.values ?? start ?? {};
  const action = useAction();
  const [draft, setDraft] = useState<Draft>(() =>
    Object.fromEntries(fields.map((field) => [field.id, typed(field.kind, before[field.id], language)])),
  );
  const valueOf = (id: string) => (id in draft ? draft[id] || undefined : before[id]);
  const asked = fields.filter((field) => isAsked(entity, field, valueOf));

  function values(): Values {
    const kept: Values = row ? {} : { ...start };
    for (const field of fields) kept[field.id] = undefined;
    for (const field of asked) kept[field.id] = readField(field, draft[field.id] ?? "");
    return kept;
  }

  function readField(field: Field, text: string): Value | undefined {
    const value = read(field.kind, text, field.label, words, language);
    if (value === undefined && isNeeded(entity, field, answering)) throw new Unreadable(words.missing(field.label));
    return value;
  }

  /** Where a choice has steps, a row's form offers what may come next. */
  function optionsOf(field: Field) {
    const stepped = row && entity.steps?.some((rule) => rule.field === field.id);
    if (!stepped || field.kind.type !== "choice") return undefined;
    const next = nextOptions(entity, field, row, standing, table.find);
    return field.kind.options.filter((option) => option.id === row.values[field.id] || next.includes(option));
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
          rowsOf={table.rowsOf}
          options={optionsOf(field)}
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
