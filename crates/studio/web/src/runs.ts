/**
 * Wishes that are being worked on: at most one per app, and one for a new app.
 *
 * They live outside the screens, so that looking at another page does not stop or hide the work. After a reload the
 * node still works on it; the note in the session storage tells the new page what it is waiting for.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { announce } from "./ui/announcer";
import type { Call, Outcome, Progress } from "./api";
import { onFailure } from "./session";
import { language, t } from "./texts";

/** The key of the run that makes a new app; others go by the app's name. */
export const NEW = "";

export interface Stage {
  stage: string;
  message: string;
  /** Milliseconds since 1970, by this browser. */
  startedAt: number;
  endedAt?: number;
  /** What the node says it took; more exact than the browser's own clock. */
  seconds: number;
}

export interface Run {
  words: string;
  startedAt: number;
  stages: Stage[];
  running: boolean;
  outcome?: Outcome;
  error?: unknown;
}

const runs = new Map<string, Run>();
const listeners = new Set<() => void>();

/** The run of an app (or `NEW`), if there is one. */
export function useRun(key: string): Run | undefined {
  return useSyncExternalStore(subscribe, () => runs.get(key));
}

/** Does `action` when a run that this component saw running has ended. */
export function useRunEnd(run: Run | undefined, action: () => void): void {
  const latest = useRef(action);
  latest.current = action;
  const before = useRef(false);
  const running = run?.running ?? false;
  useEffect(() => {
    if (before.current && !running) latest.current();
    before.current = running;
  }, [running]);
}

/** Starts working on `words` unless a run of that key is going on; resolves to how it ended. */
export async function start(key: string, words: string, work: (call: Call) => Promise<Outcome>): Promise<Run | undefined> {
  if (runs.get(key)?.running) return undefined;
  set(key, { words, startedAt: Date.now(), stages: [], running: true });
  note(key, words);
  try {
    const outcome = await work({ onProgress: (progress) => onProgress(key, progress) });
    announce(spoken(outcome));
    return end(key, { outcome });
  } catch (error) {
    void onFailure(error);
    announce(t.progress.finishedFailed);
    return end(key, { error });
  }
}

/** Forgets an ended run: the conversation now tells the same, or the person has seen it. */
export function forget(key: string): void {
  if (runs.get(key)?.running) return;
  runs.delete(key);
  tell();
}

/** What an earlier page of this tab was waiting for, if it never saw the end. */
export function noted(key: string): { words: string; at: number } | undefined {
  try {
    const text = sessionStorage.getItem(NOTE + key);
    return text ? (JSON.parse(text) as { words: string; at: number }) : undefined;
  } catch {
    return undefined;
  }
}

/** Drops the note of `noted`. */
export function unnote(key: string): void {
  sessionStorage.removeItem(NOTE + key);
}

const NOTE = "studio:run:";

function onProgress(key: string, progress: Progress): void {
  const run = runs.get(key);
  if (!run) return;
  const now = Date.now();
  const known = run.stages.some((stage) => stage.stage === progress.stage);
  const wording = { message: progress.message, seconds: progress.seconds };
  const stages = known
    ? run.stages.map((stage) => (stage.stage === progress.stage ? { ...stage, ...wording } : stage))
    : [
        ...run.stages.map((stage) => ({ ...stage, endedAt: stage.endedAt ?? now })),
        { stage: progress.stage, ...wording, startedAt: now },
      ];
  if (!known) announce(stageWords(progress));
  set(key, { ...run, stages });
}

/** What a stage is called. The node's own sentence says more, but it is English: other readers get ours. */
export function stageWords({ stage, message }: Pick<Progress, "stage" | "message">): string {
  const known = t.progress.stages[stage];
  return (language === "en" && message) || known || message || stage;
}

function end(key: string, how: Pick<Run, "outcome" | "error">): Run {
  const run = runs.get(key);
  const now = Date.now();
  const stages = (run?.stages ?? []).map((stage) => ({ ...stage, endedAt: stage.endedAt ?? now }));
  const ended: Run = { words: run?.words ?? "", startedAt: run?.startedAt ?? now, stages, running: false, ...how };
  unnote(key);
  set(key, ended);
  return ended;
}

function spoken(outcome: Outcome): string {
  if (outcome.outcome === "live") return t.progress.finishedLive(outcome.version);
  if (outcome.outcome === "ok" && outcome.approve) return t.card.change.title;
  if (outcome.outcome === "ok") return outcome.message ?? "";
  return outcome.outcome === "refused" ? t.progress.finishedRefused : t.progress.finishedFailed;
}

function note(key: string, words: string): void {
  try {
    sessionStorage.setItem(NOTE + key, JSON.stringify({ words, at: Date.now() }));
  } catch {
    // Storage is full or forbidden: only the notice after a reload is lost.
  }
}

function set(key: string, run: Run): void {
  runs.set(key, run);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
