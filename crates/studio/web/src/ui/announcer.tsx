/**
 * Says things to people who don't see them happen: one polite live region for the whole page.
 *
 * It must be on the page before it says anything, so it is drawn once, at the root, and only its text changes.
 */
import { useSyncExternalStore } from "react";

let said = "";
const listeners = new Set<() => void>();

/** Has screen readers say `text` when they next pause. */
export function announce(text: string): void {
  // The same words twice are no change and would not be said: a no-break space makes them one.
  said = text === said ? `${text}\u00a0` : text;
  for (const listener of listeners) listener();
}

/** The region itself. */
export function Announcer() {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => said,
  );
  return (
    <div className="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
