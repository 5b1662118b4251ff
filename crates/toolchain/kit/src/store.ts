/**
 * The rows that the pages show: read once, kept together, and changed ahead of the backend's answer.
 *
 * Invariants: what a change promised is shown only while its answer is open; what was refused goes at once. An answer
 * that was asked for before a change never replaces what the change gave.
 */
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { countedBy } from "./attention";
import { useApp } from "./context";
import { Unreachable, type Platform } from "./platform";
import { grantOf, type Find } from "./rights";
import { decoded, encoded, readAll } from "./rows";
import type { Entity, Row, Standing, Value } from "./types";

/** Values by field; what is absent is not set. */
export type Values = Record<string, Value | undefined>;

/** What is shown in place of a row until its change is answered; nothing for one that goes. */
interface Promised {
  entity: string;
  id: number;
  values: Values | undefined;
}

/** How long to wait before asking again, in milliseconds, while the backend can't be reached. */
const AGAIN = 5_000;

/** The tables of an app, as far as this person reads them. */
export class Store {
  private readonly confirmed = new Map<string, Row[]>();
  private readonly shown = new Map<string, Row[]>();
  private readonly turns = new Map<string, number>();
  private readonly listeners = new Set<() => void>();
  private promised: Promised[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private missed = new Set<string>();
  private edition = 0;

  constructor(
    private readonly platform: Platform,
    private readonly entities: Entity[],
    private readonly standing: Standing,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Changes with everything that is shown. */
  readonly version = (): number => this.edition;

  /** The rows of an entity, with what was promised; nothing before they were read. */
  rows(entity: string): Row[] | undefined {
    return this.shown.get(entity);
  }

  /** A row that was read. */
  readonly find: Find = (entity, id) => this.rows(entity)?.find((row) => row.id === id);

  /** Whether the last attempt to read failed. */
  isMissed(entity: string): boolean {
    return this.missed.has(entity);
  }

  /** Whether anything could not be read. */
  isOffline(): boolean {
    return this.missed.size > 0;
  }

  /** Reads tables that were not read yet. */
  want(entities: string[]): void {
    const unread = entities.filter((id) => !this.turns.has(id));
    if (unread.length > 0) void this.read(unread);
  }

  /** Reads tables anew; all that were ever read if none is named. */
  async read(entities: string[] = [...this.turns.keys()]): Promise<void> {
    await Promise.all(entities.map((id) => this.readOne(id)));
  }

  private async readOne(id: string): Promise<void> {
    const entity = this.entities.find((one) => one.id === id);
    if (!entity || !grantOf(entity, this.standing).read) return;
    const turn = this.turn(id);
    try {
      const rows = await readAll(this.platform, entity);
      if (turn !== this.turns.get(id)) return;
      this.missed.delete(id);
      this.confirmed.set(id, rows);
    } catch {
      if (turn !== this.turns.get(id)) return;
      this.missed.add(id);
      this.readLater();
    }
    this.show(id);
  }

  private turn(id: string): number {
    const turn = (this.turns.get(id) ?? 0) + 1;
    this.turns.set(id, turn);
    return turn;
  }

  private readLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read([...this.missed]), AGAIN);
  }

  /** A page may show some of an entity's fields; what is sent and read has all of them. */
  private whole(shown: Entity): Entity {
    return this.entities.find(({ id }) => id === shown.id) ?? shown;
  }

  /** Adds a row, with its lines where it has some, and gives it. Its choices begin where their steps do. */
  async create(shown: Entity, given: Values, lines?: Values[]): Promise<Row> {
    const entity = this.whole(shown);
    const begun = (entity.steps ?? []).map(({ field, start }) => [field, start]);
    const values: Values = { ...given, ...Object.fromEntries(begun) };
    const fields = entity.fields.filter((field) => values[field.id] !== undefined);
    const input = encoded(entity, fields, values);
    const own = lines && this.entities.find(({ id }) => id === entity.lines?.entity);
    const view = own && entity.lines
      ? await this.platform.change<Record<string, unknown>>(entity.lines.create, input, lines.map((line) => encoded(own, own.fields.filter(({ id }) => line[id] !== undefined), line)))
      : await this.platform.change<Record<string, unknown>>(entity.methods.create, input);
    const row = decoded(entity, view);
    this.settle(entity, [...(this.confirmed.get(entity.id) ?? []), row]);
    // What the lines are about has changed with them.
    if (own) this.settle(own, this.confirmed.get(own.id) ?? []);
    return row;
  }

