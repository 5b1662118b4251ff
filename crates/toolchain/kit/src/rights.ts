/** What to offer somebody. Only a courtesy: the backend refuses what it must, whatever is offered here. */
import type { Condition, Entity, Field, Grant, Role, Row, Scope, Standing, Value } from "./types";

/** What the caller's role may do; nothing if it is not named. */
export function grantOf(entity: Entity, standing: Standing): Grant {
  return Object.hasOwn(entity.access, standing.role) ? (entity.access[standing.role] ?? {}) : {};
}

/** Whether a right of this scope reaches `row`. */
export function reaches(scope: Scope | undefined, row: Row, standing: Standing): boolean {
  return scope === "all" || (scope === "own" && standing.member !== "" && row.member === standing.member);
}

/** The fields of `row` that the caller may fill in; without a row, those of a new one. */
export function fieldsToFill(entity: Entity, standing: Standing, row?: Row): Field[] {
  if (!row || grantOf(entity, standing).update === "all") return entity.fields;
  return entity.fields.filter((field) => field.byMember);
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
