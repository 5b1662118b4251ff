/**
 * Over every screen of an app that fails clearly more often since its last change: by how much, and the way back.
 */
import { appPath, Link } from "../router";
import { t } from "../texts";

/** Calls of the version that runs, and of the one before it. */
export interface Watch {
  version: number;
  calls: number;
  failed: number;
  before: { calls: number; failed: number };
  /** The version to which one could go back. */
  back_to: number | null;
}

export function Failing({ app, watch }: { app: string; watch: Watch }) {
  const { before } = watch;
  return (
    <section className="damaged" role="alert" aria-labelledby="failing-title">
      <h2 id="failing-title">{t.failing.title}</h2>
      <p>{t.failing.now(watch.failed, watch.calls)} {before.calls > 0 && t.failing.before(before.failed, before.calls)}</p>
      <p>
        <Link className="button" href={appPath(app, "history")}>
          {watch.back_to === null ? t.damage.do : t.failing.do(watch.back_to)}
        </Link>
      </p>
    </section>
  );
}
