/** One action at a time: whether it runs, and what to say when it did not work out. */
import { useCallback, useRef, useState } from "react";
import { useApp } from "./context";
import { Refused } from "./platform";
import { Unreadable } from "./values";

/** An action as a form sees it. */
export interface Action {
  running: boolean;
  problem: string;
  /** Runs `work`; true if it went well. A second call while the first runs does nothing. */
  run: (work: () => Promise<void>) => Promise<boolean>;
}

/** Keeps an action's state. Nothing is shown as done before the backend has said so. */
export function useAction(): Action {
  const { words } = useApp();
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState("");
  const busy = useRef(false);
  const run = useCallback(
    async (work: () => Promise<void>) => {
      if (busy.current) return false;
      busy.current = true;
      setRunning(true);
      setProblem("");
      try {
        await work();
        return true;
      } catch (failure) {
        setProblem(failure instanceof Refused || failure instanceof Unreadable ? failure.message : words.failed);
        return false;
      } finally {
        busy.current = false;
        setRunning(false);
      }
    },
    [words],
  );
  return { running, problem, run };
}
