/** Finding rows: by words, by choices and yes or no, in another order. */
import { useId, useState } from "react";
import { useApp } from "./context";
import { Button } from "./controls";
import { BOX } from "./input";
import type { Entity, Field, Option, Order, Row } from "./types";

/** What is looked for. */
export interface Filter {
  query: string;
  /** Wanted values by field. */
  values: Record<string, string>;
  order: Order[] | undefined;
}

export const NO_FILTER: Filter = { query: "", values: {}, order: undefined };

/** Fewer rows than this are seen at once. */
const MANY = 6;

type Shown = (field: Field, row: Row) => string;

/** Whether a row is among those looked for. */
export function matches(entity: Entity, row: Row, { query, values }: Filter, shown: Shown): boolean {
  const chosen = Object.entries(values).every(([field, value]) => value === "" || String(row.values[field]) === value);
  const wanted = query.trim().toLocaleLowerCase();
  return chosen && (wanted === "" || entity.fields.some((field) => shown(field, row).toLocaleLowerCase().includes(wanted)));
}

interface FilterProps {
  entity: Entity;
  count: number;
  filter: Filter;
  change: (filter: Filter) => void;
}

/** The controls, where there are enough rows to need them; on narrow screens all but the search are folded away. */
export function FilterBar({ entity, count, filter, change }: FilterProps) {
  const { words } = useApp();
  const [open, setOpen] = useState(false);
  const id = useId();
  if (count < MANY) return null;
  return (
    <search className="flex flex-wrap items-end gap-3 print:hidden">
      <input type="search" aria-label={words.search} placeholder={words.search} value={filter.query} dir="auto" className={`${BOX} flex-1 sm:max-w-xs`} onChange={(event) => change({ ...filter, query: event.target.value })} />
      <Button className="sm:hidden" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>{words.filter}</Button>
      <div id={id} className={open ? "contents" : "hidden sm:contents"}>
        {entity.fields.map((field) => {
          const options = optionsOf(field, words);
          const set = (value: string) => change({ ...filter, values: { ...filter.values, [field.id]: value } });
          return options && <Picker key={field.id} label={field.label} none={words.all} options={options} value={filter.values[field.id] ?? ""} change={set} />;
        })}
        <OrderPicker entity={entity} order={filter.order} change={(order) => change({ ...filter, order })} />
      </div>
    </search>
  );
}

function optionsOf({ kind }: Field, words: { yes: string; no: string }): Option[] | undefined {
  if (kind.type === "choice") return kind.options;
  return kind.type === "yesNo" ? [{ id: "true", label: words.yes }, { id: "false", label: words.no }] : undefined;
}

interface OrderProps {
  entity: Entity;
  order: Order[] | undefined;
  change: (order: Order[] | undefined) => void;
}

function OrderPicker({ entity, order, change }: OrderProps) {
  const { words } = useApp();
  const fields = entity.fields.filter(({ kind }) => kind.type !== "picture");
  const options = fields.flatMap(({ id, label }) => [
    { id: `${id} up`, label: `${label} ↑` },
    { id: `${id} down`, label: `${label} ↓` },
  ]);
  const first = order?.[0];
  const value = first ? `${first.field} ${first.descending ? "down" : "up"}` : "";
  const set = (chosen: string) => {
    const [field = "", way] = chosen.split(" ");
    change(field === "" ? undefined : [{ field, descending: way === "down" }]);
  };
  return <Picker label={words.sort} none={words.usual} options={options} value={value} change={set} />;
}

interface PickerProps {
  label: string;
  /** What choosing nothing is called. */
  none: string;
  options: Option[];
  value: string;
  change: (value: string) => void;
}

/** A small labelled choice. */
export function Picker({ label, none, options, value, change }: PickerProps) {
  const id = useId();
  return (
    <div className="flex min-w-32 flex-1 flex-col gap-1 sm:flex-none">
      <label htmlFor={id} dir="auto" className="text-sm text-muted">{label}</label>
      <select id={id} value={value} dir="auto" className={BOX} onChange={(event) => change(event.target.value)}>
        <option value="">{none}</option>
        {options.map((option) => (
          <option key={option.id} value={option.id}>{option.label}</option>
        ))}
      </select>
    </div>
  );
}
