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
  | { type: "percentage" | "yesNo" | "date" | "time" | "duration" }
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
  onlyIf?: Condition;
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
  view: () => ReactNode;
}

/** A value as the pages handle it. */
export type Value = string | number | boolean;

/** A row as the pages handle it; what is absent is not set. */
export interface Row {
  id: number;
  member: string;
  placesTaken?: number;
  values: Record<string, Value | undefined>;
}

/** Who the caller is to this app. */
export interface Standing {
  role: string;
  member: string;
  name: string;
}
