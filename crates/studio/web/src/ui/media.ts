/**
 * Whether the window is as narrow as a phone; the one measure that changes what is drawn, not only how.
 */
import { useSyncExternalStore } from "react";

const narrow = matchMedia("(max-width: 767.98px)");

/** True below 768 px. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
}
