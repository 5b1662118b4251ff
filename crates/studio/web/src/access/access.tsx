/**
 * Who may do what, as sentences, one panel for each role.
 */
import { access, type AccessLine, type Role } from "../api";
import { LookButton } from "../look/look";
import { words as looking } from "../look/texts";
import { useReading } from "../request";
import { t } from "../texts";
import { sentence } from "../ui/failure";
import { Page, Read } from "../ui/page";

export function Access({ app }: { app: string }) {
  const reading = useReading(`access ${app}`, (call) => access(app, call));
  return (
    <Page title={t.access.title} lead={t.access.lead}>
      <Read reading={reading}>
        {({ roles, matrix }) => {
          const all = withStanding(roles, matrix);
          if (matrix.length === 0) return <p className="quiet">{t.access.none}</p>;
          return all.map((role) => (
            <RolePanel key={role.id} app={app} role={role} lines={matrix.filter((one) => one.role === role.id)} />
          ));
        }}
      </Read>
    </Page>
  );
}

function RolePanel({ app, role, lines }: { app: string; role: Role; lines: AccessLine[] }) {
  const entities = [...new Set(lines.map((one) => one.entity))];
  return (
    <section className="panel" aria-labelledby={`access-${role.id}`}>
      <h2 id={`access-${role.id}`}>{role.label}</h2>
      <LookButton app={app} at={{ as: role.id }}>
        {looking.as(role.label)}
      </LookButton>
      {lines.length === 0 && <p className="quiet">{t.access.nothing}</p>}
      <dl className="permissions">
        {entities.map((entity) => (
          <div key={entity}>
            <dt>{entity || t.access.general}</dt>
            {lines
              .filter((one) => one.entity === entity)
              .map((one, index) => (
                <dd key={index}>{sentence(one.sentence)}</dd>
              ))}
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The app's roles between the two that every app has; a role that only the matrix names is shown by its id. */
function withStanding(roles: Role[], matrix: AccessLine[]): Role[] {
  const own: Role[] = roles.filter((role) => role.id !== "owner" && role.id !== "visitor");
  const named = new Set(["owner", "visitor", ...own.map((role) => role.id)]);
  const others = [...new Set(matrix.map((line) => line.role))].filter((role) => !named.has(role));
  return [
    { id: "owner", label: t.access.owner },
    ...own,
    ...others.map((id) => ({ id, label: id })),
    { id: "visitor", label: t.access.visitor },
  ];
}
