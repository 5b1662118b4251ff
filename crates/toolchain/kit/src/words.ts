/** The kit's own texts by language. English is complete by type; a language that is missing reads English. */
import { de } from "./words/de";
import { en } from "./words/en";
import { es } from "./words/es";
import { fr } from "./words/fr";
import { pt } from "./words/pt";

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
  retry: string;
  search: string;
  actions: string;
  total: string;
  menu: string;
  skip: string;
  optional: string;
  choose: string;
  loading: string;
  working: string;
  saved: string;
  deleted: string;
  empty: string;
  noMatch: string;
  offline: string;
  failed: string;
  invite: string;
  makeLink: string;
  copy: string;
  copied: string;
  share: string;
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
  changeAnswer: string;
  inviteFailed: string;
  free: string;
  addTo: (entity: string) => string;
  editOf: (title: string) => string;
  deleteOf: (title: string) => string;
  deleteSure: (title: string) => string;
  inviteOf: (title: string) => string;
  hereAs: (name: string, role: string) => string;
  owner: string;
  rows: (count: number) => string;
  places: (free: number, all: number) => string;
  missing: (label: string) => string;
  notNumber: (label: string) => string;
  stars: (count: number, of: number) => string;
  duration: (hours: number, minutes: number) => string;
  minutes: string;
}

const languages: Record<string, Words> = { en, de, es, fr, pt };

/** The texts for a BCP 47 tag. */
export function wordsFor(language: string): Words {
  const base = language.split("-")[0] ?? "";
  return Object.hasOwn(languages, base) ? (languages[base] ?? en) : en;
}
