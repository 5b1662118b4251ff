/** The kit's own texts by language. Every language is complete by type; one that is missing reads English. */
import { ar } from "./words/ar";
import { de } from "./words/de";
import { en } from "./words/en";
import { es } from "./words/es";
import { fr } from "./words/fr";
import { hi } from "./words/hi";
import { id } from "./words/id";
import { pt } from "./words/pt";
import { sw } from "./words/sw";
import { zh } from "./words/zh";

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
  free: string;
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
export const languages: Record<string, Words> = { ar, de, en, es, fr, hi, id, pt, sw, zh };

/** Languages that are written from right to left. */
const FROM_THE_RIGHT = ["ar", "fa", "he", "ur"];

/** The texts for a BCP 47 tag. */
export function wordsFor(language: string): Words {
  const base = baseOf(language);
  return Object.hasOwn(languages, base) ? (languages[base] ?? en) : en;
}

/** The direction in which a language is written. */
export function directionOf(language: string): "ltr" | "rtl" {
  return FROM_THE_RIGHT.includes(baseOf(language)) ? "rtl" : "ltr";
}

function baseOf(language: string): string {
  return language.split("-")[0]?.toLowerCase() ?? "";
}
