/** Free times: which beginnings are left of a day, given the hours and what is taken. Pure; minutes on one line. */
import type { Booking, Entity, Row, Value } from "./types";
import { daysAfter, minutesOf, minutesOfDay, weekdayOf } from "./time";

/** From `start` up to, but not with, `end`. */
export interface Stretch {
  start: number;
  end: number;
}

const DAY = 24 * 60;
/** Hours that are offered where the app keeps none. */
const USUAL = { opens: "08:00", closes: "20:00" };
const SHORTEST_STEP = 5;
const LONGEST_STEP = 30;

type Find = (entity: string, id: number) => Row | undefined;
type Values = Record<string, Value | undefined>;

/** How long a row with these values takes, in minutes; nothing while that isn't known. */
export function lengthOf(entity: Entity, booking: Booking, values: Values, find: Find): number | undefined {
  const { end } = booking;
  if (end.type === "minutes") return end.minutes;
  if (end.type === "length") return number(values[end.field]);
  if (end.type === "lengthOf") return number(referred(entity, end.via, values, find)?.values[end.field]);
  const [from, to] = [values[booking.start], values[end.field]];
  if (typeof from !== "string" || typeof to !== "string") return undefined;
  return minutesOf(to) - minutesOf(from) + (to.length === 10 ? DAY : 0);
}

function number(value: Value | undefined): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}

/** The row that a reference among `values` names. */
export function referred(entity: Entity, reference: string, values: Values, find: Find): Row | undefined {
  const kind = entity.fields.find((field) => field.id === reference)?.kind;
  const id = values[reference];
  return kind?.type === "ref" && typeof id === "number" ? find(kind.entity, id) : undefined;
}

/** What is taken for somebody who chose `values`: the rows that agree in all of the booking's `per`. */
export function taken(entity: Entity, booking: Booking, rows: Row[], values: Values, find: Find): Stretch[] {
  const { per, onlyIf } = booking;
  const counts = (row: Row) => !onlyIf || onlyIf.values.includes(String(row.values[onlyIf.field]));
  const same = rows.filter((row) => counts(row) && per.every((field) => row.values[field] === values[field]));
  return same.flatMap((row) => {
    const from = row.values[booking.start];
    if (typeof from !== "string") return [];
    const length = lengthOf(entity, booking, row.values, find) ?? (from.length === 10 ? DAY : SHORTEST_STEP);
    return [{ start: minutesOf(from), end: minutesOf(from) + length }];
  });
}

/** When what `values` name is away. */
export function absences({ away }: Booking, rowsOf: (entity: string) => Row[], values: Values): Stretch[] {
  if (!away) return [];
  const theirs = ({ values: told }: Row) => told[away.of] === undefined || told[away.of] === values[away.field];
  return rowsOf(away.entity).filter(theirs).flatMap(({ values: told }) => {
    const first = told[away.first];
    if (typeof first !== "string") return [];
    const last = told[away.last];
    const whole = first.length === 10 ? DAY : 0;
    const [start, end] = [minutesOf(first), typeof last === "string" ? minutesOf(last) : 0];
    return [{ start, end: Math.max(start, end) + (whole || (end > start ? 0 : 1)) }];
  });
}

/** The hours of a day for `values`. */
export function hours(entity: Entity, booking: Booking, day: string, values: Values, find: Find): Stretch {
  const { within } = booking;
  const row = within && referred(entity, within.field, values, find);
  const told = (field: string | undefined) => (field === undefined ? undefined : row?.values[field]);
  const opens = String(told(within?.opens) ?? USUAL.opens);
  const closes = String(told(within?.closes) ?? USUAL.closes);
  const midnight = minutesOf(day);
  return { start: midnight + minutesOfDay(opens), end: midnight + minutesOfDay(closes) };
}

/** Whether a day is an open one. */
export function isOpen({ open }: Booking, day: string): boolean {
  if (!open) return true;
  const away = ({ first, last }: { first: string; last: string }) => {
    const date = day.slice(-first.length);
    return first <= last ? first <= date && date <= last : first <= date || date <= last;
  };
  return !open.closed.some(away) && (open.week.length === 0 || open.week.some(({ days }) => days.includes(weekdayOf(day))));
}

/** When a day is open for `values`: the place's hours, and within them those of what is booked. */
export function openings(entity: Entity, booking: Booking, day: string, values: Values, find: Find): Stretch[] {
  const own = hours(entity, booking, day, values, find);
  if (!isOpen(booking, day)) return [];
  const midnight = minutesOf(day);
  const known = booking.within && referred(entity, booking.within.field, values, find)?.values[booking.within.opens] !== undefined;
  const today = (booking.open?.week ?? []).filter(({ days }) => days.includes(weekdayOf(day)));
  const stretches = today.map(({ opens, closes }) => {
    if (opens === undefined || closes === undefined) return own;
    const [start, end] = [midnight + minutesOfDay(opens), midnight + minutesOfDay(closes)];
    const stretch = { start, end: end > start ? end : end + DAY };
    return known ? { start: Math.max(stretch.start, own.start), end: Math.min(stretch.end, own.end) } : stretch;
  });
  return stretches.length > 0 ? stretches : [own];
}

/** Beginnings within `open`, none of which is before `from` or runs into what is taken. */
export function freeTimes(open: Stretch, length: number, occupied: Stretch[], from: number): number[] {
  const step = Math.min(LONGEST_STEP, Math.max(SHORTEST_STEP, length));
  const count = Math.max(0, Math.floor((open.end - open.start - length) / step) + 1);
  const starts = Array.from({ length: count }, (_, index) => open.start + index * step);
  return starts.filter((start) => start >= from && !collides({ start, end: start + length }, occupied));
}

/** Whether a stretch runs into one of the others. */
export function collides(one: Stretch, others: Stretch[]): boolean {
  return others.some((other) => one.start < other.end && other.start < one.end);
}

/** The days, of `count` from `day` on, that are wholly free. */
export function freeDays(day: string, count: number, occupied: Stretch[]): string[] {
  const days = Array.from({ length: count }, (_, index) => daysAfter(day, index));
  return days.filter((one) => !collides({ start: minutesOf(one), end: minutesOf(one) + DAY }, occupied));
}
