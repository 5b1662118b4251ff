/**
 * A change that was held back: what it would have done, the gentler ways first, and the literal one last.
 *
 * Invariant: doing literally what was asked takes two deliberate steps; leaving everything as it is takes one, and is
 * what happens when nothing is pressed.
 */
import { useState, type ReactNode } from "react";
import type { Outcome } from "../api";
import { t } from "../texts";
import { Confirm } from "../ui/dialog";
import { sentence } from "../ui/failure";
import { Icon } from "../ui/icons";
import type { Actions } from "./answer-card";
import { Notes, Passed, passed } from "./checks";
import { Findings, placed } from "./findings";

interface Refusal {
  outcome: Outcome;
  text?: string;
  actions?: Actions;
  left: boolean;
  /** What was understood of the request. */
  children?: ReactNode;
}

export function RefusalCard({ outcome, text, actions, left, children }: Refusal) {
  const findings = placed(outcome, true);
  // What can't be overruled is a proposal that doesn't work, not one that costs something.
  const broken = !outcome.approve && (outcome.alternatives ?? []).length === 0;
  return (
    <article className="card refused">
      <header className="card-head">
        <Icon name="alert" />
        <h2>{broken ? t.refusal.broken : t.refusal.title}</h2>
      </header>
      {text && <p>{sentence(text)}</p>}
      <p className="quiet">{broken ? t.refusal.brokenLead : t.refusal.lead}</p>
      <Findings findings={findings} />
      {left ? (
        <p className="left">
          <Icon name="check" size={18} />
          {t.refusal.left}
        </p>
      ) : actions ? (
        <Ways outcome={outcome} actions={actions} broken={broken} />
      ) : (
        !broken && <p className="quiet">{t.refusal.stale}</p>
      )}
      {children}
      <Notes notes={placed(outcome, false)} />
      <Passed parts={passed(outcome)} />
    </article>
  );
}

function Ways({ outcome, actions, broken }: { outcome: Outcome; actions: Actions; broken: boolean }) {
  const [asking, setAsking] = useState(false);
  const gentler = (outcome.alternatives ?? []).filter((way) => way.approve !== outcome.approve);
  const literal = outcome.approve;
  return (
    <div className="ways">
      {gentler.length > 0 && <h3>{t.refusal.gentler}</h3>}
      {gentler.map((way, index) => (
        <button
          key={way.approve}
          type="button"
          className={index === 0 ? "button primary wide" : "button wide"}
          onClick={() => actions.onApprove?.(way.approve)}
        >
          {way.message}
        </button>
      ))}
      {!broken && (
        <div className="row">
          <button type="button" className="button" onClick={() => actions.onLeave?.()}>
            {t.refusal.leave}
          </button>
          {literal && (
            <button type="button" className="button danger-quiet" onClick={() => setAsking(true)}>
              {t.refusal.exact}
            </button>
          )}
        </div>
      )}
      {asking && literal && (
        <Confirm
          danger
          title={t.refusal.confirmTitle}
          text={t.refusal.confirmText}
          confirm={t.refusal.confirm}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            actions.onApprove?.(literal);
          }}
        >
          <ul className="confirm-list">
            {placed(outcome, true).map(({ finding }, index) => (
              <li key={index}>{sentence(finding.message)}</li>
            ))}
          </ul>
        </Confirm>
      )}
    </div>
  );
}
