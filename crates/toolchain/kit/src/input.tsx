/** One field of a form: a label, and the control that fits what the field holds. */
import { useId, useState, type ChangeEvent, type ComponentProps } from "react";
import { useApp } from "./context";
import { Button, Problem } from "./controls";
import { Picture } from "./display";
import { Icon } from "./icons";
import { pictureOf } from "./picture";
import { titleOf } from "./titles";
import type { Entity, Field, Option, Row } from "./types";

/** How a box to type into looks. */
export const BOX = "w-full min-h-10 rounded-lg border border-line bg-surface px-3 py-2 text-base text-ink";
/** Longest texts that the backend takes. */
const LINE = 200;
const PARAGRAPHS = 5_000;

interface InputProps {
  entity: Entity;
  field: Field;
  text: string;
  change: (text: string) => void;
  rowsOf: (entity: string) => Row[];
  /** Narrows the options of a choice. */
  options?: Option[] | undefined;
}

/** The field with its label. */
export function Input(props: InputProps) {
  const { field } = props;
  const id = useId();
  if (field.kind.type === "yesNo") return <YesNo {...props} />;
  if (field.kind.type === "rating") return <Rating {...props} of={field.kind.max} />;
  if (field.kind.type === "picture") return <PictureInput {...props} />;
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
      <Icon of={field.kind.type} className="me-1 align-[-2px]" />
      {field.label}
      {field.kind.type === "duration" && <span className="font-normal text-muted"> ({words.minutes})</span>}
      {field.kind.type === "quantity" && field.kind.unit && <span className="font-normal text-muted"> ({field.kind.unit})</span>}
      {field.kind.type === "money" && <span className="font-normal text-muted"> ({field.kind.currency})</span>}
      {!field.required && <span className="font-normal text-muted"> ({words.optional})</span>}
    </>
  );
}

function Control({ entity, field, text, change, rowsOf, options, id }: InputProps & { id: string }) {
  const { entities } = useApp();
  const common = { id, value: text, required: field.required ?? false, dir: "auto", className: BOX };
  const { kind } = field;
  if (kind.type === "longText") {
    return <textarea {...common} rows={4} maxLength={PARAGRAPHS} onChange={(event) => change(event.target.value)} />;
  }
  if (kind.type === "choice") return <Select {...common} change={change} options={options ?? kind.options} labels={kind.options} />;
  if (kind.type === "ref") {
    const target = entities.find((other) => other.id === kind.entity) ?? entity;
    const rows = rowsOf(kind.entity).map((row) => ({ id: String(row.id), label: titleOf(target, row) }));
    return <Select {...common} change={change} options={rows} labels={rows} />;
  }
  if (kind.type === "colour") return <ColourInput {...common} change={change} />;
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
    case "dateTime":
      return { type: "datetime-local" };
    case "place":
      return { type: "text", maxLength: LINE, autoComplete: "street-address" };
    case "integer":
      return { type: "number", step: 1, min: kind.min, ...(kind.max === undefined ? {} : { max: kind.max }) };
    case "percentage":
      return { type: "number", step: 1, min: 0, max: 100 };
    case "duration":
      return { type: "number", step: 1, min: 0, inputMode: "numeric" };
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
  options: Option[];
  /** What a value is called that is not offered. */
  labels: Option[];
  change: (text: string) => void;
}

function Select({ options, labels, change, ...rest }: SelectProps) {
  const { words } = useApp();
  // A value that is no longer offered, or that the caller can't look up, stays until another is chosen.
  const unknown = rest.value !== "" && !options.some((option) => option.id === rest.value);
  return (
    <select {...rest} onChange={(event) => change(event.target.value)}>
      <option value="">{words.choose}</option>
      {unknown && <option value={rest.value}>{labels.find(({ id }) => id === rest.value)?.label ?? rest.value}</option>}
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

/** Stars: one of a group of radio buttons, so the arrow keys choose. */
function Rating({ field, text, change, of }: InputProps & { of: number }) {
  const { words } = useApp();
  const name = useId();
  const marks = Array.from({ length: of }, (_, index) => index + 1);
  return (
    <fieldset className="flex flex-col gap-1">
      <legend dir="auto" className="mb-1 text-sm font-medium">
        <Label field={field} />
      </legend>
      <div className="flex flex-wrap items-center">
        {marks.map((mark) => (
          <label key={mark} className="relative grid size-10 place-items-center rounded-lg text-2xl text-accent-ink has-focus-visible:outline-3 has-focus-visible:outline-accent-ink">
            <input type="radio" name={name} value={mark} checked={text === String(mark)} required={field.required ?? false} aria-label={words.stars(mark, of)} className="absolute inset-0 cursor-pointer opacity-0" onChange={() => change(String(mark))} />
            <span aria-hidden="true">{mark <= Number(text) ? "★" : "☆"}</span>
          </label>
        ))}
        {!field.required && text !== "" && <Button small className="ms-2" onClick={() => change("")}>{words.clear}</Button>}
      </div>
    </fieldset>
  );
}

interface ColourProps {
  id: string;
  value: string;
  required: boolean;
  change: (text: string) => void;
}

/** The browser's own choice of colours, which has no way to say "none". */
function ColourInput({ id, value, required, change }: ColourProps) {
  const { words } = useApp();
  return (
    <div className="flex items-center gap-2">
      <input id={id} type="color" value={value || "#888888"} className="h-10 w-16 rounded-lg border border-line bg-surface p-1" onChange={(event) => change(event.target.value)} />
      <span dir="ltr" className="font-mono text-sm">{value || "–"}</span>
      {!required && value !== "" && <Button small onClick={() => change("")}>{words.clear}</Button>}
    </div>
  );
}

/** A picture from the camera or a file. */
function PictureInput({ field, text, change }: InputProps) {
  const { words } = useApp();
  const id = useId();
  const [state, setState] = useState<"" | "reading" | "failed">("");
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (!file) return;
    setState("reading");
    const url = await pictureOf(file);
    setState(url === undefined ? "failed" : "");
    if (url !== undefined) change(url);
  };
  return (
    <div className="flex flex-col gap-2">
      <label htmlFor={id} className="text-sm font-medium">
        <Label field={field} />
      </label>
      {text && <Picture url={text} title={field.label} className="max-h-40 self-start rounded-lg" />}
      <input id={id} type="file" accept="image/*" required={(field.required ?? false) && !text} aria-busy={state === "reading"} className="min-h-10 w-full text-sm file:me-3 file:min-h-10 file:rounded-lg file:border file:border-line file:bg-raised file:px-4" onChange={(event) => void take(event)} />
      {state === "failed" && <Problem>{words.noPicture}</Problem>}
      {text && !field.required && <Button small className="self-start" onClick={() => change("")}>{words.clear}</Button>}
    </div>
  );
}
