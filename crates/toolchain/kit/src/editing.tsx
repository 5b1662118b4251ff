/** Adding, changing, deleting and inviting in dialogs: what tables and cards have in common. */
import { useState, type ReactNode } from "react";
import { useAction } from "./action";
import { useApp } from "./context";
import { Button, Dialog, Problem } from "./controls";
import { RowForm } from "./form";
import { InviteRow } from "./invite";
import { fieldsToFill, grantOf, isKept, mayChange, reaches, rolesToInvite } from "./rights";
import type { Table, Values } from "./store";
import { titleOf } from "./titles";
import type { Entity, Row, Standing } from "./types";
import { recreated, removed, restored } from "./undo";

type Open = { what: "add"; start: Values } | { what: "edit" | "delete" | "invite"; row: Row } | undefined;

/** What a page needs to offer the actions. */
export interface Editing {
  /** The button that adds a row, for those who may. */
  addButton: ReactNode;
  /** The buttons for a row, as far as the caller may. */
  actionsOf: (row: Row) => ReactNode;
  /** Whether there can be any button on a row. */
  hasActions: boolean;
  /** Opens the form for a new row that starts with these values; nothing where the caller may add none. */
  add: ((start: Values) => void) | undefined;
  /** The dialog that is open, if any. */
  dialog: ReactNode;
}

/** Offers the actions on an entity's rows. */
export function useEditing(entity: Entity, table: Table): Editing {
  const { words, roles, standing } = useApp();
  const [open, setOpen] = useState<Open>();
  const grant = grantOf(entity, standing);
  const invites = rolesToInvite(roles, standing).some((role) => role.id === entity.person);
  const button = (what: "edit" | "delete" | "invite", row: Row, label: string) => (
    <Button key={what} small aria-label={label} onClick={() => setOpen({ what, row })}>
      {words[what]}
    </Button>
  );
  const actionsOf = (row: Row) => {
    const title = titleOf(entity, row);
    const changes = mayChange(entity, row, standing, table.find) && fieldsToFill(entity, standing, row, table.find).length > 0;
    const deletes = reaches(entity, grant.delete, row, standing, table.find) && !isKept(entity, row);
    return (
      <div className="flex flex-wrap gap-2">
        {invites && row.member !== "" && button("invite", row, words.inviteOf(title))}
        {changes && button("edit", row, words.editOf(title))}
        {deletes && button("delete", row, words.deleteOf(title))}
      </div>
    );
  };
  return {
    addButton: grant.create && (
      <Button look="main" aria-label={words.addTo(entity.label)} onClick={() => setOpen({ what: "add", start: {} })}>
        {words.add}
      </Button>
    ),
    add: grant.create ? (start) => setOpen({ what: "add", start }) : undefined,
    actionsOf,
    hasActions: invites || grant.update !== undefined || grant.delete !== undefined || isInSteps(entity, standing),
    dialog: open && <OpenDialog open={open} entity={entity} table={table} close={() => setOpen(undefined)} />,
  };
}

/** Whether a step of the entity names the caller's role. */
function isInSteps({ steps }: Entity, { role }: Standing): boolean {
  return steps?.some((rule) => rule.steps.some(({ by }) => by?.some((who) => who.role === role))) ?? false;
}

interface OpenProps {
  open: Exclude<Open, undefined>;
  entity: Entity;
  table: Table;
  close: () => void;
}

function OpenDialog({ open, entity, table, close }: OpenProps) {
  if (open.what === "invite") return <InviteRow entity={entity} row={open.row} close={close} />;
  if (open.what === "delete") return <DeleteRow entity={entity} row={open.row} close={close} />;
  if (open.what === "add") return <AddRow entity={entity} start={open.start} table={table} close={close} />;
  return <EditRow entity={entity} row={open.row} table={table} close={close} />;
}

interface FormDialogProps {
  entity: Entity;
  table: Table;
  close: () => void;
}

function AddRow({ entity, start, table, close }: FormDialogProps & { start: Values }) {
  const { words, store, standing, announce } = useApp();
  const submit = async (values: Values) => {
    const row = await store.create(entity, values);
    announce(words.saved, removed({ entity, row, store, standing }));
    close();
  };
  const fields = fieldsToFill(entity, standing);
  return (
    <Dialog title={words.addTo(entity.label)} close={close}>
      <RowForm entity={entity} fields={fields} start={start} table={table} submitLabel={words.save} answering={standing.role === entity.person} submit={submit} cancel={close} />
    </Dialog>
  );
}

function EditRow({ entity, row, table, close }: FormDialogProps & { row: Row }) {
  const { words, store, standing, announce } = useApp();
  const fields = fieldsToFill(entity, standing, row, table.find);
  const submit = async (values: Values) => {
    await store.update(entity, row, values);
    announce(words.saved, restored({ entity, row, values, store, standing }));
    close();
  };
  return (
    <Dialog title={words.editOf(titleOf(entity, row))} close={close}>
      <RowForm entity={entity} fields={fields} row={row} table={table} submitLabel={words.save} answering={standing.role === entity.person} submit={submit} cancel={close} />
    </Dialog>
  );
}

function DeleteRow({ entity, row, close }: { entity: Entity; row: Row; close: () => void }) {
  const { words, store, standing, entities, announce } = useApp();
  const action = useAction();
  const title = titleOf(entity, row);
  const undo = recreated({ entity, row, entities, store, standing });
  const remove = () =>
    action.run(async () => {
      await store.remove(entity, row);
      announce(words.deleted, undo);
      close();
    });
  return (
    <Dialog title={words.deleteOf(title)} close={close}>
      <div className="flex flex-col gap-4">
        <p dir="auto">{undo ? words.deleteAsk(title) : words.deleteSure(title)}</p>
        {action.problem && <Problem>{action.problem}</Problem>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={close}>{words.cancel}</Button>
          <Button look="danger" disabled={action.running} onClick={() => void remove()}>
            {action.running ? words.working : words.delete}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
