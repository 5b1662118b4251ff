/**
 * A change that is built and checked and waits for a yes: what it makes different, what becomes of the data, who gains
 * or loses access, which checks it passed.
 *
 * Invariant: nothing goes live from here but by the button that says so, and what then goes live is what is shown.
 */
import type { ReactNode } from "react";
import { VERDICT_PARTS, type Difference, type Outcome } from "../api";
import { t } from "../texts";
import { sentence } from "../ui/failure";
import { Icon } from "../ui/icons";
import type { Actions } from "./answer-card";
import { Passed, passed } from "./checks";
import { placed, type Placed } from "./findings";
import { ShowFirstChoice } from "./show-first";
import { Stages } from "./stages";

interface Shown {
  outcome: Outcome;
  actions?: Actions;
  left: boolean;
  /** What was understood of the request. */
  children?: ReactNode;
}

export function ChangeCard({ outcome, actions, left, children }: Shown) {
  const approve = outcome.approve;
  const changes = outcome.changes ?? [];
  const notes = placed(outcome, false);
  // What is built has a spec or sources to tell of; going back to a version only has findings.
  const built = outcome.seconds?.["build"] !== undefined || changes.length > 0;
  const of = (part: string) => notes.filter((note) => note.part === part);
  return (
    <article className="card shown">
      <header className="card-head">
        <Icon name="preview" />
        <h2>{built ? t.card.change.title : t.card.change.back}</h2>
      </header>
      <p className="quiet">{t.card.change.lead}</p>
      {built && (
        <Part title={t.card.change.what}>
          <Differences changes={changes.filter((change) => change.room !== "access")} />
        </Part>
      )}
      <Part title={t.card.change.data}>
        <Lines lines={texts(of("data"))} none={t.card.change.noData} />
      </Part>
      <Part title={t.card.change.access}>
        <Access changes={changes.filter((change) => change.room === "access")} notes={texts(of("access"))} />
      </Part>
      <Passed parts={passed(outcome)} />
      {left ? (
        <p className="left">
          <Icon name="check" size={18} />
          {t.refusal.left}
        </p>
      ) : actions && approve ? (
        <div className="row ways">
          <button type="button" className="button primary" onClick={() => actions.onApprove?.(approve)}>
            {t.card.change.accept}
          </button>
          {actions.onAdjust && (
            <button type="button" className="button" onClick={actions.onAdjust}>
              {t.card.change.adjust}
            </button>
          )}
          <button type="button" className="button" onClick={() => actions.onLeave?.()}>
            {t.card.change.leave}
          </button>
        </div>
      ) : null}
      {children}
      <Detail outcome={outcome} notes={notes} />
      {actions && !left && <ShowFirstChoice />}
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="sentences">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Lines({ lines, none }: { lines: string[]; none: string }) {
  if (lines.length === 0) return <p className="quiet">{none}</p>;
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Access({ changes, notes }: { changes: Difference[]; notes: string[] }) {
  if (changes.length === 0) return <Lines lines={notes} none={t.card.change.noAccess} />;
  return (
    <>
      <Differences changes={changes} />
      {notes.length > 0 && <Lines lines={notes} none="" />}
    </>
  );
}

const WHATS = ["new", "other", "gone"] as const;

/** What is new, different and gone, each with its word before it. */
export function Differences({ changes }: { changes: Difference[] }) {
  if (changes.length === 0) return <p className="quiet">{t.card.change.nothing}</p>;
  const ordered = WHATS.flatMap((what) => changes.filter((change) => change.what === what));
  return (
    <ul className="differences">
      {ordered.map((change, index) => (
        <li key={index} className={change.what}>
          <span className="what">{t.card.change[change.what]}</span>
          <span>
            {sentence(change.text)}
            {change.before && <span className="quiet before">{t.card.change.was(sentence(change.before))}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function texts(notes: Placed[]): string[] {
  return [...new Set(notes.map(({ finding }) => sentence(finding.message)))];
}

/** What an engineer asks next: every finding of every room, and where the time went. */
function Detail({ outcome, notes }: { outcome: Outcome; notes: Placed[] }) {
  const stages = Object.entries(outcome.seconds ?? {});
  const other = notes.filter(({ part }) => part !== "data" && part !== "access");
  return (
    <details className="engineer">
      <summary>{t.moreDetail}</summary>
      <Lines lines={texts(other)} none={notes.length === 0 ? t.card.change.detailNone : ""} />
      <ul className="note-list">
        {VERDICT_PARTS.flatMap((part) => notes.filter((note) => note.part === part)).map(({ part, finding }, index) => (
          <li key={index}>
            <code>{`${t.card.change.rooms[part]} · ${finding.kind} · ${finding.subject}${finding.count ? ` · ${finding.count}` : ""}`}</code>
          </li>
        ))}
      </ul>
      <Stages times={stages} />
    </details>
  );
}
