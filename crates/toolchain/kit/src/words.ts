/**
 * The kit's own texts by language. Every language is complete by type; one that is missing reads English.
 *
 * A browser loads the language of the app alone, besides English.
 */
import { en } from "./words/en";

/** Every text of the kit. */
export interface Words {
  yes: string;
  no: string;
  add: string;
  edit: string;
  delete: string;
  save: string;
  send: string;
  cancel: string;
  close: string;
  clear: string;
  retry: string;
  undo: string;
  undone: string;
  notUndone: (reason: string) => string;
  search: string;
  all: string;
  filter: string;
  sort: string;
  usual: string;
  actions: string;
  moreActions: string;
  total: string;
  count: string;
  menu: string;
  skip: string;
  optional: string;
  choose: string;
  loading: string;
  working: string;
  saved: string;
  deleted: string;
  empty: string;
  emptyMonth: string;
  noMatch: string;
  notThere: string;
  sayText: (page: string) => string;
  without: string;
  offline: string;
  noNetwork: string;
  failed: string;
  attention: string;
  more: (count: number) => string;
  invite: string;
  makeLink: string;
  copy: string;
  copied: string;
  share: string;
  address: string;
  qrCode: string;
  print: string;
  linkHint: string;
  link: string;
  linkReplaces: string;
  role: string;
  name: string;
  visitorTitle: string;
  visitorText: string;
  nothingForYou: string;
  notInvited: string;
  thanks: string;
  received: string;
  another: string;
  sentByYou: string;
  changeAnswer: string;
  inviteFailed: string;
  picture: string;
  noPicture: string;
  addTo: (entity: string) => string;
  addFirst: (entity: string) => string;
  addOn: (entity: string, day: string) => string;
  editOf: (title: string) => string;
  deleteOf: (title: string) => string;
  deleteAsk: (title: string) => string;
  deleteSure: (title: string) => string;
  inviteOf: (title: string) => string;
  move: string;
  moveOf: (title: string) => string;
  moveTo: (title: string, column: string) => string;
  movedTo: (title: string, column: string) => string;
  readOn: string;
  readOf: (title: string) => string;
  today: string;
  previousMonth: string;
  nextMonth: string;
  day: string;
  previousDay: string;
  nextDay: string;
  howLong: string;
  chooseFirst: string;
  freeTimes: (day: string) => string;
  freeDays: string;
  firstAndLast: string;
  noTimes: string;
  /** What somebody is owed, less what they owe. */
  /** What was put together and is sent in one go. */
  cart: string;
  intoCart: string;
  intoCartOf: (title: string) => string;
  /** So many of something are in the cart. */
  inCart: (count: number) => string;
  emptyCart: string;
  takeOut: (title: string) => string;
  balance: string;
  owes: (debtor: string, creditor: string, amount: string) => string;
  /** Nobody owes anybody anything. */
  allEven: string;
  /** Of a day. */
  closedDay: string;
  nextFree: (when: string) => string;
  book: string;
  summary: string;
  made: string;
  exportTable: string;
  importTable: string;
  importHint: (columns: string, lines: number) => string;
  file: string;
  pasted: string;
  preview: string;
  importRows: (count: number) => string;
  imported: (done: number, all: number) => string;
  notImported: string;
  unknownColumns: (names: string) => string;
  unknownValue: (label: string, value: string) => string;
  hereAs: (name: string, role: string) => string;
  owner: string;
  rows: (count: number) => string;
  places: (free: number, all: number) => string;
  missing: (label: string) => string;
  notNumber: (label: string) => string;
  notEmail: (label: string) => string;
  notPhone: (label: string) => string;
  stars: (count: number, of: number) => string;
  minutes: string;
}

/** The texts by base language. */
export const languages: Record<string, () => Promise<Words>> = {
  ar: async () => (await import("./words/ar")).ar,
  de: async () => (await import("./words/de")).de,
  en: async () => en,
  es: async () => (await import("./words/es")).es,
  fr: async () => (await import("./words/fr")).fr,
  hi: async () => (await import("./words/hi")).hi,
  id: async () => (await import("./words/id")).id,
  pt: async () => (await import("./words/pt")).pt,
  sw: async () => (await import("./words/sw")).sw,
  zh: async () => (await import("./words/zh")).zh,
};

/** Languages that are written from right to left. */
const FROM_THE_RIGHT = ["ar", "fa", "he", "ur"];

/** The texts for a BCP 47 tag. */
export async function wordsFor(language: string): Promise<Words> {
  const base = baseOf(language);
  const load = Object.hasOwn(languages, base) ? languages[base] : undefined;
  try {
    return load ? await load() : en;
  } catch {
    // Without a connection even the words don't come; then the page says so in English.
    return en;
  }
}

/** The direction in which a language is written. */
export function directionOf(language: string): "ltr" | "rtl" {
  return FROM_THE_RIGHT.includes(baseOf(language)) ? "rtl" : "ltr";
}

function baseOf(language: string): string {
  return language.split("-")[0]?.toLowerCase() ?? "";
}
