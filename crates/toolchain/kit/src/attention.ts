/** What is worked out from rows: totals of others, and what needs attention. Pure. */
import { holds } from "./rights";
import { dayOf, daysAfter, monthOf, today } from "./time";
import type { Alert, Entity, Field, Row, Total, When } from "./types";

type RowsOf = (entity: string) => Row[];
/** The rows of an entity, or nothing where they are not known, or not yet. */
type KnownOf = (entity: string) => Row[] | undefined;

/** The number of a total for a row, in the smallest unit of the field that is summed. */
export function totalOf(total: Total, row: Row, rowsOf: RowsOf, now = today()): number {
  const { sum, sumOf, from, month } = total;
  const isThisMonth = (one: Row) => month === undefined || monthOf(dayBy(one, month) ?? "") === monthOf(now);
  const rows = rowsOf(total.of).filter((one) => one.values[total.field] === row.id && holds(total.onlyIf, one) && isThisMonth(one));
  if (sum === undefined) return rows.length;
  const valueOf = (one: Row) => (sumOf ? totalOf(sumOf, one, rowsOf, now) : Number(one.values[sum] ?? 0));
  const all = rows.reduce((so, one) => so + valueOf(one), 0);
  return from === undefined ? all : Number(row.values[from] ?? 0) - all;
}

/** Whether a total says what is left of an amount: what is still owed. */
export function isRest({ from, sumOf }: Total): boolean {
  return from !== undefined || (sumOf !== undefined && isRest(sumOf));
}

/** The entities whose rows a total looks at. */
export function countedBy({ of, sumOf }: Total): string[] {
  return [of, ...(sumOf ? countedBy(sumOf) : [])];
}

/** The field that a total sums, which says how the sum reads. */
export function summedBy(total: Total, entities: Entity[]): Field | undefined {
  if (total.sumOf) return summedBy(total.sumOf, entities);
  return entities.find(({ id }) => id === total.of)?.fields.find(({ id }) => id === total.sum);
}

/** What is to be said of a row now. */
export function attention(entity: Entity, row: Row, known: KnownOf, now = today()): string[] {
  const due = (alert: Alert) => holds(alert.onlyIf, row) && isDue(alert.when, row, known, now);
  return (entity.alerts ?? []).filter(due).map(({ text }) => text);
}

function isDue(when: When, row: Row, known: KnownOf, now: string): boolean {
  switch (when.type) {
    case "days": {
      const day = dayBy(row, when.field);
      return day !== undefined && daysAfter(day, when.days) <= now;
    }
    case "since": {
      const made = known(when.of)?.filter((one) => one.values[when.field] === row.id);
      const days = [...(made ?? []), row].flatMap((one) => dayBy(one, "createdAt") ?? []).sort();
      const last = days.at(-1);
      return made !== undefined && last !== undefined && daysAfter(last, when.days) <= now;
    }
    case "above":
      return Number(row.values[when.field] ?? Number.NaN) > when.value;
    case "below":
      return Number(row.values[when.field] ?? Number.NaN) < when.value;
  }
}

/** The day in a field of a row, or of its making or last change. */
export function dayBy(row: Row, field: string): string | undefined {
  if (field === "createdAt" || field === "updatedAt") return row[field] > 0 ? today(new Date(row[field])) : undefined;
  const value = row.values[field];
  return typeof value === "string" ? dayOf(value) : undefined;
}
