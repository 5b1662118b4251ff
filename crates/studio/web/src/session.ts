/**
 * Whether this browser is let in, and what to do with a one-time link.
 *
 * The link's token is taken out of the address bar before anything else happens, so that it is neither kept in the
 * browser's history nor seen over a shoulder. What the node says is final: a refused request makes the studio ask
 * again who it is, instead of guessing.
 */
import { useSyncExternalStore } from "react";
import { ApiError, enter, session } from "./api";

export type Session =
  | { state: "checking"; entering: boolean }
  | { state: "owner" }
  /** `refused` is what was said to the one-time link, where one was used. */
  | { state: "stranger"; refused?: ApiError }
  | { state: "unknown"; error: unknown };

let current: Session = { state: "checking", entering: false };
const listeners = new Set<() => void>();

/** The session as it stands. */
export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Starts the session, and starts it anew when a one-time link is opened in the same tab. */
export function begin(): void {
  addEventListener("hashchange", () => {
    if (location.hash.startsWith(ENTER)) void look();
  });
  void look();
}

/** Asks the node who this browser is, using a one-time link in the address if there is one. */
export async function look(): Promise<void> {
  const token = takeToken();
  set({ state: "checking", entering: token !== "" });
  const refused = token === "" ? undefined : await use(token);
  try {
    const { owner } = await session();
    set(owner ? { state: "owner" } : { state: "stranger", refused });
  } catch (error) {
    set(isForbidden(error) ? { state: "stranger", refused } : { state: "unknown", error });
  }
}

/** To be told of every failed request: finds out whether it failed because this browser is no longer let in. */
export async function onFailure(error: unknown): Promise<void> {
  if (isForbidden(error)) set({ state: "stranger" });
  if (!(error instanceof ApiError) || error.kind !== "rejected" || current.state !== "owner") return;
  const answer = await session().catch(() => undefined);
  if (answer && !answer.owner) set({ state: "stranger" });
}

const ENTER = "#enter=";

function takeToken(): string {
  if (!location.hash.startsWith(ENTER)) return "";
  const token = location.hash.slice(ENTER.length);
  history.replaceState(null, "", location.pathname + location.search);
  return token;
}

async function use(token: string): Promise<ApiError | undefined> {
  try {
    await enter(token);
    return undefined;
  } catch (reason) {
    return reason instanceof ApiError ? reason : undefined;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.kind === "forbidden";
}

function set(next: Session): void {
  current = next;
  for (const listener of listeners) listener();
}
