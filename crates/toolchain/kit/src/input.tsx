/** One field of a form: a label, and the control that fits what the field holds. */
import { useId, type ComponentProps } from "react";
import { useApp } from "./context";
import { titleOf } from "./titles";
import type { Entity, Field, Row } from "./types";

const BOX = "w-full min-h-10 rounded-lg border border-line bg-surface px-3 py-2 text-base text-ink";
/** Longest texts that the backend takes. */
const LINE = 200;
const PARAGRAPHS = 5_000;

interface InputProps {
  entity: Entity;
  field: Field;
  text: string;
  change: (text: string) => void;
  rowsOf: (entity: string) => Row[];
}

/** The field with its label. */
export function Input(props: InputProps) {
  const { field } = props;
  const id = useId();
  if (field.kind.type === "yesNo") return <YesNo {...props} />;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} dir="auto" className="text-sm font-medium">
        <Label field={field} />
      </label>
      <Control {...props} id={id} />
    </div>
  );
}

function Label({ field }: { field: Field }) {
  const { words } = useApp();
  return (
    <>
      {field.label}
      {field.kind.type === "duration" && <span className="font-normal text-muted"> ({words.minutes})</span>}
      {field.kind.type === "quantity" && field.kind.unit && <span className="font-normal text-muted"> ({field.kind.unit})</span>}
      {field.kind.type === "money" && <span className="font-normal text-muted"> ({field.kind.currency})</span>}
      {!field.required && <span className="font-normal text-muted"> ({words.optional})</span>}
    </>
  );
}

function Control({ entity, field, text, change, rowsOf, id }: InputProps & { id: string }) {
  const { entities } = useApp();
  const common = { id, value: text, required: field.required ?? false, dir: "auto", className: BOX };
  const { kind } = field;
  if (kind.type === "longText") {
    return <textarea {...common} rows={4} maxLength={PARAGRAPHS} onChange={(event) => change(event.target.value)} />;
  }
  if (kind.type === "choice") return <Select {...common} change={change} options={kind.options} />;
  if (kind.type === "rating") {
    const marks = Array.from({ length: kind.max }, (_, index) => String(index + 1));
    return <Select {...common} change={change} options={marks.map((mark) => ({ id: mark, label: mark }))} />;
  }
  if (kind.type === "ref") {
    const target = entities.find((other) => other.id === kind.entity) ?? entity;
    const options = rowsOf(kind.entity).map((row) => ({ id: String(row.id), label: titleOf(target, row) }));
    return <Select {...common} change={change} options={options} />;
  }
  return <input {...common} {...plainInput(field)} onChange={(event) => change(event.target.value)} />;
}

/** The browser's own checks and keyboards, as far as they fit. */
function plainInput({ id, kind }: Field): ComponentProps<"input"> {
  switch (kind.type) {
    case "email":
      return { type: "email", maxLength: LINE, autoComplete: "email" };
    case "phone":
      return { type: "tel", maxLength: LINE, autoComplete: "tel" };
    case "url":
      return { type: "text", inputMode: "url", maxLength: LINE };
    case "date":
      return { type: "date" };
    case "time":
      return { type: "time" };
    case "integer":
      return { type: "number", step: 1, min: kind.min, ...(kind.max === undefined ? {} : { max: kind.max }) };
    case "percentage":
      return { type: "number", step: 1, min: 0, max: 100 };
    case "duration":
      return { type: "number", step: 1, min: 0 };
    case "money":
    case "quantity":
      return { type: "text", inputMode: "decimal" };
    default:
      return { type: "text", maxLength: LINE, autoComplete: id === "name" ? "name" : "off" };
  }
}

interface SelectProps {
  id: string;
  value: string;
  required: boolean;
  dir: string;
  className: string;
  options: { id: string; label: string }[];
  change: (text: string) => void;
}

function Select({ options, change, ...rest }: SelectProps) {
  const { words } = useApp();
  // A value that is no longer offered, or that the caller can't look up, stays until another is chosen.
  const unknown = rest.value !== "" && !options.some((option) => option.id === rest.value);
  return (
    <select {...rest} onChange={(event) => change(event.target.value)}>
      <option value="">{words.choose}</option>
      {unknown && <option value={rest.value}>{rest.value}</option>}
      {options.map((option) => (
        <option key={option.id} value={option.id}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function YesNo({ field, text, change }: InputProps) {
  const { words } = useApp();
  const name = useId();
  const options = [
    { value: "true", label: words.yes },
    { value: "false", label: words.no },
    ...(field.required ? [] : [{ value: "", label: "–" }]),
  ];
  return (
    <fieldset className="flex flex-col gap-1">
      <legend dir="auto" className="mb-1 text-sm font-medium">
        <Label field={field} />
      </legend>
      <div className="flex flex-wrap gap-2">
        {options.map(({ value, label }) => (
          <label key={value} className="flex min-h-10 items-center gap-2 rounded-lg border border-line bg-surface px-4 py-2 has-checked:border-accent-ink has-checked:font-semibold">
            <input type="radio" name={name} value={value} checked={text === value} required={field.required ?? false} onChange={() => change(value)} className="size-4 accent-accent" />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
