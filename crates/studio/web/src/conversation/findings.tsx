/**
 * Findings of a verdict: the sentence, how much it touches, a few examples; the engineer's words folded away.
 */
import { VERDICT_PARTS, type Finding, type Outcome, type VerdictPart } from "../api";
import { line } from "../data/value";
import { t } from "../texts";
import { sentence } from "../ui/failure";

export interface Placed {
  part: VerdictPart;
  finding: Finding;
}

/** The findings that hold a change back, or (`holding` false) the mere notes, in the order of the checks. */
export function placed(outcome: Outcome, holding: boolean): Placed[] {
  return VERDICT_PARTS.flatMap((part) =>
    (outcome.verdict?.[part] ?? [])
      .filter((finding) => (finding.effect !== "informs") === holding)
      .map((finding) => ({ part, finding })),
  );
}

/** A list of findings under the names of the checks that made them. */
export function Findings({ findings }: { findings: Placed[] }) {
  const parts = VERDICT_PARTS.filter((part) => findings.some((entry) => entry.part === part));
  return (
    <>
      {parts.map((part) => (
        <section key={part} className="finding-part">
          <h3>{t.refusal.parts[part]}</h3>
          <ul>
            {findings
              .filter((entry) => entry.part === part)
              .map(({ finding }, index) => (
                <FindingLine key={index} part={part} finding={finding} />
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}

const EXAMPLES_MAX = 5;

/** One finding. */
export function FindingLine({ part, finding }: Placed) {
  const examples = (finding.examples ?? []).slice(0, EXAMPLES_MAX).map(line);
  return (
    <li className="finding">
      <p>
        {sentence(finding.message)}
        {finding.count ? <span className="count">{t.refusal.affected(finding.count)}</span> : null}
      </p>
      {examples.length > 0 && (
        <p className="examples">
          <span className="quiet">{t.refusal.examples}:</span>{" "}
          {examples.map((example, index) => (
            <q key={index}>{example}</q>
          ))}
        </p>
      )}
      <details className="engineer">
        <summary>
          {t.moreDetail}
          <span className="unseen">: {finding.subject}</span>
        </summary>
        <dl>
          <dt>{t.refusal.fact.part}</dt>
          <dd>{part}</dd>
          <dt>{t.refusal.fact.kind}</dt>
          <dd>
            <code>{finding.kind}</code>
          </dd>
          <dt>{t.refusal.fact.subject}</dt>
          <dd>
            <code>{finding.subject}</code>
          </dd>
          <dt>{t.refusal.fact.effect}</dt>
          <dd>{t.refusal.effects[finding.effect]}</dd>
        </dl>
      </details>
    </li>
  );
}
