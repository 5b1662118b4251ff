/**
 * The answer to a wish: what was understood, assumed and not understood, and other readings ready to run.
 *
 * Invariant: nothing that the node says about a wish is left out; what is long is folded, never dropped.
 */
import { useState } from "react";
import type { Outcome, Question } from "../api";
import { seconds, t } from "../texts";
import { sentence } from "../ui/failure";
import { Icon } from "../ui/icons";
import { ChangeCard } from "./change-card";
import { Checks, Notes } from "./checks";
import { Heard } from "./chips";
import { Findings, placed } from "./findings";
import { RefusalCard } from "./refusal-card";
import { Stages } from "./stages";
import { ToldCard } from "./told-card";

/** What can be done with an answer while it is the latest one. */
export interface Actions {
  onChange: (words: string) => void;
  /** Puts words into the composer, for the person to finish. */
  onWrite?: (words: string) => void;
  /** Puts what was asked into the composer again. */
  onAdjust?: () => void;
  /** Takes the version back that went live. */
  onUndo?: (version: number) => void;
  onApprove?: (token: string) => void;
  onLeave?: () => void;
}

interface Answer {
  outcome: Outcome;
  /** What the node said along with it. */
  text?: string;
  /** Absent once the conversation has moved on. */
  actions?: Actions;
  /** The person chose to leave everything as it is. */
  left?: boolean;
}

export function AnswerCard({ outcome, text, actions, left = false }: Answer) {
  if (outcome.outcome === "refused") {
    return (
      <RefusalCard outcome={outcome} text={text} actions={actions} left={left}>
        <Lists outcome={outcome} actions={actions} />
      </RefusalCard>
    );
  }
  if (outcome.outcome === "ok" && outcome.approve) {
    return (
      <ChangeCard outcome={outcome} actions={actions} left={left}>
        <Lists outcome={outcome} actions={actions} />
      </ChangeCard>
    );
  }
  if (outcome.outcome === "ok") return <ToldCard outcome={outcome} text={text} />;
  const live = outcome.outcome === "live";
  const total = outcome.seconds?.["total"];
  const said = text || outcome.message;
  return (
    <article className={live ? "card live" : "card failed"}>
      <header className="card-head">
        <Icon name={live ? "check" : "alert"} />
        <h2>
          {live ? t.answer.live(outcome.version) : t.answer.failed}
          {live && total !== undefined && <span className="quiet"> {t.answer.took(seconds(total))}</span>}
        </h2>
      </header>
      {said && <p>{sentence(said)}</p>}
      {!live && <Findings findings={placed(outcome, true)} />}
      <Lists outcome={outcome} actions={actions} />
      {!live && <p className="quiet">{t.answer.failedHint}</p>}
      {live ? <Checks outcome={outcome} /> : <Notes notes={placed(outcome, false)} />}
      {live && <Undo outcome={outcome} actions={actions} />}
      <Timing outcome={outcome} />
    </article>
  );
}

function Lists({ outcome, actions }: { outcome: Outcome; actions?: Actions }) {
  return (
    <>
      <Heard outcome={outcome} actions={actions} />
      <Questions outcome={outcome} actions={actions} />
    </>
  );
}

/** The way back from a change that went live at once. */
function Undo({ outcome, actions }: { outcome: Outcome; actions?: Actions }) {
  const { version } = outcome;
  if (!actions?.onUndo || version === undefined || version < 2) return null;
  return (
    <p className="row">
      <button type="button" className="button small" onClick={() => actions.onUndo?.(version)}>
        <Icon name="history" size={17} />
        {t.card.change.undo}
      </button>
    </p>
  );
}

function Questions({ outcome, actions }: { outcome: Outcome; actions?: Actions }) {
  const questions = outcome.questions ?? [];
  if (questions.length === 0) return null;
  return (
    <section className="questions">
      <h3>{t.answer.questions}</h3>
      <ul>
        {questions.map((question, index) => (
          <QuestionItem key={index} question={question} actions={actions} />
        ))}
      </ul>
    </section>
  );
}

/** A question with its answers as buttons. An answer that asks for no change says that all is well as it is. */
function QuestionItem({ question, actions }: { question: Question; actions?: Actions }) {
  const [settled, setSettled] = useState<string>();
  return (
    <li>
      <p>
        {question.text}
        {settled && <strong> {settled}</strong>}
      </p>
      {!settled && (
        <div className="row">
          {question.answers.map((answer) => (
            <button
              key={answer.label}
              type="button"
              className="chip"
              disabled={!actions}
              onClick={() => (answer.change ? actions?.onChange(answer.change) : setSettled(answer.label))}
            >
              {answer.label}
            </button>
          ))}
        </div>
      )}
    </li>
  );
}

function Timing({ outcome }: { outcome: Outcome }) {
  const stages = Object.entries(outcome.seconds ?? {}).filter(([stage]) => stage !== "total");
  if (stages.length === 0) return null;
  return (
    <details className="engineer">
      <summary>{t.answer.timing}</summary>
      <Stages times={stages} />
    </details>
  );
}
