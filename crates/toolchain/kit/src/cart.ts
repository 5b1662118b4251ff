/** What somebody put together and has not sent yet: how many of which rows. It stays in this tab until it is sent. */
import { useMemo, useSyncExternalStore } from "react";
import type { Entity, Row } from "./types";

/** How many of each row, by its id, in the order in which they were put in. */
export type Counts = ReadonlyMap<number, number>;

const carts = new Map<string, Counts>();
const listeners = new Set<() => void>();

/** A cart of the entity that it becomes a row of. */
export interface Cart {
  counts: Counts;
  /** Says how many of a row are in it; none takes it out. */
  set: (id: number, count: number) => void;
  clear: () => void;
}

/** The cart; what uses it is drawn anew with every change. */
export function useCart(entity: string): Cart {
  const counts = useSyncExternalStore(subscribe, () => countsOf(entity));
  return useMemo(() => ({
    counts,
    set: (id, count) => keep(entity, changed(countsOf(entity), id, count)),
    clear: () => keep(entity, new Map()),
  }), [entity, counts]);
}

/** `counts` with so many of a row. */
export function changed(counts: Counts, id: number, count: number): Counts {
  const next = new Map(counts);
  if (count > 0) next.set(id, count);
  else next.delete(id);
  return next;
}

/** Counts as they were kept; nothing of what isn't one. */
export function readCounts(text: string | null): Counts {
  try {
    const pairs: unknown = JSON.parse(text ?? "[]");
    const whole = (one: unknown): one is number => Number.isSafeInteger(one) && Number(one) > 0;
    const good = (pair: unknown): pair is [number, number] => Array.isArray(pair) && pair.length === 2 && pair.every(whole);
    return new Map(Array.isArray(pairs) ? pairs.filter(good) : []);
  } catch {
    return new Map();
  }
}

/** How many of a row are left, where there is a limit. */
export function leftOf(goods: Entity, row: Row): number | undefined {
  const limit = goods.places === undefined ? undefined : row.values[goods.places];
  return typeof limit === "number" && row.placesTaken !== undefined ? Math.max(0, limit - row.placesTaken) : undefined;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function keyOf(entity: string): string {
  return `cart of ${entity}`;
}

function countsOf(entity: string): Counts {
  const known = carts.get(entity) ?? readCounts(stored(keyOf(entity)));
  carts.set(entity, known);
  return known;
}

function stored(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    // Where pages may keep nothing, the cart lasts as long as the page.
    return null;
  }
}

function keep(entity: string, counts: Counts): void {
  carts.set(entity, counts);
  try {
    sessionStorage.setItem(keyOf(entity), JSON.stringify([...counts]));
  } catch {
    // As above.
  }
  for (const listener of listeners) listener();
}
