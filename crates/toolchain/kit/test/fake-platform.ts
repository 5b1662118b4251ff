/**
 * A platform for the browser tests: tables in memory that answer as a backend's Candid does, and hold no rules.
 *
 * The address says who is here (`?as=guest`). A test refuses or drops the next change by `window.next`, holds it back
 * until `window.release()` by "hold", and fills tables before the page starts by `window.seeded`.
 */
import type { Standing } from "../src/types";

export class Refused extends Error {}
export class Unreachable extends Error {}

type View = Record<string, unknown>;

declare global {
  interface Window {
    next: "refuse" | "drop" | "hold" | undefined;
    release: () => void;
    /** What the last input named. */
    named: string[];
    redeemed: string[];
    /** Rows by table; what begins with `member` or `createdAt` is the row's own, in milliseconds. */
    seeded: Record<string, Record<string, string | number | boolean>[]> | undefined;
  }
}

const tables = new Map<string, View[]>();
let last = 0;

export class Platform {
  private member = "";

  static async connect(): Promise<Platform> {
    window.redeemed ??= [];
    for (const [name, list] of Object.entries(window.seeded ?? {})) list.forEach((values) => seed(name, values));
    return new Platform();
  }

  async standing(): Promise<Standing> {
    const role = window.redeemed.length > 0 ? "guest" : (new URLSearchParams(location.search).get("as") ?? "visitor");
    this.member = role === "guest" ? "guest:1" : role;
    return { role, member: this.member, name: role === "guest" ? "Ana" : "" };
  }

  async redeem(token: string): Promise<Standing> {
    if (token === "old") throw new Refused("This link was replaced by a newer one.");
    window.redeemed.push(token);
    return this.standing();
  }

  async invite(_role: string, name: string, member?: string) {
    return { token: `token for ${name}`, member: member ?? "m1" };
  }

  async read<T>(method: string, after: bigint[] = []): Promise<T> {
    if (window.next === "drop") throw new Unreachable("no answer");
    if (method.startsWith("my")) return [this.mine(table(method.slice(2)))] as T;
    const [last = 0n] = after;
    return rows(table(method.slice(4))).filter((row) => (row["id"] as bigint) > last).map((row) => ({ ...row })) as T;
  }

  async change<T>(method: string, ...args: unknown[]): Promise<T> {
    const next = window.next;
    window.next = undefined;
    if (next === "hold") await new Promise<void>((resolve) => (window.release = resolve));
    if (next === "refuse") throw new Refused("Table One has no place left.");
    if (next === "drop") throw new Unreachable("no answer");
    const [, verb = "", name = ""] = /^(create|update|delete|answer)(.+)$/.exec(method) ?? [];
    const together = /^(.+)With(.+)$/.exec(name);
    if (together) return this.withLines(together[1] ?? "", table(together[2] ?? ""), args as [View, View[]]) as T;
    const list = rows(table(name));
    if (verb !== "delete") window.named = Object.keys(args.at(-1) as View);
    if (verb === "delete") return list.splice(list.findIndex((row) => row["id"] === args[0]), 1)[0] as T;
    if (verb === "create") return added(list, args[0] as View, name === "Guest" ? undefined : this.member) as T;
    const row = verb === "answer" ? this.mine(table(name)) : list.find((row) => row["id"] === args[0]);
    return Object.assign(row ?? {}, changed(args.at(-1) as View)) as T;
  }

  /** A row and its lines, each with what it belongs to under the name of that. */
  private withLines(name: string, lines: string, [input, inputs]: [View, View[]]): View {
    const row = added(rows(name), input, this.member);
    const reference = name.charAt(0).toLowerCase() + name.slice(1);
    for (const line of inputs) added(rows(lines), { ...line, [reference]: [[row["id"]]] }, this.member);
    return row;
  }

  private mine(name: string): View {
    const list = rows(name);
    return list[0] ?? added(list, { name: ["Ana"] });
  }
}

function table(name: string): string {
  return name.replace(/s$/, "");
}

function rows(name: string): View[] {
  if (!tables.has(name)) tables.set(name, []);
  return tables.get(name) ?? [];
}

/** A new row; people get a membership of their own. */
function added(list: View[], input: View, member?: string): View {
  last += 1;
  const now = BigInt(Date.now()) * 1_000_000n;
  const own = { id: BigInt(last), member: [member ?? `guest:${last}`], createdAt: now, updatedAt: now, placesTaken: [1n] };
  const row = { ...own, ...changed(input) };
  list.push(row);
  return row;
}

function seed(name: string, { member, createdAt, ...values }: Record<string, string | number | boolean>): void {
  const input = Object.entries(values).map(([field, value]) => [field, [[typeof value === "number" ? BigInt(value) : value]]]);
  const row = added(rows(name), Object.fromEntries(input), String(member ?? "owner"));
  if (createdAt !== undefined) row["createdAt"] = BigInt(createdAt) * 1_000_000n;
}

/** What is named in an input, as a view has it: a title comes as `[value]`, the others as `[[value]]` or `[[]]`. */
function changed(input: View): View {
  const named = Object.entries(input).filter(([, change]) => Array.isArray(change) && change.length > 0) as [string, unknown[]][];
  return Object.fromEntries(named.map(([field, [change]]) => [field, Array.isArray(change) ? change : [change]]));
}
