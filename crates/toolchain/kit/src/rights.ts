/** What to offer somebody. Only a courtesy: the backend refuses what it must, whatever is offered here. */
import type { Condition, Entity, Field, Grant, Option, Role, Row, Scope, Standing, Value, Who } from "./types";

/** Finds a row that the caller may read. */
export type Find = (entity: string, id: number) => Row | undefined;

const nothing: Find = () => undefined;

/** What the caller's role may do; nothing if it is not named. */
export function grantOf(entity: Entity, standing: Standing): Grant {
  return Object.hasOwn(entity.access, standing.role) ? (entity.access[standing.role] ?? {}) : {};
}

/** Whether a row belongs to the caller: by itself, or through a row that it refers to. */
export function owns(entity: Entity, row: Row, standing: Standing, find: Find = nothing): boolean {
  if (isTheirs(row, standing)) return true;
  return (entity.ownedThrough ?? []).some((field) => isThrough(entity, field, row, standing, find));
}

/** Whether a row that the caller reads is theirs: it is marked so, or they read no others. */
export function isMine(entity: Entity, row: Row, standing: Standing, find: Find = nothing): boolean {
  return grantOf(entity, standing).read === "own" || owns(entity, row, standing, find);
}

function isTheirs(row: Row, standing: Standing): boolean {
  return standing.member !== "" && row.member === standing.member;
}

function isThrough(entity: Entity, reference: string, row: Row, standing: Standing, find: Find): boolean {
  const kind = entity.fields.find((field) => field.id === reference)?.kind;
  const id = row.values[reference];
  const other = kind?.type === "ref" && typeof id === "number" ? find(kind.entity, id) : undefined;
  return other !== undefined && isTheirs(other, standing);
}

/** Whether a right of this scope reaches `row`. */
export function reaches(entity: Entity, scope: Scope | undefined, row: Row, standing: Standing, find: Find = nothing): boolean {
  return scope === "all" || (scope === "own" && owns(entity, row, standing, find));
}

/** Whether the caller is one of these people, in relation to `row`. */
export function isAmong(people: Who[], entity: Entity, row: Row, standing: Standing, find: Find = nothing): boolean {
  return people.some(({ role, theirs, through }) => {
    if (role !== standing.role) return false;
    if (through !== undefined) return isThrough(entity, through, row, standing, find);
    return !theirs || isTheirs(row, standing);
  });
}

/** The fields of `row` that the caller may fill in; without a row, those of a new one. */
export function fieldsToFill(entity: Entity, standing: Standing, row?: Row, find: Find = nothing): Field[] {
  const open = entity.fields.filter((field) => !field.made && !(row && isFixed(entity, field, row)));
  // A new row begins where its steps do; nobody chooses that.
  if (!row) return open.filter((field) => !entity.steps?.some((rule) => rule.field === field.id));
  const seen = open.filter((field) => !field.seenBy || isAmong(field.seenBy, entity, row, standing, find));
  return grantOf(entity, standing).update === "all" ? seen : seen.filter((field) => field.byMember);
}

/** The fields in which the caller may find something. */
export function fieldsToSee(entity: Entity, standing: Standing): Field[] {
  return entity.fields.filter(({ seenBy }) => !seenBy || seenBy.some(({ role }) => role === standing.role));
}

function isFixed(entity: Entity, field: Field, row: Row): boolean {
  return (entity.fixed ?? []).some(({ onlyIf, except }) => holds(onlyIf, row) && !except?.includes(field.id));
}

/** Whether nobody deletes `row`. */
export function isKept(entity: Entity, row: Row): boolean {
  return (entity.fixed ?? []).some(({ onlyIf }) => holds(onlyIf, row));
}

/** Whether a condition holds for a row; none always does. */
export function holds(condition: Condition | undefined, row: Row): boolean {
  return !condition || condition.values.includes(String(row.values[condition.field]));
}

/** The options that the caller may give a row's choice next; the one that it has is not among them. */
export function nextOptions(entity: Entity, field: Field, row: Row, standing: Standing, find: Find = nothing): Option[] {
  if (field.kind.type !== "choice" || isFixed(entity, field, row)) return [];
  const now = row.values[field.id];
  const rules = (entity.steps ?? []).filter((rule) => rule.field === field.id);
  const mayFill = mayChange(entity, row, standing, find) && fieldsToFill(entity, standing, row, find).includes(field);
  const allowed = (to: string) => rules.every(({ steps }) => steps.some((step) => {
    if (step.from !== now || step.to !== to) return false;
    return step.by?.length ? isAmong(step.by, entity, row, standing, find) : mayFill;
  }));
  return field.kind.options.filter(({ id }) => id !== now && (rules.length > 0 || mayFill) && allowed(id));
}

/** Whether the right to change rows reaches `row`. */
export function mayChange(entity: Entity, row: Row, standing: Standing, find: Find = nothing): boolean {
  return reaches(entity, grantOf(entity, standing).update, row, standing, find);
}

/** Whether a form may not be sent without `field`. What a person has to say is not for their host to fill in. */
export function isNeeded(entity: Entity, field: Field, answering: boolean): boolean {
  const theirs = entity.person !== undefined && field.byMember === true && field.id !== entity.title;
  return field.required === true && (answering || !theirs);
}

/** The roles into which the caller may invite. */
export function rolesToInvite(roles: Role[], standing: Standing): Role[] {
  return roles.filter((role) => standing.role === "owner" || role.invitedBy.includes(standing.role));
}

/** Whether the caller manages an entity: sees, adds and changes all of its rows. */
export function manages(entity: Entity, standing: Standing): boolean {
  const grant = grantOf(entity, standing);
  return grant.create === true && grant.read === "all" && grant.update === "all";
}

/** Whether `field` is asked, given the other values. */
export function isAsked(entity: Entity, field: Field, valueOf: (field: string) => Value | undefined): boolean {
  const seen = new Set<string>();
  for (let open: Field | undefined = field; open?.onlyIf && !seen.has(open.id); ) {
    seen.add(open.id);
    const { field: other, values }: Condition = open.onlyIf;
    const value = valueOf(other);
    if (value === undefined || !values.includes(String(value))) return false;
    open = entity.fields.find((candidate) => candidate.id === other);
  }
  return true;
}
