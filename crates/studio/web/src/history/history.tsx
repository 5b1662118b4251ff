/**
 * Every version that was live, newest first, and the way back to each.
 */
import { useRef, useState } from "react";
import { history, restore, type Outcome, type Version } from "../api";
import { AnswerCard } from "../conversation/answer-card";
import { placed } from "../conversation/findings";
import { ProgressList } from "../conversation/progress";
import { LookButton } from "../look/look";
import { useReading } from "../request";
import { appPath, Link } from "../router";
import { forget, start, useRun, useRunEnd } from "../runs";
import { ago, instant, moment, t } from "../texts";
import { Failure, sentence } from "../ui/failure";
import { Icon } from "../ui/icons";
import { Page, Read } from "../ui/page";
import { BringBack } from "./bring-back";
import { Compare } from "./compare";
import { NameButton } from "./name";
import { Picture } from "./picture";

export function History({ app }: { app: string }) {
  const reading = useReading(`history ${app}`, (call) => history(app, call));
  const [asking, setAsking] = useState<number>();
  const [wanted, setWanted] = useState<number>();
  // Restoring and changing share one run, because an app goes through one change at a time.
  const run = useRun(app);
  useRunEnd(run, reading.reload);

  const bring = (version: number, approve?: string) => {
    setAsking(undefined);
    setWanted(version);
    void start(app, t.history.working(version), (call) => restore(app, version, approve, undefined, call));
  };

  return (
    <Page title={t.history.title} lead={t.history.lead}>
      {run?.running && <ProgressList run={run} />}
      {wanted !== undefined && run?.error !== undefined && <Failure error={run.error} onRetry={() => bring(wanted)} />}
      {wanted !== undefined && run?.outcome && (
        <Restored
          wanted={wanted}
          outcome={run.outcome}
          onApprove={(token) => bring(wanted, token)}
          onClose={() => {
            forget(app);
            setWanted(undefined);
          }}
        />
      )}
      <Read reading={reading}>
        {({ versions }) =>
          versions.length === 0 ? (
            <p className="quiet">{t.history.none}</p>
          ) : (
            <ol className="timeline" reversed>
              {[...versions]
                .sort((a, b) => b.version - a.version)
                .map((version) => (
                  <li key={version.version} className={version.current ? "current" : undefined}>
                    <Line app={app} version={version} versions={versions} busy={run?.running ?? false} onRestore={setAsking} onNamed={reading.reload} />
                  </li>
                ))}
            </ol>
          )
        }
      </Read>
      {asking !== undefined && (
        <BringBack
          app={app}
          version={asking}
          onConfirm={(approve) => bring(asking, approve)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Page>
  );
}

interface VersionLine {
  app: string;
  version: Version;
  versions: Version[];
  busy: boolean;
  onRestore: (version: number) => void;
  onNamed: () => void;
}

function Line({ app, version, versions, busy, onRestore, onNamed }: VersionLine) {
  const [comparing, setComparing] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const approved = version.approved ?? [];
  return (
    <div className="version">
      <Picture app={app} version={version} />
      <div className="version-text">
        <h2>
          {t.history.version(version.version)}
          {version.name && <q className="version-name">{version.name}</q>}
          {version.current && <span className="badge good">{t.history.current}</span>}
          {!version.current && version.restore_point && <span className="badge">{t.card.history.point}</span>}
          {!version.current && version.restore_point === false && <span className="badge quiet">{t.card.history.noPoint}</span>}
        </h2>
        <p className="quiet">
          <time dateTime={isoOf(version.at)}>{moment(version.at)}</time>
          {ago(version.at) && ` · ${ago(version.at)}`}
        </p>
        <p>{sentence(version.message) || t.history.noMessage}</p>
        {approved.map((text) => (
          <p key={text} className="quiet">
            {t.card.history.approved(sentence(text))}
          </p>
        ))}
      </div>
      <div className="row end">
        <NameButton app={app} version={version.version} name={version.name ?? ""} onNamed={onNamed} />
        {versions.length > 1 && (
          <button
            ref={opener}
            type="button"
            className="button small"
            aria-expanded={comparing}
            aria-label={t.card.history.compareLong(version.version)}
            onClick={() => setComparing(!comparing)}
          >
            {t.card.history.compare}
          </button>
        )}
      {version.current ? (
        <Link className="button small" href={appPath(app, "preview")}>
          {t.history.look}
        </Link>
      ) : (
        <>
          <LookButton app={app} at={{ version: version.version }} label={t.look.versionLong(version.version)}>
            {t.look.version}
          </LookButton>
          <button
            type="button"
            className="button small"
            aria-label={t.history.restoreLong(version.version)}
            disabled={busy}
            onClick={() => onRestore(version.version)}
          >
            {t.history.restore}
          </button>
        </>
      )}
      </div>
      {comparing && (
        <Compare
          app={app}
          version={version.version}
          versions={versions}
          onClose={() => {
            setComparing(false);
            opener.current?.focus();
          }}
        />
      )}
    </div>
  );
}

interface Restoring {
  wanted: number;
  outcome: Outcome;
  onApprove: (token: string) => void;
  onClose: () => void;
}

function Restored({ wanted, outcome, onApprove, onClose }: Restoring) {
  if (outcome.outcome === "live") {
    return (
      <>
        <p className="success" role="status">
          <Icon name="check" />
          {t.history.done(wanted, outcome.version)}
        </p>
        <SetAside outcome={outcome} />
      </>
    );
  }
  return <AnswerCard outcome={outcome} actions={{ onChange: () => undefined, onApprove, onLeave: onClose }} />;
}

/** What was entered since the version that came back: it is in the version before. */
function SetAside({ outcome }: { outcome: Outcome }) {
  const notes = placed(outcome, false).filter(({ finding }) => finding.kind.endsWith("_set_aside"));
  const lines = notes.map(({ finding }) => finding.message);
  if (lines.length === 0) return null;
  return (
    <section className="panel" aria-label={t.history.setAside}>
      <h2>{t.history.setAside}</h2>
      <p className="quiet">{t.history.setAsideText}</p>
      <ul className="plain-list">
        {lines.map((text, index) => (
          <li key={index}>{sentence(text)}</li>
        ))}
      </ul>
    </section>
  );
}

function isoOf(at: Version["at"]): string | undefined {
  const time = instant(at);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
