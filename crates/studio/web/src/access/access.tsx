/**
 * Who may do what, as sentences, one panel for each role: what the app declares, and what was seen by trying it.
 */
import { access, type AccessLine, type Observed, type Role } from "../api";
import { LookButton } from "../look/look";
import { useReading } from "../request";
import { t } from "../texts";
import { sentence } from "../ui/failure";
import { Page, Read } from "../ui/page";

export function Access({ app }: { app: string }) {
  const reading = useReading(`access ${app}`, (call) => access(app, call));
  return (
    <Page title={t.access.title} lead={t.access.lead}>
      <Read reading={reading}>
        {({ roles, matrix, observed = [] }) => {
          if (matrix.length + observed.length === 0) return <p className="quiet">{t.access.none}</p>;
          const all = withStanding(roles, [...matrix, ...observed]);
          const of = <Line extends { role: string }>(lines: Line[], { id }: Role) => lines.filter((one) => one.role === id);
          return all.map((role) => (
            <RolePanel key={role.id} app={app} role={role} lines={of(matrix, role)} seen={of(observed, role)} />
          ));
        }}
      </Read>
    </Page>
  );
}

interface Panel {
  app: string;
  role: Role;
  lines: AccessLine[];
  seen: Observed[];
}

function RolePanel({ app, role, lines, seen }: Panel) {
  const entities = [...new Set(lines.map((one) => one.entity))];
  return (
    <section className="panel" aria-labelledby={`access-${role.id}`}>
      <header className="panel-head">
        <h2 id={`access-${role.id}`}>{role.label}</h2>
        <LookButton app={app} at={{ as: role.id }}>
          {t.look.as(role.label)}
        </LookButton>
      </header>
      {lines.length + seen.length === 0 && <p className="quiet">{t.access.nothing}</p>}
      {lines.length > 0 && (
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
      )}
      {seen.length > 0 && <Seen role={role} seen={seen} />}
    </section>
  );
}

/** What trying it on a fork showed, in sentences; method by method for engineers. */
function Seen({ role, seen }: { role: Role; seen: Observed[] }) {
  const usable = seen.filter((one) => one.answers !== "no");
  const sentences = [...new Set(usable.map((one) => sentence(one.sentence)))];
  return (
    <section className="sentences">
      <h3>{t.access.seen}</h3>
      {sentences.length === 0 ? (
        <p className="quiet">{t.access.nothingWorks}</p>
      ) : (
        <ul className="plain-list">
          {sentences.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <details className="engineer">
        <summary>
          {t.moreDetail}
          <span className="unseen">: {role.label}</span>
        </summary>
        <div className="table-frame" tabIndex={0} role="group" aria-label={t.access.methods(role.label)}>
          <table>
            <thead>
              <tr>
                {[t.access.method, t.access.kind, t.access.answers, t.access.shows, t.access.changes].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {seen.map((one, index) => (
                <tr key={index}>
                  <td>
                    <code>{one.method}</code>
                  </td>
                  <td>{one.kind}</td>
                  <td>{one.answers}</td>
                  <td>{one.shows.join(", ") || "–"}</td>
                  <td>{one.changes.join(", ") || "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

/** The app's roles between the two that every app has; a role that only the lines name is shown by its id. */
function withStanding(roles: Role[], lines: { role: string }[]): Role[] {
  const own: Role[] = roles.filter((role) => role.id !== "owner" && role.id !== "visitor");
  const named = new Set(["owner", "visitor", ...own.map((role) => role.id)]);
  const others = [...new Set(lines.map((line) => line.role))].filter((role) => !named.has(role));
  const standing = [
    { id: "owner", label: t.access.owner },
    ...own,
    ...others.map((id) => ({ id, label: t.access.roles[id] ?? id })),
  ];
  // Trying it tells visitors apart: then nobody is left to be called everyone else.
  const split = others.some((id) => id in t.access.roles) && !lines.some((line) => line.role === "visitor");
  return split ? standing : [...standing, { id: "visitor", label: t.access.visitor }];
}
