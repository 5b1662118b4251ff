/**
 * Which changes are shown before they go live: kept in this browser. What would lose data or let somebody in asks
 * whatever stands here.
 */
import { useId, useSyncExternalStore } from "react";
import type { ShowFirst } from "../api";
import { t } from "../texts";

const KEPT = "studio:show-first";
const FIRST: ShowFirst = "weighty";
const CHOICES: ShowFirst[] = ["weighty", "always", "never"];
const listeners = new Set<() => void>();

/** What is chosen in this browser. */
export function showFirst(): ShowFirst {
  try {
    return CHOICES.find((choice) => choice === localStorage.getItem(KEPT)) ?? FIRST;
  } catch {
    return FIRST;
  }
}

function choose(choice: ShowFirst): void {
  try {
    localStorage.setItem(KEPT, choice);
  } catch {
    // Storage is forbidden: the choice can't be kept, and the careful one stays.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where it is chosen. */
export function ShowFirstChoice() {
  const chosen = useSyncExternalStore(subscribe, showFirst);
  const id = useId();
  return (
    <div className="field show-first">
      <label htmlFor={id}>{t.card.show.label}</label>
      <select id={id} value={chosen} onChange={(event) => choose(event.target.value as ShowFirst)}>
        {CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {t.card.show.choices[choice]}
          </option>
        ))}
      </select>
    </div>
  );
}
