/**
 * Free times to book: choose what, who and when.
 *
 * The times are worked out from the rows that this person may read. Where those of others are not among them, a taken
 * time is found out by the backend's refusal: its sentence is shown, and the next time is offered.
 */
import { useId, useState } from "react";
import { useApp, usePlace } from "./context";
import { Button, Empty, Loading, Offline, PageHead, Paragraphs, Problem } from "./controls";
import { useEditing, type Editing } from "./editing";
import { RowForm } from "./form";
import { Earlier, Thanks } from "./formpage";
import { BOX, Input } from "./input";
import { Refused } from "./platform";
import { fieldsToFill, grantOf, isMine } from "./rights";
import { absences, collides, freeDays, freeTimes, isOpen, lengthOf, openings, taken, type Stretch } from "./slots";
import { Moves } from "./steps";
import { useTable, type Table, type Values } from "./store";
import { daysAfter, minutesOf, momentAt, momentOf, shownDay, shownMoment, shownTime, today } from "./time";
import type { Booking, Entity, Field, Row } from "./types";
import { read, shownNumber, Unreadable } from "./values";
import type { Words } from "./words";

/** How many days are offered at once where whole days are booked. */
const DAYS = 42;
/** How far the next free time is looked for, in days. */
const AHEAD = 60;
/** What is booked where nothing says how long, in minutes. */
const USUAL_LENGTH = 60;
const LENGTHS = [30, 60, 90, 120, 180, 240];

/** The page. */
export function SlotsPage({ entity, text }: { entity: Entity; text?: string }) {
  const { words, standing } = useApp();
  const { page } = usePlace();
  const table = useTable(entity);
  const editing = useEditing(entity, table);
  const [booked, setBooked] = useState<Row>();
  const grant = grantOf(entity, standing);
  const mine = (table.rows ?? []).filter((row) => row.id !== booked?.id && isMine(entity, row, standing, table.find));
  const waiting = grant.read !== undefined && !table.rows;
  return (
    <section className="mx-auto flex w-full max-w-2xl flex-col gap-5">
      <PageHead title={page?.title ?? entity.plural} />
      {text && <Paragraphs text={text} />}
      {waiting && (table.failed ? <Offline retry={() => void table.reload()} /> : <Loading />)}
      {!waiting && !grant.create && <Empty>{words.nothingForYou}</Empty>}
      {!waiting && grant.create && entity.booking && !booked && <Choosing entity={entity} booking={entity.booking} table={table} done={setBooked} />}
      {booked && <Thanks entity={entity} row={booked} rowsOf={table.rowsOf} again={() => setBooked(undefined)} />}
      {mine.length > 0 && <Earlier entity={entity} rows={mine} rowsOf={table.rowsOf}>{(row) => <OwnBooking entity={entity} row={row} table={table} editing={editing} />}</Earlier>}
      {editing.dialog}
    </section>
  );
}

/** What somebody may still do with what they booked. */
function OwnBooking({ entity, row, table, editing }: { entity: Entity; row: Row; table: Table; editing: Editing }) {
  return (
    <>
      <Moves entity={entity} row={row} table={table} />
      {editing.actionsOf(row)}
    </>
  );
}

interface ChoosingProps {
  entity: Entity;
  booking: Booking;
  table: Table;
  done: (row: Row) => void;
}

/** The fields that say what and who is booked, in the order of the form. */
function chosenFields(entity: Entity, { per, end, within }: Booking): Field[] {
  const ids = new Set([...per, ...(end.type === "lengthOf" ? [end.via] : end.type === "length" ? [end.field] : []), ...(within ? [within.field] : [])]);
  return entity.fields.filter(({ id, made }) => ids.has(id) && !made);
}

