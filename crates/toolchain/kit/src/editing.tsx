/** Adding, changing, deleting and inviting in dialogs: what tables and cards have in common. */
import { useState, type ReactNode } from "react";
import { useAction } from "./action";
import { useApp } from "./context";
import { Button, Dialog, Problem } from "./controls";
import { RowForm } from "./form";
import { InviteRow } from "./invite";
import { fieldsToFill, grantOf, reaches, rolesToInvite } from "./rights";
import { encoded } from "./rows";
import { titleOf } from "./titles";
import type { Entity, Row, Value } from "./types";

type Open = { what: "add" } | { what: "edit" | "delete" | "invite"; row: Row } | undefined;

/** What a page needs to offer the actions. */
export interface Editing {
  /** The button that adds a row, for those who may. */
  addButton: ReactNode;
  /** The buttons for a row, as far as the caller may. */
  actionsOf: (row: Row) => ReactNode;
  /** Whether there can be any button on a row. */
  hasActions: boolean;
  /** The dialog that is open, if any. */
  dialog: ReactNode;
}

/** Offers the actions on an entity; `changed` reads its rows anew. */
export function useEditing(entity: Entity, rowsOf: (entity: string) => Row[], changed: () => Promise<void>): Editing {
  const { words, roles, standing } = useApp();
  const [open, setOpen] = useState<Open>();
  const grant = grantOf(entity, standing);
  const invites = rolesToInvite(roles, standing).some((role) => role.id === entity.person);
  const close = () => setOpen(undefined);
  const button = (what: "edit" | "delete" | "invite", row: Row, label: string) => (
    <Button key={what} small aria-label={label} onClick={() => setOpen({ what, row })}>
      {words[what]}
    </Button>
  );
  const actionsOf = (row: Row) => {
    const title = titleOf(entity, row);
    return (
      <div className="flex flex-wrap gap-2">
        {invites && row.member !== "" && button("invite", row, words.inviteOf(title))}
        {reaches(grant.update, row, standing) && fieldsToFill(entity, standing, row).length > 0 && button("edit", row, words.editOf(title))}
        {reaches(grant.delete, row, standing) && button("delete", row, words.deleteOf(title))}
      </div>
    );
  };
  return {
    addButton: grant.create && (
      <Button look="main" aria-label={words.addTo(entity.label)} onClick={() => setOpen({ what: "add" })}>
        {words.add}
      </Button>
    ),
    actionsOf,
    hasActions: invites || grant.update !== undefined || grant.delete !== undefined,
    dialog: open && <OpenDialog open={open} entity={entity} rowsOf={rowsOf} close={close} changed={changed} />,
  };
}

interface OpenProps {
  open: Exclude<Open, undefined>;
  entity: Entity;
  rowsOf: (entity: string) => Row[];
  close: () => void;
  changed: () => Promise<void>;
}

function OpenDialog({ open, entity, rowsOf, close, changed }: OpenProps) {
  if (open.what === "invite") return <InviteRow entity={entity} row={open.row} close={close} />;
  if (open.what === "delete") return <DeleteRow entity={entity} row={open.row} close={close} changed={changed} />;
  const row = open.what === "edit" ? open.row : undefined;
  return <EditRow entity={entity} row={row} rowsOf={rowsOf} close={close} changed={changed} />;
}

function EditRow({ entity, row, rowsOf, close, changed }: Omit<OpenProps, "open"> & { row: Row | undefined }) {
  const { words, platform, standing, announce } = useApp();
  const fields = fieldsToFill(entity, standing, row);
  const answering = standing.role === entity.person;
  const submit = async (values: Record<string, Value | undefined>) => {
    const input = encoded(entity, fields, values, row);
    if (row) await platform.change(entity.methods.update, BigInt(row.id), input);
    else await platform.change(entity.methods.create, input);
    announce(words.saved);
    close();
    await changed();
  };
  const title = row ? words.editOf(titleOf(entity, row)) : words.addTo(entity.label);
  return (
    <Dialog title={title} close={close}>
      <RowForm entity={entity} fields={fields} row={row} rowsOf={rowsOf} submitLabel={words.save} answering={answering} submit={submit} cancel={close} />
    </Dialog>
  );
}

function DeleteRow({ entity, row, close, changed }: { entity: Entity; row: Row; close: () => void; changed: () => Promise<void> }) {
  const { words, platform, announce } = useApp();
  const action = useAction();
  const title = titleOf(entity, row);
  const remove = () =>
    action.run(async () => {
      await platform.change(entity.methods.delete, BigInt(row.id));
      announce(words.deleted);
      close();
      await changed();
    });
  return (
    <Dialog title={words.deleteOf(title)} close={close}>
      <div className="flex flex-col gap-4">
        <p dir="auto">{words.deleteSure(title)}</p>
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
