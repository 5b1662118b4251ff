/**
 * Days and times as apps keep them: `YYYY-MM-DD`, `HH:MM` and `YYYY-MM-DDTHH:MM`, without a zone. Pure.
 *
 * Arithmetic is in days or minutes of a calendar without summer time, since these are times on the wall.
 */

const DAY = 86_400_000;
const MINUTE = 60_000;

/** The day of a date, or of a date with a time; nothing if it is neither. */
export function dayOf(text: string): string | undefined {
  const day = /^\d{4}-\d\d-\d\d/.exec(text)?.[0];
  return day !== undefined && !Number.isNaN(Date.parse(day)) ? day : undefined;
}

/** The day that is `count` days later. */
export function daysAfter(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY).toISOString().slice(0, 10);
}

/** How many days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}

/** The calendar day of a moment where the browser is. */
export function today(now = new Date()): string {
  return momentOf(now).slice(0, 10);
}

/** The date and time on the wall where the browser is. */
export function momentOf(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * MINUTE);
  return local.toISOString().slice(0, 16);
}

/** Minutes of a date, with or without a time, on a line of its own. */
export function minutesOf(text: string): number {
  return Math.round(Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`) / MINUTE);
}

/** The date and time at a minute of that line. */
export function momentAt(minutes: number): string {
  return new Date(minutes * MINUTE).toISOString().slice(0, 16);
}

/** Minutes after midnight of `HH:MM`. */
export function minutesOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** The day of the week, 1 for Monday to 7 for Sunday. */
export function weekdayOf(day: string): number {
  return new Date(day).getUTCDay() || 7;
}

/** The month of a day, `YYYY-MM`. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The month that is `count` months later. */
export function monthsAfter(month: string, count: number): string {
  const date = new Date(`${month}-01T00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + count);
  return date.toISOString().slice(0, 7);
}

/** The weeks that a month touches, each seven days from `firstDay` on (1 is Monday, 7 Sunday). */
export function weeksOf(month: string, firstDay: number): string[][] {
  const first = `${month}-01`;
  const before = (new Date(first).getUTCDay() - (firstDay % 7) + 7) % 7;
  const start = daysAfter(first, -before);
  const length = before + daysBetween(first, `${monthsAfter(month, 1)}-01`);
  const week = (index: number) => Array.from({ length: 7 }, (_, day) => daysAfter(start, index * 7 + day));
  return Array.from({ length: Math.ceil(length / 7) }, (_, index) => week(index));
}

interface WeekInfo {
  firstDay: number;
}

/** The day with which weeks begin where a language is spoken: 1 is Monday, 7 Sunday. */
export function firstDayOf(language: string): number {
  const locale = new Intl.Locale(language) as Intl.Locale & { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo };
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/** How a day, or a month given by its first day, reads. */
export function shownDay(day: string, language: string, format: Intl.DateTimeFormatOptions = { dateStyle: "medium" }): string {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? day : new Intl.DateTimeFormat(language, { ...format, timeZone: "UTC" }).format(date);
}

/** How a time of day reads. */
export function shownTime(time: string, language: string): string {
  const date = new Date(`1970-01-01T${time}Z`);
  return Number.isNaN(date.getTime()) ? time : new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: "UTC" }).format(date);
}

/** How a date with a time reads. */
export function shownMoment(moment: string, language: string): string {
  const date = new Date(`${moment}Z`);
  const format = { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" } as const;
  return Number.isNaN(date.getTime()) ? moment : new Intl.DateTimeFormat(language, format).format(date);
}
