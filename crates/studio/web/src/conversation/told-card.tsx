/**
 * The answer to a question about an app or its data: what the node says, line by line. Nothing went live for it.
 */
import type { Outcome } from "../api";
import { sentence } from "../ui/failure";

interface Told {
  outcome: Outcome;
  /** What the node said along with it. */
  text?: string;
}

export function ToldCard({ outcome, text }: Told) {
  const lines = (text || outcome.message || "").split("\n").filter(Boolean);
  return (
    <article className="card told">
      {lines.map((line, index) => (
        <p key={index}>{sentence(line)}</p>
      ))}
    </article>
  );
}
