/**
 * Over every screen of an app whose data was altered behind the program's back: what that means, and the way out.
 */
import { appPath, Link } from "../router";
import { t } from "../texts";

export function Damaged({ app, what }: { app: string; what: string }) {
  return (
    <section className="damaged" role="alert" aria-labelledby="damaged-title">
      <h2 id="damaged-title">{t.damage.title}</h2>
      <p>{t.damage.text}</p>
      <p>
        <Link className="button" href={appPath(app, "history")}>
          {t.damage.do}
        </Link>
      </p>
      <details>
        <summary>{t.damage.detail}</summary>
        <p className="quiet">{what}</p>
      </details>
    </section>
  );
}
