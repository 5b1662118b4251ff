/**
 * What the checks of a change came to, room by room, in plain words: what they noted, what was passed, how long the
 * app paused; the engineer's words one click away.
 *
 * Invariant: a check is said to have been passed only if it ran to its end and found nothing in the way.
 */
import { VERDICT_PARTS, type Outcome, type VerdictPart } from "../api";
import { duration, t } from "../texts";
import { sentence } from "../ui/failure";
import { Icon } from "../ui/icons";
import { placed, type Placed } from "./findings";

/** Kinds of findings that say that something was not looked at. */
const UNSURE = new Set(["not_judged", "not_counted", "census_failed"]);

/** Checks that ran and have nothing against it. */
export function passed(outcome: Outcome): VerdictPart[] {
  const { verdict } = outcome;
  const stopped = (part: VerdictPart) => (verdict?.[part] ?? []).some((one) => one.effect !== "informs");
  // What does not build or install was never run, and what comes back is not built: nothing more was seen of them.
  if (!verdict || stopped("build") || outcome.seconds?.["build"] === undefined) return [];
  // A first version has nothing before it that it could lose or open.
  if (outcome.outcome === "live" && outcome.version === 1) return ["build"];
  const unsure = (part: VerdictPart) => verdict[part]?.some((one) => UNSURE.has(one.kind));
  return VERDICT_PARTS.filter((part) => verdict[part] && !stopped(part) && !unsure(part));
}

/** Notes of each room, the checks that were passed, and the pause. */
export function Checks({ outcome }: { outcome: Outcome }) {
  const pause = outcome.seconds?.["pause"];
  return (
    <>
      <Notes notes={placed(outcome, false)} />
      <Passed parts={passed(outcome)} />
      {pause !== undefined && <p className="quiet">{t.answer.pause(duration(pause))}</p>}
    </>
  );
}

/** The rooms' names of what was passed, as one list. */
export function Passed({ parts }: { parts: VerdictPart[] }) {
  if (parts.length === 0) return null;
  return (
    <ul className="passed" aria-label={t.checks.passed}>
      {parts.map((part) => (
        <li key={part}>
          <Icon name="check" size={16} />
          {t.checks.fine[part]}
        </li>
      ))}
    </ul>
  );
}

/** Notes of a room that are shown before the rest is folded. */
const NOTES_FIRST = 4;

/** What was noted and held nothing back, by room. */
export function Notes({ notes }: { notes: Placed[] }) {
  const parts = VERDICT_PARTS.filter((part) => notes.some((note) => note.part === part));
  return (
    <>
      {parts.map((part) => (
        <Room key={part} part={part} notes={notes.filter((note) => note.part === part)} />
      ))}
      {notes.length > 0 && (
        <details className="engineer">
          <summary>{t.moreDetail}</summary>
          <ul className="note-list">
            {notes.map(({ part, finding }, index) => (
              <li key={index}>
                <code>{`${part} · ${finding.kind} · ${finding.subject}${finding.count ? ` · ${finding.count}` : ""}`}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Room({ part, notes }: { part: VerdictPart; notes: Placed[] }) {
  const texts = [...new Set(notes.map(({ finding }) => sentence(finding.message)))];
  const [first, rest] = [texts.slice(0, NOTES_FIRST), texts.slice(NOTES_FIRST)];
  const item = (text: string) => <li key={text}>{text}</li>;
  return (
    <section className="sentences room">
      <h3>{t.checks.rooms[part]}</h3>
      <ul>{first.map(item)}</ul>
      {rest.length > 0 && (
        <details className="engineer">
          <summary>{t.checks.more(rest.length)}</summary>
          <ul>{rest.map(item)}</ul>
        </details>
      )}
    </section>
  );
}
