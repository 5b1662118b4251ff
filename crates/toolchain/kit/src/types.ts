/** How an app describes what it keeps. Written by the code generator from the app spec; the backend decides. */
import type { ReactNode } from "react";

/** Which rows a right reaches: every one, or those of the caller's own membership. */
export type Scope = "all" | "own";

/** One option of a choice. */
export interface Option {
  id: string;
  label: string;
}

/** What a field holds; numbers are whole, in the smallest unit that is kept. */
export type FieldKind =
  | { type: "text" | "longText" | "email" | "phone" | "url" | "place" }
  | { type: "percentage" | "yesNo" | "date" | "time" | "dateTime" | "duration" }
  /** A data URL, and `#rrggbb`. */
  | { type: "picture" | "colour" }
  | { type: "integer"; min: number; max?: number }
  /** In the currency's minor unit, of which `digits` decimals make one. */
  | { type: "money"; currency: string; digits: number }
  /** In thousandths. */
  | { type: "quantity"; unit: string }
  | { type: "rating"; max: number }
  | { type: "choice"; options: Option[] }
  | { type: "ref"; entity: string };

/** A field is asked only while another one has one of these values. */
export interface Condition {
  field: string;
  values: string[];
}

/** A field of an entity. */
export interface Field {
  id: string;
  label: string;
  kind: FieldKind;
  required?: boolean;
  /** Filled in by the row's own member. */
  byMember?: boolean;
  /** Filled in by the backend alone. */
  made?: boolean;
  /** Says what each of several comes to, so that rows don't come to its sum. */
  each?: boolean;
  onlyIf?: Condition;
  /** Who sees the value; absent: whoever sees the row. */
  seenBy?: Who[];
}

/** People in relation to a row: all of a role, those whose row it is, or those whose row it refers to by `through`. */
export interface Who {
  role: string;
  theirs?: boolean;
  through?: string;
}

/** The order of rows by a field; `createdAt` and `updatedAt` are fields here. */
export interface Order {
  field: string;
  descending?: boolean;
}

/** A number shown with each row: of the rows of another entity whose `field` refers to it, their count or a sum. */
export interface Total {
  id: string;
  label: string;
  of: string;
  field: string;
  sum?: string;
  /** What is summed where `sum` names a total of those rows. */
  sumOf?: Total;
  /** The field of the row itself from which the sum is taken: what is still owed of what is due. */
  from?: string;
  /** A date of the rows: only those of this month count. */
  month?: string;
  onlyIf?: Condition;
}

/** When rows need attention; numbers are in the field's smallest unit. */
export type When =
  | { type: "days"; field: string; days: number }
  | { type: "since"; of: string; field: string; days: number }
  | { type: "above" | "below"; field: string; value: number };

/** What is said of rows that need attention. */
export interface Alert {
  when: When;
  text: string;
  onlyIf?: Condition;
}

/** How a choice may go on: new rows have `start`, then only the steps named, by those named. */
export interface Steps {
  field: string;
  start: string;
  steps: { from: string; to: string; by?: Who[] }[];
}

/** Where a stretch of time ends: at a field, after the row's own duration, after that of another row, or always alike. */
export type End =
  | { type: "field"; field: string }
  | { type: "length"; field: string }
  | { type: "lengthOf"; via: string; field: string }
  | { type: "minutes"; minutes: number };

/** Rows that take up time: those that agree in all of `per` never overlap. */
export interface Booking {
  start: string;
  end: End;
  per: string[];
  /** Only rows for which this holds take up time. */
  onlyIf?: Condition;
  /** The hours of the row that `field` refers to. */
  within?: { field: string; opens: string; closes: string };
  /** When the place is open. */
  open?: Opening;
  /** When what `field` refers to is away: the rows of `entity`, of which those that name nothing are everybody's. */
  away?: { field: string; entity: string; of: string; first: string; last: string };
}

/** When a place is open: on which days of the week (1 is Monday), and from when to when; without a week, on all days. */
export interface Opening {
  week: { days: number[]; opens?: string; closes?: string }[];
  /** Closed from one day to another, both included: `MM-DD` of every year, or `YYYY-MM-DD`. */
  closed: { first: string; last: string }[];
}

/** Rows that come with a new row, in one go: of which entity, which row each belongs to and is about, and how many. */
export interface Lines {
  entity: string;
  field: string;
  of: string;
  count: string;
  /** What one costs, in the entity that lines are about. */
  price?: string;
  /** The method that takes a row and its lines. */
  create: string;
}

/** Rows that nobody changes any more while the condition holds; absent: ever. */
export interface Fixed {
  onlyIf?: Condition;
  except?: string[];
}

/** What a role may do with an entity's rows. */
export interface Grant {
  read?: Scope;
  create?: boolean;
  update?: Scope;
  delete?: Scope;
}

/** A kind of thing that the app keeps. */
export interface Entity {
  id: string;
  label: string;
  plural: string;
  /** The field that says what a row is called; it always has a value. */
  title?: string;
  /** Rows are people with this role. */
  person?: string;
  /** References through which a row belongs to somebody too. */
  ownedThrough?: string[];
  order?: Order[];
  totals?: Total[];
  alerts?: Alert[];
  steps?: Steps[];
  fixed?: Fixed[];
  booking?: Booking;
  lines?: Lines;
  /** The rows that say with whom these are shared, and by which references these lead to what is. */
  shared?: { by: string; field: string; via: string[] };
  /** Rows are people who share costs: how their balances are shown. */
  balance?: FieldKind;
  /** The field with the number of places, where other rows take places here. */
  places?: string;
  /** How many rows the backend gives at once. */
  pageSize: number;
  methods: { list: string; create: string; update: string; delete: string; my?: string; answer?: string };
  fields: Field[];
  access: Record<string, Grant>;
}

/** A role that invitations give. */
export interface Role {
  id: string;
  label: string;
  /** Roles whose members may invite into this one; the owner always may. */
  invitedBy: string[];
}

/** A page in the menu of some roles. */
export interface Page {
  id: string;
  title: string;
  roles: string[];
  /** The entity of which people add a row there: a form, or times to book. Other pages lead to it. */
  adds?: string;
  view: () => ReactNode;
}

/** A value as the pages handle it. */
export type Value = string | number | boolean;

/** A row as the pages handle it; what is absent is not set. */
export interface Row {
  id: number;
  member: string;
  /** Milliseconds since 1970; 0 where it isn't told. */
  createdAt: number;
  updatedAt: number;
  placesTaken?: number;
  /** What they are owed by the others, less what they owe. */
  balance?: number;
  values: Record<string, Value | undefined>;
}

/** Who the caller is to this app. */
export interface Standing {
  role: string;
  member: string;
  name: string;
}
