/** Taking a row's choice a step further, with one press. */
import { useAction, type Action } from "./action";
import { useApp } from "./context";
import { Button, Problem } from "./controls";
import { nextOptions } from "./rights";
import type { Table } from "./store";
import { titleOf } from "./titles";
import type { Entity, Field, Row } from "./types";
import { restored } from "./undo";

/** Sets a row's choice; what was refused is said by the action. */
export function useMove(entity: Entity): { action: Action; move: (row: Row, field: Field, to: string) => Promise<boolean> } {
  const { store, standing, words, announce } = useApp();
  const action = useAction();
  const move = (row: Row, field: Field, to: string) =>
    action.run(async () => {
      const values = { [field.id]: to };
      await store.update(entity, row, values);
      const label = field.kind.type === "choice" ? field.kind.options.find(({ id }) => id === to)?.label : undefined;
      announce(words.movedTo(titleOf(entity, row), label ?? to), restored({ entity, row, values, store, standing }));
    });
  return { action, move };
}

/** The steps that the caller may take with a row, where the entity has steps. */
export function Moves({ entity, row, table }: { entity: Entity; row: Row; table: Table }) {
  const { words, standing } = useApp();
  const { action, move } = useMove(entity);
  const stepped = entity.fields.filter((field) => entity.steps?.some((rule) => rule.field === field.id));
  const offered = stepped.flatMap((field) => nextOptions(entity, field, row, standing, table.find).map((option) => ({ field, option })));
  if (offered.length === 0 && !action.problem) return null;
  return (
    <div className="flex flex-col gap-2 print:hidden">
      <div className="flex flex-wrap gap-2">
        {offered.map(({ field, option }) => (
          <Button key={`${field.id} ${option.id}`} small disabled={action.running} aria-label={words.moveTo(titleOf(entity, row), option.label)} onClick={() => void move(row, field, option.id)}>
            <span aria-hidden="true" className="me-1 rtl:-scale-x-100">→</span>
            {option.label}
          </Button>
        ))}
      </div>
      {action.problem && <Problem>{action.problem}</Problem>}
    </div>
  );
}
