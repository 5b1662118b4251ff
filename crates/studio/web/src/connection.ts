/**
 * Whether the node answers, as far as this page has seen.
 *
 * Set by `api.ts` alone; the notice at the top of the page and the waiting screens read it.
 */
import { useSyncExternalStore } from "react";

let reachable = true;
const listeners = new Set<() => void>();

/** Records the outcome of the latest request. */
export function setReachable(next: boolean): void {
  if (next === reachable) return;
  reachable = next;
  for (const listener of listeners) listener();
}

/** False from a request that got no answer until one that did. */
export function useReachable(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => reachable,
  );
}
