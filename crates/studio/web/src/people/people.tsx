/**
 * Who was let into the app, by role, and the personal links that let them in.
 */
import { useState } from "react";
import { invite, people, revoke, type Member, type Role } from "../api";
import { useDoing, useReading } from "../request";
import { appPath, Link } from "../router";
import { ago, t } from "../texts";
import { announce } from "../ui/announcer";
import { CopyField } from "../ui/copy-field";
import { Confirm, Dialog } from "../ui/dialog";
import { Failure } from "../ui/failure";
import { Icon } from "../ui/icons";
import { Page, Read } from "../ui/page";
import { isHere } from "../ui/place";
import { InviteForm } from "./invite-form";

/** What the screen's dialog is about. */
type Open =
  | { at: "link"; name: string; link: string }
  | { at: "replace"; member: Member }
  | { at: "remove"; member: Member };

export function People({ app }: { app: string }) {
  const reading = useReading(`people ${app}`, (call) => people(app, call));
  const [open, setOpen] = useState<Open>();
  const doing = useDoing();

  const make = (role: string, name: string, member?: string) =>
    doing.act(async () => {
      const made = await invite(app, role, name, member);
      setOpen({ at: "link", name: name || t.people.unnamed, link: made.link });
      reading.reload();
    });
  const remove = (member: Member) =>
    doing.act(async () => {
      await revoke(app, member.member);
      setOpen(undefined);
      announce(t.people.removed(nameOf(member)));
      reading.reload();
    });

  return (
    <Page title={t.people.title} lead={t.people.lead}>
      {open === undefined && <Failure error={doing.error} onRetry={doing.clear} />}
      <Read reading={reading}>
        {({ members, roles }) =>
          roles.length === 0 && members.length === 0 ? (
            <NoRoles app={app} />
          ) : (
            <>
              {roles.length > 0 && <InviteForm roles={roles} busy={doing.busy} onInvite={make} />}
              {groups(members, roles).map(({ role, inside, known, inviting }) => (
                <section key={role.id} className="panel" aria-labelledby={`role-${role.id}`}>
                  <h2 id={`role-${role.id}`}>
                    {role.label} {inside.length > 0 && <span className="quiet">{t.people.members(inside.length)}</span>}
                  </h2>
                  {!known && <p className="quiet">{t.people.former}</p>}
                  {inviting.length > 0 && <p className="quiet">{t.people.invitedBy(inviting)}</p>}
                  {inside.length === 0 && <p className="quiet">{t.people.nobody}</p>}
                  <ul className="members">
                    {inside.map((member) => (
                      <MemberLine key={member.member} member={member} onOpen={setOpen} />
                    ))}
                  </ul>
                </section>
              ))}
            </>
          )
        }
      </Read>
      {open?.at === "link" && <LinkDialog name={open.name} link={open.link} onClose={() => setOpen(undefined)} />}
      {open?.at === "replace" && (
        <Confirm
          title={t.people.newLinkTitle(nameOf(open.member))}
          text={t.people.newLinkText}
          confirm={t.people.newLinkConfirm}
          busy={doing.busy}
          onConfirm={() => void make(open.member.role, open.member.name, open.member.member)}
          onClose={() => setOpen(undefined)}
        >
          <Failure error={doing.error} />
        </Confirm>
      )}
      {open?.at === "remove" && (
        <Confirm
          danger
          title={t.people.removeTitle(nameOf(open.member))}
          text={t.people.removeText}
          confirm={t.people.removeConfirm}
          busy={doing.busy}
          onConfirm={() => void remove(open.member)}
          onClose={() => setOpen(undefined)}
        >
          <Failure error={doing.error} />
        </Confirm>
      )}
    </Page>
  );
}

function MemberLine({ member, onOpen }: { member: Member; onOpen: (open: Open) => void }) {
  const name = nameOf(member);
  const seen = ago(member.last_seen);
  return (
    <li className="member">
      <span className="member-text">
        <strong>{name}</strong>
        <span className="quiet">
          {t.people.browsers(member.browsers)}
          {seen && ` · ${t.people.seen(seen)}`}
        </span>
      </span>
      <span className="row">
        <button
          type="button"
          className="button small"
          aria-label={t.people.newLinkLong(name)}
          onClick={() => onOpen({ at: "replace", member })}
        >
          <Icon name="key" size={17} />
          {t.people.newLink}
        </button>
        <button
          type="button"
          className="button small danger-quiet"
          aria-label={t.people.removeLong(name)}
          onClick={() => onOpen({ at: "remove", member })}
        >
          {t.people.remove}
        </button>
      </span>
    </li>
  );
}

function LinkDialog({ name, link, onClose }: { name: string; link: string; onClose: () => void }) {
  return (
    <Dialog title={t.people.linkTitle(name)} onClose={onClose}>
      <p>{t.people.linkText(name)}</p>
      <CopyField label={t.people.link} text={link} focus />
      {isHere(link) && <p className="quiet">{t.people.onlyHere}</p>}
      <div className="row end">
        <button type="button" className="button" onClick={onClose}>
          {t.close}
        </button>
      </div>
    </Dialog>
  );
}

function NoRoles({ app }: { app: string }) {
  return (
    <div className="panel">
      <p>{t.people.noRoles}</p>
      <p className="quiet">{t.people.noRolesHint}</p>
      <p>
        <Link className="button" href={appPath(app)}>
          {t.people.toTalk}
        </Link>
      </p>
    </div>
  );
}

/** Every role with its members; members of a role that the app no longer has keep a group of their own. */
function groups(members: Member[], roles: Role[]): Group[] {
  const labels = new Map(roles.map((role) => [role.id, role.label]));
  const former = [...new Set(members.map((member) => member.role))].filter((role) => !labels.has(role));
  const all: Role[] = [...roles, ...former.map((id) => ({ id, label: id }))];
  return all.map((role) => ({
    role,
    inside: members.filter((member) => member.role === role.id),
    known: labels.has(role.id),
    inviting: (role.invited_by ?? []).filter((id) => id !== "owner").map((id) => labels.get(id) ?? id),
  }));
}

interface Group {
  role: Role;
  inside: Member[];
  /** The app still has the role. */
  known: boolean;
  /** The labels of the roles whose members may invite into it, beside the owner. */
  inviting: string[];
}

function nameOf(member: Member): string {
  return member.name || t.people.unnamed;
}
