/** Months of days with their rows; on narrow screens the month is a list. The arrow keys go from day to day. */
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { dayBy } from "./attention";
import { useApp } from "./context";
import { Button } from "./controls";
import { Marks } from "./display";
import { RowsPage, type PageByProps, type View } from "./frame";
import { daysAfter, daysBetween, firstDayOf, monthOf, monthsAfter, shownDay, shownTime, today, weeksOf } from "./time";
import { isOpen } from "./slots";
import { titleOf } from "./titles";
import type { Row } from "./types";

/** Rows that go on for longer are shown on their first days only. */
const LONGEST = 366;

/** The page. */
export function CalendarPage({ by, ...props }: PageByProps) {
  return <RowsPage {...props} always order={[{ field: by }]}>{(view) => <Calendar view={view} by={by} />}</RowsPage>;
}

function Calendar({ view, by }: { view: View; by: string }) {
  const { words, language } = useApp();
  const [day, setDay] = useState(() => firstShown(view.rows, by));
  const byDay = rowsByDay(view, by);
  const month = monthOf(day);
  const turn = (count: number) => setDay(`${monthsAfter(month, count)}-01`);
  const named = shownDay(`${month}-01`, language, { month: "long", year: "numeric" });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <h2 aria-live="polite" className="grow text-lg font-semibold">{named}</h2>
        <Button small aria-label={words.previousMonth} onClick={() => turn(-1)}><span aria-hidden="true" className="rtl:-scale-x-100">←</span></Button>
        <Button small onClick={() => setDay(today())}>{words.today}</Button>
        <Button small aria-label={words.nextMonth} onClick={() => turn(1)}><span aria-hidden="true" className="rtl:-scale-x-100">→</span></Button>
      </div>
      <Month view={view} by={by} month={month} day={day} setDay={setDay} byDay={byDay} />
      <Agenda view={view} by={by} month={month} byDay={byDay} />
    </div>
  );
}

/** This month, unless all rows are elsewhere: then the next one that has some, or the last. */
function firstShown(rows: Row[], by: string): string {
  const days = rows.flatMap((row) => dayBy(row, by) ?? []).sort();
  const now = today();
  const here = days.some((day) => monthOf(day) === monthOf(now));
  return here ? now : (days.find((day) => day >= now) ?? days.at(-1) ?? now);
}

/** The rows of each day, those that last for several on each of them. */
function rowsByDay({ entity, rows }: View, by: string): Map<string, Row[]> {
  const days = new Map<string, Row[]>();
  const end = entity.booking?.start === by && entity.booking.end.type === "field" ? entity.booking.end.field : by;
  for (const row of rows) {
    const first = dayBy(row, by);
    if (first === undefined) continue;
    const length = Math.min(LONGEST, Math.max(0, daysBetween(first, dayBy(row, end) ?? first)));
    for (let index = 0; index <= length; index += 1) {
      const day = daysAfter(first, index);
      days.set(day, [...(days.get(day) ?? []), row]);
    }
  }
  return days;
}