function Choosing({ entity, booking, table, done }: ChoosingProps) {
  const { words, language, standing, store } = useApp();
  const { start } = usePlace();
  const [draft, setDraft] = useState<Record<string, string>>(() => Object.fromEntries(Object.entries(start).map(([id, row]) => [id, String(row)])));
  const [time, setTime] = useState<Values>({});
  const [refused, setRefused] = useState<Stretch[]>([]);
  const chosen = chosenFields(entity, booking);
  const values = { ...readDraft(chosen, draft, words, language), ...time };
  const begins = entity.fields.find(({ id }) => id === booking.start);
  const ready = chosen.every(({ id, required }) => !required || values[id] !== undefined);
  const change = (field: Field, text: string) => {
    setDraft({ ...draft, [field.id]: text });
    setTime({});
    setRefused([]);
  };
  const submit = async (more: Values) => {
    try {
      done(await store.create(entity, { ...values, ...more }));
    } catch (failure) {
      if (failure instanceof Refused) setRefused([...refused, stretchOf(entity, booking, values, table)]);
      throw failure;
    }
  };
  const own = new Set([...chosen.map(({ id }) => id), booking.start, ...(booking.end.type === "field" ? [booking.end.field] : [])]);
  const rest = fieldsToFill(entity, standing).filter(({ id }) => !own.has(id));
  const occupied = [...taken(entity, booking, table.rows ?? [], values, table.find), ...absences(booking, table.rowsOf, values), ...refused];
  const picking = { entity, booking, table, values, occupied, pick: setTime };
  return (
    <div className="flex flex-col gap-5">
      {chosen.map((field) => (
        <Input key={field.id} entity={entity} field={{ ...field, required: field.required ?? false }} text={draft[field.id] ?? ""} change={(text) => change(field, text)} rowsOf={table.rowsOf} />
      ))}
      {!ready && <p className="text-muted">{words.chooseFirst}</p>}
      {ready && (begins?.kind.type === "date" ? <Days {...picking} /> : <Times key={JSON.stringify(draft)} {...picking} />)}
      {ready && refused.length > 0 && <Next {...picking} />}
      {ready && typeof values[booking.start] === "string" && (
        <div className="flex flex-col gap-3 border-t border-rule pt-4">
          <p className="font-semibold"><When booking={booking} values={values} /></p>
          <RowForm entity={entity} fields={rest} start={values} table={table} submitLabel={words.book} answering submit={submit} />
        </div>
      )}
    </div>
  );
}

/** What was typed so far, as far as it can be read. */
function readDraft(fields: Field[], draft: Record<string, string>, words: Words, language: string): Values {
  return Object.fromEntries(fields.map((field) => {
    try {
      return [field.id, read(field.kind, draft[field.id] ?? "", field.label, words, language)];
    } catch (failure) {
      if (failure instanceof Unreadable) return [field.id, undefined];
      throw failure;
    }
  }));
}

function stretchOf(entity: Entity, booking: Booking, values: Values, table: Table): Stretch {
  const start = minutesOf(String(values[booking.start]));
  return { start, end: start + (lengthOf(entity, booking, values, table.find) ?? USUAL_LENGTH) };
}

function When({ booking, values }: { booking: Booking; values: Values }) {
  const { language } = useApp();
  const start = String(values[booking.start]);
  const end = booking.end.type === "field" ? String(values[booking.end.field] ?? "") : "";
  const day = shownDay(start.slice(0, 10), language, { dateStyle: "full" });
  if (start.length > 10) return <span>{day}, {shownTime(start.slice(11), language)}</span>;
  return <span>{day}{end && end !== start && ` – ${shownDay(end, language, { dateStyle: "full" })}`}</span>;
}

interface PickingProps {
  entity: Entity;
  booking: Booking;
  table: Table;
  values: Values;
  occupied: Stretch[];
  pick: (time: Values) => void;
}

/** The next free time after the one that was refused. */
function Next({ entity, booking, table, values, occupied, pick }: PickingProps) {
  const { words, language } = useApp();
  const chosen = String(values[booking.start] ?? "");
  if (chosen.length <= 10) return null;
  const { start, end } = stretchOf(entity, booking, values, table);
  const days = Array.from({ length: AHEAD }, (_, index) => daysAfter(chosen.slice(0, 10), index));
  const free = (day: string) => openings(entity, booking, day, values, table.find).flatMap((open) => freeTimes(open, end - start, occupied, start));
  const day = days.find((one) => free(one).length > 0);
  const [next] = day === undefined ? [] : free(day);
  // The chosen time is refused itself, so a next one is another.
  if (next === undefined || !collides({ start, end }, occupied)) return null;
  const moment = momentAt(next);
  const when = moment.slice(0, 10) === chosen.slice(0, 10) ? shownTime(moment.slice(11), language) : shownMoment(moment, language);
  const last = booking.end.type === "field" ? { [booking.end.field]: momentAt(next + end - start) } : {};
  return <Button className="self-start" onClick={() => pick({ [booking.start]: moment, ...last })}>{words.nextFree(when)}</Button>;
}

