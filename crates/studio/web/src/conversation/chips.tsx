/**
 * What was understood, assumed and not understood, each sentence a chip that opens and can be corrected.
 *
 * Invariants: no sentence is left out; what runs at once is only what the node has proven to run, everything else
 * goes into the composer for the person to finish. Once the conversation has moved on, the chips are plain sentences.
 */
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import type { Correction, Outcome } from "../api";
import { t } from "../texts";
import { sentence } from "../ui/failure";
import { Icon, type IconName } from "../ui/icons";
import type { Actions } from "./answer-card";

type Kind = "understood" | "assumed" | "not_understood";

const KINDS: { kind: Kind; icon: IconName; title: () => string }[] = [
  { kind: "understood", icon: "check", title: () => t.answer.understood },
  { kind: "assumed", icon: "think", title: () => t.answer.assumed },
  { kind: "not_understood", icon: "question", title: () => t.answer.notUnderstood },
];

/** The three lists of an answer. */
export function Heard({ outcome, actions }: { outcome: Outcome; actions?: Actions }) {
  return (
    <>
      {KINDS.map(({ kind, icon, title }) => (
        <List key={kind} kind={kind} icon={icon} title={title()} outcome={outcome} actions={actions} />
      ))}
    </>
  );
}

/** Sentences of a list that are shown before the rest is folded. */
const SHOWN_FIRST = 6;

interface ListParts {
  kind: Kind;
  icon: IconName;
  title: string;
  outcome: Outcome;
  actions?: Actions;
}

function List({ kind, icon, title, outcome, actions }: ListParts) {
  const lines = outcome[kind] ?? [];
  const [all, setAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const folded = !all && lines.length > SHOWN_FIRST + 1;
  if (lines.length === 0) return null;
  const unfold = () => {
    setAll(true);
    // The button goes; the focus moves to the first sentence that it hid.
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>("li > .chip-line > button")[SHOWN_FIRST]?.focus());
  };
  return (
    <section className={`sentences ${kind.replace("_", "-")}`}>
      <h3>
        <Icon name={icon} size={17} />
        {title}
      </h3>
      <ul ref={list} className={actions ? "chips" : undefined}>
        {(folded ? lines.slice(0, SHOWN_FIRST) : lines).map((text, at) => (
          <li key={at}>
            {actions ? (
              <Chip kind={kind} text={text} correction={correctionOf(outcome, kind, at)} actions={actions} />
            ) : (
              sentence(text)
            )}
          </li>
        ))}
      </ul>
      {folded && (
        <button type="button" className="button small fold" onClick={unfold}>
          {t.card.chips.more(lines.length - SHOWN_FIRST)}
        </button>
      )}
    </section>
  );
}

/** What can be run about a sentence. It is a change of what the sentence is about, which must be live for that. */
function correctionOf(outcome: Outcome, kind: Kind, at: number): Correction | undefined {
  if (outcome.outcome !== "live") return undefined;
  return outcome.corrections?.find((one) => one.list === kind && one.at === at);
}

interface ChipParts {
  kind: Kind;
  text: string;
  correction?: Correction;
  actions: Actions;
}

function Chip({ kind, text, correction, actions }: ChipParts) {
  const [open, setOpen] = useState(false);
  const [left, setLeft] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useId();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      className={`chip-line${open ? " open" : ""}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className="chip said-chip"
        aria-expanded={open}
        aria-controls={open ? panel : undefined}
        onClick={() => setOpen(!open)}
      >
        <span>
          {sentence(text)}
          {left && <span className="quiet"> ({t.card.chips.left})</span>}
        </span>
        <Icon name="down" size={16} />
      </button>
      {open && (
        <Panel id={panel} label={t.card.chips.understood}>
          <Choices
            kind={kind}
            text={text}
            correction={correction}
            actions={actions}
            onLeave={() => {
              setLeft(true);
              close();
            }}
            onDone={() => setOpen(false)}
          />
        </Panel>
      )}
    </div>
  );
}

/** The panel below a chip; it takes the focus, so that whoever opened it by keyboard is at its first choice. */
function Panel({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => root.current?.querySelector("button")?.focus(), []);
  return (
    <div ref={root} id={id} role="group" aria-label={label} className="chip-panel">
      {children}
    </div>
  );
}

interface ChoiceParts extends ChipParts {
  onLeave: () => void;
  onDone: () => void;
}

function Choices({ kind, text, correction, actions, onLeave, onDone }: ChoiceParts) {
  const run = (words: string) => () => {
    onDone();
    actions.onChange(words);
  };
  const write = (words: string) => () => {
    onDone();
    actions.onWrite?.(words);
  };
  if (kind === "not_understood") {
    return (
      <>
        <Choice onClick={write(quoted(text))}>{t.card.chips.differently}</Choice>
        <Choice onClick={onLeave}>{t.card.chips.leave}</Choice>
      </>
    );
  }
  const instead = correction?.instead ?? [];
  return (
    <>
      {instead.length > 0 && <p className="quiet">{t.card.chips.choose}</p>}
      {instead.map((answer) => (
        <Choice key={answer.change} onClick={run(answer.change)} note={answer.change}>
          {answer.label}
        </Choice>
      ))}
      <Choice onClick={write(text)}>{kind === "assumed" ? t.card.chips.other : t.card.chips.notSo}</Choice>
      {correction?.take_out && (
        <Choice onClick={run(correction.take_out)} note={correction.take_out}>
          {t.card.chips.takeOut}
        </Choice>
      )}
    </>
  );
}

/** One choice; `note` is the sentence that is said for the person. */
function Choice({ onClick, note, children }: { onClick: () => void; note?: string; children: ReactNode }) {
  return (
    <button type="button" className="button small" onClick={onClick}>
      {children}
      {note && <span className="choice-note">{note}</span>}
    </button>
  );
}

/** The person's own words within a sentence of the writer, which quotes them; the sentence where it quotes nothing. */
export function quoted(text: string): string {
  const found = /[“„«「『"](.+)[”“»」』"]/s.exec(text)?.[1];
  return (found ?? text).trim();
}
