/**
 * Makes a personal link: for whom, and as what.
 */
import { useId, useRef, useState } from "react";
import type { Role } from "../api";
import { t } from "../texts";

interface Form {
  roles: Role[];
  busy: boolean;
  /** Resolves to whether the link was made; only then is the form emptied. */
  onInvite: (role: string, name: string) => Promise<boolean>;
}

const NAME_LENGTH_MAX = 200;

export function InviteForm({ roles, busy, onInvite }: Form) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [chosen, setRole] = useState("");
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const role = roles.some((one) => one.id === chosen) ? chosen : (roles[0]?.id ?? "");

  const submit = async () => {
    const words = name.trim();
    setMissing(words === "");
    if (words === "") field.current?.focus();
    else if (await onInvite(role, words)) setName("");
  };

  return (
    <section className="panel" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t.people.invite}</h2>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div className="field grow">
          <label htmlFor={`${id}-name`}>{t.people.name}</label>
          <input
            id={`${id}-name`}
            ref={field}
            value={name}
            maxLength={NAME_LENGTH_MAX}
            autoComplete="off"
            placeholder={t.people.namePlaceholder}
            aria-invalid={missing || undefined}
            aria-describedby={missing ? `${id}-missing` : undefined}
            onChange={(event) => {
              setName(event.target.value);
              setMissing(false);
            }}
          />
          {missing && (
            <p className="problem" id={`${id}-missing`} role="alert">
              {t.people.nameMissing}
            </p>
          )}
        </div>
        <div className="field">
          <label htmlFor={`${id}-role`}>{t.people.role}</label>
          <select id={`${id}-role`} value={role} onChange={(event) => setRole(event.target.value)}>
            {roles.map((one) => (
              <option key={one.id} value={one.id}>
                {one.label}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" className="button primary" disabled={busy}>
          {t.people.submit}
        </button>
      </form>
    </section>
  );
}