/** A day, and the free times of that day. */
function Times({ entity, booking, table, values, occupied, pick }: PickingProps) {
  const { words, language } = useApp();
  const [asked, setAsked] = useState(USUAL_LENGTH);
  const ids = { day: useId(), times: useId(), length: useId() };
  const byField = booking.end.type === "field";
  const length = byField ? asked : (lengthOf(entity, booking, values, table.find) ?? USUAL_LENGTH);
  const now = minutesOf(momentOf(new Date()));
  const free = (one: string) => openings(entity, booking, one, values, table.find).flatMap((open) => freeTimes(open, length, occupied, now));
  const [day, setDay] = useState(() => nextFree(daysAfter(today(), -1), free) ?? today());
  const choose = (start: number) => {
    const end = booking.end.type === "field" ? { [booking.end.field]: momentAt(start + length) } : {};
    pick({ [booking.start]: momentAt(start), ...end });
  };
  const turn = (next: string) => {
    setDay(next);
    pick({});
  };
  const times = free(day);
  const clock = (start: number) => shownTime(momentAt(start).slice(11), language);
  return (
    <div className="flex flex-col gap-3">
      {byField && (
        <label htmlFor={ids.length} className="flex flex-col gap-1 text-sm font-medium">
          {words.howLong}
          <select id={ids.length} value={asked} className={BOX} onChange={(event) => (setAsked(Number(event.target.value)), pick({}))}>
            {LENGTHS.map((minutes) => <option key={minutes} value={minutes}>{shownNumber({ type: "duration" }, minutes, language, words)}</option>)}
          </select>
        </label>
      )}
      <div className="flex flex-wrap items-end gap-2">
        <label htmlFor={ids.day} className="flex grow flex-col gap-1 text-sm font-medium">
          {words.day}
          <input id={ids.day} type="date" min={today()} value={day} className={BOX} onChange={(event) => event.target.value && turn(event.target.value)} />
        </label>
        <Button disabled={day <= today()} aria-label={words.previousDay} onClick={() => turn(daysAfter(day, -1))}><span aria-hidden="true" className="rtl:-scale-x-100">←</span></Button>
        <Button aria-label={words.nextDay} onClick={() => turn(daysAfter(day, 1))}><span aria-hidden="true" className="rtl:-scale-x-100">→</span></Button>
      </div>
      <h2 id={ids.times} className="font-medium">{words.freeTimes(shownDay(day, language, { dateStyle: "full" }))}</h2>
      <div role="group" aria-labelledby={ids.times} className="flex flex-wrap gap-2">
        {times.map((start) => {
          const on = values[booking.start] === momentAt(start);
          return <Button key={start} look={on ? "main" : "plain"} aria-pressed={on} onClick={() => choose(start)}>{clock(start)}</Button>;
        })}
      </div>
      {times.length === 0 && <NextFree day={day} free={free} turn={turn} />}
    </div>
  );
}

/** The next day with free times. */
function nextFree(day: string, free: (day: string) => number[]): string | undefined {
  return Array.from({ length: AHEAD }, (_, index) => daysAfter(day, index + 1)).find((one) => free(one).length > 0);
}

/** Says that a day is full, and leads to the next one that is not. */
function NextFree({ day, free, turn }: { day: string; free: (day: string) => number[]; turn: (day: string) => void }) {
  const { words, language } = useApp();
  const next = nextFree(day, free);
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p className="text-muted">{words.noTimes}</p>
      {next && <Button small onClick={() => turn(next)}>{shownDay(next, language, { dateStyle: "full" })}</Button>}
    </div>
  );
}

/** Whole days: the first, and the last where there is one. */
function Days({ entity, booking, values, occupied, pick }: PickingProps) {
  const { words, language } = useApp();
  const [from, setFrom] = useState(today());
  const id = useId();
  const last = booking.end.type === "field" ? booking.end.field : undefined;
  const [first, final] = [values[booking.start], last === undefined ? undefined : values[last]];
  const free = freeDays(from, DAYS, occupied);
  // What lasts over a closed day begins and ends on open ones.
  const offered = free.filter((day) => isOpen(booking, day));
  const label = entity.fields.find((field) => field.id === booking.start)?.label ?? words.day;
  const press = (day: string) => {
    const later = typeof first === "string" && first === final && day > first && wholly(first, day, free);
    if (later && last !== undefined) pick({ [booking.start]: first, [last]: day });
    else pick({ [booking.start]: day, ...(last === undefined ? {} : { [last]: day }) });
  };
  const within = (day: string) => typeof first === "string" && day >= first && day <= String(final ?? first);
  return (
    <div className="flex flex-col gap-3">
      <label htmlFor={id} className="flex flex-col gap-1 text-sm font-medium">
        {label}
        <input id={id} type="date" min={today()} value={from} className={BOX} onChange={(event) => event.target.value && setFrom(event.target.value)} />
      </label>
      {last !== undefined && <p className="text-sm text-muted">{words.firstAndLast}</p>}
      <div role="group" aria-label={words.freeDays} className="flex flex-wrap gap-2">
        {offered.map((day) => (
          <Button key={day} small look={within(day) ? "main" : "plain"} aria-pressed={within(day)} onClick={() => press(day)}>
            {shownDay(day, language, { weekday: "short", day: "numeric", month: "short" })}
          </Button>
        ))}
      </div>
      {offered.length === 0 && <Problem>{words.noTimes}</Problem>}
    </div>
  );
}

/** Whether all days from the first to the last are free. */
function wholly(first: string, last: string, free: string[]): boolean {
  for (let day = first; day <= last; day = daysAfter(day, 1)) if (!free.includes(day)) return false;
  return true;
}