interface MonthProps {
  view: View;
  by: string;
  month: string;
  day: string;
  setDay: (day: string) => void;
  byDay: Map<string, Row[]>;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function Month({ view, by, month, day, setDay, byDay }: MonthProps) {
  const { language } = useApp();
  const grid = useRef<HTMLTableElement>(null);
  const moved = useRef(false);
  const weeks = weeksOf(month, firstDayOf(language));
  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
    moved.current = false;
  }, [day]);
  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const backwards = document.documentElement.dir === "rtl" && Math.abs(step) === 1;
    moved.current = true;
    setDay(daysAfter(day, backwards ? -step : step));
  };
  return (
    <table ref={grid} className="hidden w-full table-fixed border-collapse text-sm sm:table">
      <caption className="sr-only">{shownDay(`${month}-01`, language, { month: "long", year: "numeric" })}</caption>
      <thead>
        <tr>
          {(weeks[0] ?? []).map((one) => (
            <th key={one} scope="col" className="p-1 text-start font-medium text-muted">{shownDay(one, language, { weekday: "short" })}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((one) => (
              <td key={one} className={`h-24 border border-rule p-1 align-top ${shade(view, one, month)}`}>
                <DayButton view={view} by={by} day={one} month={month} chosen={one === day} press={press} choose={setDay} />
                <Entries view={view} by={by} rows={byDay.get(one) ?? []} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DayProps {
  view: View;
  by: string;
  day: string;
  month: string;
  /** Whether the keyboard is here. */
  chosen: boolean;
  press: (event: KeyboardEvent) => void;
  choose: (day: string) => void;
}

/** A day's number; where the caller may add rows, it adds one on that day. */
function DayButton({ view, by, day, month, chosen, press, choose }: DayProps) {
  const { words, language } = useApp();
  const { add } = view.editing;
  const named = shownDay(day, language, { dateStyle: "full" });
  const shut = view.entity.booking !== undefined && !isOpen(view.entity.booking, day);
  const open = () => {
    choose(day);
    add?.({ [by]: startOn(view, by, day) });
  };
  return (
    <button
      type="button"
      data-day={day}
      tabIndex={chosen ? 0 : -1}
      onKeyDown={press}
      onClick={open}
      aria-label={shut ? `${named}, ${words.closedDay}` : add ? words.addOn(view.entity.label, named) : named}
      title={shut ? words.closedDay : undefined}
      aria-current={day === today() ? "date" : undefined}
      className={`min-h-6 min-w-6 rounded px-1 text-start aria-[current=date]:bg-accent aria-[current=date]:text-on-accent ${monthOf(day) === month ? "" : "text-muted"}`}
    >
      {new Intl.NumberFormat(language).format(Number(day.slice(8)))}
    </button>
  );
}

/** Days of this month stand out, closed ones do not. */
function shade(view: View, day: string, month: string): string {
  const { booking } = view.entity;
  if (booking && !isOpen(booking, day)) return "bg-[repeating-linear-gradient(135deg,transparent_0_6px,var(--color-rule)_6px_7px)]";
  return monthOf(day) === month ? "bg-raised" : "";
}

/** A new row's value for a day: where the field has a time, in the morning. */
function startOn(view: View, by: string, day: string): string {
  const kind = view.entity.fields.find(({ id }) => id === by)?.kind.type;
  return kind === "dateTime" ? `${day}T09:00` : day;
}

function Entries({ view, by, rows }: { view: View; by: string; rows: Row[] }) {
  const { language } = useApp();
  const time = (row: Row) => String(row.values[by] ?? "").slice(11);
  return (
    <ul className="flex flex-col gap-1">
      {rows.map((row) => (
        <li key={row.id} dir="auto" className="min-w-0">
          <a href={view.addressOf(row)} className="block min-h-6 rounded border border-rule bg-surface px-1 break-words hover:underline">
            {time(row) && <span className="text-muted">{shownTime(time(row), language)} </span>}
            {titleOf(view.entity, row)}
            <Marks marks={view.marksOf(row)} />
          </a>
        </li>
      ))}
    </ul>
  );
}

interface AgendaProps {
  view: View;
  by: string;
  month: string;
  byDay: Map<string, Row[]>;
}

/** The days of the month that have rows, below each other. */
function Agenda({ view, by, month, byDay }: AgendaProps) {
  const { words, language } = useApp();
  const days = [...byDay.keys()].filter((day) => monthOf(day) === month).sort();
  if (days.length === 0) return <p className="text-muted sm:hidden">{words.emptyMonth}</p>;
  return (
    <ol className="flex flex-col gap-3 sm:hidden">
      {days.map((day) => (
        <li key={day} className="flex flex-col gap-1">
          <h3 className="font-medium">{shownDay(day, language, { weekday: "long", day: "numeric", month: "long" })}</h3>
          <Entries view={view} by={by} rows={byDay.get(day) ?? []} />
        </li>
      ))}
    </ol>
  );
}
