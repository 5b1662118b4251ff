/** What stands around every page: whether the app can be reached, and what was just done. */
import { useEffect, useState } from "react";
import { useApp, type Undo } from "./context";
import { Button } from "./controls";
import { Refused } from "./platform";
import { useStore } from "./store";

/** What was said last. */
export interface Said {
  sentence: string;
  undo: Undo | undefined;
}

/** How long something is said that asks for nothing, in milliseconds. */
const READ = 6_000;

/** Stands above the page while the browser is offline or the backend can't be reached, and goes by itself. */
export function OfflineNotice() {
  const { words } = useApp();
  const store = useStore();
  const [line, setLine] = useState(navigator.onLine);
  useEffect(() => {
    const changed = () => {
      setLine(navigator.onLine);
      if (navigator.onLine && store.isOffline()) void store.read();
    };
    window.addEventListener("online", changed);
    window.addEventListener("offline", changed);
    return () => {
      window.removeEventListener("online", changed);
      window.removeEventListener("offline", changed);
    };
  }, [store]);
  const away = !line || store.isOffline();
  return (
    <div role="alert" className={away ? "flex flex-wrap items-center gap-3 border-b border-danger bg-raised px-4 py-2 text-sm print:hidden" : "sr-only"}>
      {away && (
        <>
          <p className="grow text-danger">{line ? words.offline : words.noNetwork}</p>
          <Button small onClick={() => void store.read()}>{words.retry}</Button>
        </>
      )}
    </div>
  );
}

/** Says what was done. With something to take back it stays until it is closed. */
export function Toast({ said, close }: { said: Said | undefined; close: () => void }) {
  const { words, announce } = useApp();
  const [running, setRunning] = useState(false);
  useEffect(() => {
    if (!said || said.undo) return;
    const timer = setTimeout(close, READ);
    return () => clearTimeout(timer);
  }, [said]);
  const takeBack = async (undo: Undo) => {
    setRunning(true);
    try {
      await undo();
      announce(words.undone);
    } catch (failure) {
      announce(failure instanceof Refused ? words.notUndone(failure.message) : words.failed);
    } finally {
      setRunning(false);
    }
  };
  return (
    <div className={said ? "fixed inset-x-4 bottom-4 z-10 mx-auto flex w-fit max-w-full items-center gap-3 rounded-lg bg-ink px-4 py-2 text-surface print:hidden" : "sr-only"}>
      <p role="status" aria-live="polite" dir="auto" className="break-words">{said?.sentence}</p>
      {said?.undo && (
        <button type="button" disabled={running} className="min-h-8 rounded px-2 font-semibold underline" onClick={() => said.undo && void takeBack(said.undo)}>
          {words.undo}
        </button>
      )}
      {said && (
        <button type="button" aria-label={words.close} className="grid size-8 shrink-0 place-items-center rounded" onClick={close}>
          <span aria-hidden="true">×</span>
        </button>
      )}
    </div>
  );
}
