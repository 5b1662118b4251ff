/** Invitations: a link for a person in a table, or for anybody into a role that has no table of its own. */
import { useId, useState, type FormEvent } from "react";
import { useAction } from "./action";
import { useApp } from "./context";
import { Button, Dialog, Problem } from "./controls";
import { QrCode } from "./detail";
import { BOX } from "./input";
import { rolesToInvite } from "./rights";
import { titleOf } from "./titles";
import type { Entity, Role, Row } from "./types";

/** Makes the link for a row that is a person. */
export function InviteRow({ entity, row, close }: { entity: Entity; row: Row; close: () => void }) {
  const { words, platform } = useApp();
  const [link, setLink] = useState("");
  const action = useAction();
  const title = titleOf(entity, row);
  const make = () =>
    action.run(async () => {
      const { token } = await platform.invite(entity.person ?? "", title, row.member);
      setLink(linkOf(token));
    });
  return (
    <Dialog title={words.inviteOf(title)} close={close}>
      {link ? <Link link={link} /> : (
        <div className="flex flex-col gap-4">
          <p className="text-sm text-muted">{words.linkReplaces}</p>
          {action.problem && <Problem>{action.problem}</Problem>}
          <Button look="main" disabled={action.running} onClick={() => void make()}>
            {action.running ? words.working : words.makeLink}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

/** The button that invites into roles, for those who may. */
export function InviteButton() {
  const { words, roles, entities, standing } = useApp();
  const [open, setOpen] = useState(false);
  // People with a table are invited from their row there, so that row and person belong together.
  const free = rolesToInvite(roles, standing).filter((role) => !entities.some((entity) => entity.person === role.id));
  if (free.length === 0) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.invite}</Button>
      {open && <InviteToRole roles={free} close={() => setOpen(false)} />}
    </>
  );
}

function InviteToRole({ roles, close }: { roles: Role[]; close: () => void }) {
  const { words, platform } = useApp();
  const [name, setName] = useState("");
  const [role, setRole] = useState(roles[0]?.id ?? "");
  const [link, setLink] = useState("");
  const action = useAction();
  const ids = { name: useId(), role: useId() };
  const make = (event: FormEvent) => {
    event.preventDefault();
    void action.run(async () => setLink(linkOf((await platform.invite(role, name.trim())).token)));
  };
  return (
    <Dialog title={words.invite} close={close}>
      {link ? <Link link={link} /> : (
        <form onSubmit={make} className="flex flex-col gap-4">
          <label htmlFor={ids.name} className="text-sm font-medium">
            {words.name}
            <input id={ids.name} value={name} required maxLength={100} dir="auto" className={BOX} onChange={(event) => setName(event.target.value)} />
          </label>
          <label htmlFor={ids.role} className="text-sm font-medium">
            {words.role}
            <select id={ids.role} value={role} className={BOX} onChange={(event) => setRole(event.target.value)}>
              {roles.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          {action.problem && <Problem>{action.problem}</Problem>}
          <Button type="submit" look="main" disabled={action.running}>
            {action.running ? words.working : words.makeLink}
          </Button>
        </form>
      )}
    </Dialog>
  );
}

function linkOf(token: string): string {
  return `${location.origin}/#invite=${encodeURIComponent(token)}`;
}

/** The link to pass on. */
function Link({ link }: { link: string }) {
  const { words, title, announce } = useApp();
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
  // Closing the share sheet is no failure.
  const share = () => navigator.share({ title, url: link }).catch(() => undefined);
  return (
    <div className="flex flex-col gap-4">
      <p>{words.linkHint}</p>
      <QrCode text={link} />
      <label htmlFor={id} className="text-sm font-medium">
        {words.link}
        <input id={id} readOnly value={link} dir="ltr" className={BOX} onFocus={(event) => event.target.select()} />
      </label>
      <div className="flex flex-wrap justify-end gap-2">
        {"share" in navigator && <Button onClick={() => void share()}>{words.share}</Button>}
        <Button look="main" onClick={() => void copy()}>
          {words.copy}
        </Button>
      </div>
    </div>
  );
}
