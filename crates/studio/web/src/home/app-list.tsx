/**
 * The apps there are, the ones changed last first.
 */
import { type AppLine } from "../api";
import type { Reading } from "../request";
import { appPath, Link } from "../router";
import { ago, instant, t } from "../texts";
import { Read } from "../ui/page";
import { Tile } from "../ui/tile";

export function AppList({ reading }: { reading: Reading<{ apps: AppLine[] }> }) {
  return (
    <section className="apps" aria-labelledby="apps-title">
      <h2 id="apps-title">{t.apps.title}</h2>
      <Read reading={reading}>
        {({ apps }) =>
          apps.length === 0 ? (
            <p className="quiet">{t.apps.none}</p>
          ) : (
            <ul className="app-grid">
              {[...apps]
                .sort((a, b) => (instant(b.updated_at) || 0) - (instant(a.updated_at) || 0))
                .map((line) => (
                  <li key={line.app}>
                    <AppCard line={line} />
                  </li>
                ))}
            </ul>
          )
        }
      </Read>
    </section>
  );
}

function AppCard({ line }: { line: AppLine }) {
  const when = ago(line.updated_at);
  return (
    <Link className="app-card" href={appPath(line.app)}>
      <Tile app={line.app} title={line.title} size={44} />
      <span className="app-card-text">
        <strong>{line.title}</strong>
        <span className="quiet">
          {t.apps.version(line.version)}
          {when && ` · ${t.apps.changed(when)}`}
        </span>
      </span>
      {line.status === "damaged" && <span className="badge bad">{t.apps.damaged}</span>}
      {line.status === "frozen" && <span className="badge">{t.apps.frozen}</span>}
    </Link>
  );
}
