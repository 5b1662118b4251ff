/**
 * Reading from the node inside a component, and doing one thing at a time from a button.
 *
 * Invariant: an answer that arrives after its question has changed is dropped; what is on the screen is kept while
 * it is asked for again.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Call } from "./api";
import { onFailure } from "./session";

export interface Reading<T> {
  data?: T;
  error?: unknown;
  loading: boolean;
  reload: () => void;
}

/** Reads with `run` when the component appears and whenever `key` changes. */
export function useReading<T>(key: string, run: (call: Call) => Promise<T>): Reading<T> {
  const [turn, setTurn] = useState(0);
  const [read, setRead] = useState<{ key: string; data?: T; error?: unknown; loading: boolean }>({ key, loading: true });
  const latest = useRef(run);
  latest.current = run;

  useEffect(() => {
    const stop = new AbortController();
    setRead((before) => ({ key, data: before.key === key ? before.data : undefined, loading: true }));
    latest.current({ signal: stop.signal }).then(
      (data) => {
        if (!stop.signal.aborted) setRead({ key, data, loading: false });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setRead((before) => ({ ...before, error, loading: false }));
        void onFailure(error);
      },
    );
    return () => stop.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  // Until the effect above has run for a new key, what was read for the old one must not be shown.
  return read.key === key ? { ...read, reload } : { loading: true, reload };
}

export interface Doing {
  busy: boolean;
  error?: unknown;
  /** Does it; resolves to whether it worked. A second call while one runs does nothing. */
  act: (action: () => Promise<unknown>) => Promise<boolean>;
  clear: () => void;
}

/** One action at a time, with its failure kept until the next try. */
export function useDoing(): Doing {
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });
  const busy = useRef(false);

  const act = useCallback(async (action: () => Promise<unknown>) => {
    if (busy.current) return false;
    busy.current = true;
    setState({ busy: true });
    try {
      await action();
      setState({ busy: false });
      return true;
    } catch (error) {
      setState({ busy: false, error });
      void onFailure(error);
      return false;
    } finally {
      busy.current = false;
    }
  }, []);
  const clear = useCallback(() => setState({ busy: false }), []);
  return { ...state, act, clear };
}