  /** Sets some fields of a row. */
  async update(shown: Entity, row: Row, values: Values): Promise<void> {
    const entity = this.whole(shown);
    const fields = entity.fields.filter((field) => field.id in values);
    const input = encoded(entity, fields, values, row);
    await this.promise({ entity: entity.id, id: row.id, values }, async () => {
      const view = await this.platform.change<Record<string, unknown>>(entity.methods.update, BigInt(row.id), input);
      const now = decoded(entity, view);
      return (rows) => rows.map((one) => (one.id === row.id ? now : one));
    });
  }

  /** Deletes a row. */
  async remove(entity: Entity, row: Row): Promise<void> {
    await this.promise({ entity: entity.id, id: row.id, values: undefined }, async () => {
      await this.platform.change(entity.methods.delete, BigInt(row.id));
      return (rows) => rows.filter((one) => one.id !== row.id);
    });
  }

  private async promise(promised: Promised, work: () => Promise<(rows: Row[]) => Row[]>): Promise<void> {
    const id = promised.entity;
    const entity = this.entities.find((one) => one.id === id);
    this.promised.push(promised);
    this.show(id);
    const kept = () => (this.promised = this.promised.filter((one) => one !== promised));
    try {
      const outcome = await work();
      kept();
      if (entity) this.settle(entity, outcome(this.confirmed.get(id) ?? []));
    } catch (failure) {
      kept();
      this.show(id);
      // Without an answer nobody knows what is there now.
      if (failure instanceof Unreachable) void this.read([id]);
      throw failure;
    }
  }

  /** Shows what a change gave, and reads anew what may have changed with it. */
  private settle(entity: Entity, rows: Row[]): void {
    if (this.confirmed.has(entity.id)) this.confirmed.set(entity.id, rows);
    this.turn(entity.id);
    this.show(entity.id);
    const touched = this.entities.filter(({ id }) => id === entity.id || this.isRelated(entity, id));
    const wanted = touched.filter((one) => this.turns.has(one.id) && (isWorthReading(one) || !this.confirmed.has(one.id)));
    void this.read(wanted.map(({ id }) => id));
  }

  private isRelated(entity: Entity, other: string): boolean {
    const refers = (from: Entity | undefined, to: string) =>
      from?.fields.some(({ kind }) => kind.type === "ref" && kind.entity === to) ?? false;
    const named = this.entities.find((one) => one.id === other);
    // Who shares an expense says nothing of whom it was paid by, and moves that one's balance too.
    return refers(entity, other) || refers(named, entity.id) || named?.balance !== undefined;
  }

  private show(id: string): void {
    const rows = this.confirmed.get(id);
    if (rows) this.shown.set(id, this.withPromised(id, rows));
    this.edition += 1;
    for (const listener of this.listeners) listener();
  }

  private withPromised(id: string, rows: Row[]): Row[] {
    const own = this.promised.filter((one) => one.entity === id);
    if (own.length === 0) return rows;
    return rows.flatMap((row) => own.filter((one) => one.id === row.id).reduce<Row[]>(
      ([shown], { values }) => (shown && values ? [{ ...shown, values: { ...shown.values, ...values } }] : []), [row]));
  }
}

/** Whether rows are read anew after each change: not with their pictures, unless their places or balances are counted. */
function isWorthReading({ fields, places, balance }: Entity): boolean {
  return places !== undefined || balance !== undefined || !fields.some(({ kind }) => kind.type === "picture");
}

/** The store; what uses it is drawn anew with every change. */
export function useStore(): Store {
  const { store } = useApp();
  useSyncExternalStore(store.subscribe, store.version);
  return store;
}

/** What a page knows of an entity's rows and of those around it. */
export interface Table {
  rows: Row[] | undefined;
  failed: boolean;
  rowsOf: (entity: string) => Row[];
  /** As `rowsOf`, but nothing for what is not known. */
  known: (entity: string) => Row[] | undefined;
  find: Find;
  reload: () => Promise<void>;
}

/** Reads an entity's rows, and those that it refers to, counts or is measured by. */
export function useTable(entity: Entity): Table {
  const store = useStore();
  const around = useMemo(() => [entity.id, ...neighbours(entity)], [entity]);
  useEffect(() => store.want(around), [store, around]);
  return {
    rows: store.rows(entity.id),
    failed: store.isMissed(entity.id),
    rowsOf: (id) => store.rows(id) ?? [],
    known: (id) => store.rows(id),
    find: store.find,
    reload: () => store.read(around),
  };
}

function neighbours(entity: Entity): string[] {
  const referred = entity.fields.flatMap(({ kind }) => (kind.type === "ref" ? [kind.entity] : []));
  const counted = (entity.totals ?? []).flatMap(countedBy);
  const awaited = (entity.alerts ?? []).flatMap(({ when }) => (when.type === "since" ? [when.of] : []));
  const away = entity.booking?.away ? [entity.booking.away.entity] : [];
  return [...referred, ...counted, ...awaited, ...away].filter((id) => id !== entity.id);
}
