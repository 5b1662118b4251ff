/**
 * The studio's only way to the node: the one file that calls `fetch`.
 *
 * Every verb is a signed IC envelope, posted to `/_/api/<verb>` and answered by a stream of JSON lines: any number
 * of `progress` lines, then one `result` or one `error`. Nothing here keeps state; who may do what is decided by
 * the node, from the signature.
 */
import { Cbor, Expiry, IC_REQUEST_DOMAIN_SEPARATOR, requestIdOf } from "@icp-sdk/core/agent";
import { Principal } from "@icp-sdk/core/principal";
import { setReachable } from "./connection";
import { identity } from "./key";
import { jsonLines } from "./ndjson";
import type { Watch } from "./shell/failing";
import { t } from "./texts";

const REGISTRY = Principal.fromText("rwlgt-iiaaa-aaaaa-aaaaa-cai");
const EXPIRY_MS = 4 * 60 * 1000;

/** Why a request brought nothing back. */
export type ApiErrorKind =
  /** The node answered: no. */
  | "rejected"
  /** The node answered: this browser may not. */
  | "forbidden"
  /** Nothing answered. */
  | "unreachable"
  /** The answer stopped in the middle; what was asked for may have happened. */
  | "interrupted";

/** A request that brought nothing back, in words for the person and with the next step where there is one. */
export class ApiError extends Error {
  constructor(
    readonly kind: ApiErrorKind,
    message: string,
    readonly hint: string = "",
  ) {
    super(message);
  }
}

/** One line of a running request: `seconds` is what the stage took so far, 0 when it begins. */
export interface Progress {
  stage: string;
  message: string;
  seconds: number;
}

/** What a verdict says about one thing. */
export interface Finding {
  kind: string;
  subject: string;
  count?: number;
  examples?: unknown[];
  message: string;
  /** `refuses` and `asks` hold a change back; `informs` is a note. */
  effect: "refuses" | "asks" | "informs";
}

/** The parts of a verdict, in the order in which the gate looks. */
export const VERDICT_PARTS = ["build", "interface", "data", "access", "behaviour"] as const;
export type VerdictPart = (typeof VERDICT_PARTS)[number];

/** Another reading of a request, ready to run as a change. */
export interface Question {
  text: string;
  answers: { label: string; change: string }[];
}

/** A gentler way to do what was refused; `approve` is good for exactly this proposal on this live version. */
export interface Alternative {
  message: string;
  approve: string;
}

/** How a sentence that was understood or assumed can be said otherwise; every text was proven to run as a change. */
export interface Correction {
  list: "understood" | "assumed";
  /** Its place in that list, from 0. */
  at: number;
  /** Takes it back. */
  take_out?: string;
  /** What it could be instead. */
  instead?: { label: string; change: string }[];
}

/** One thing that is different between two versions, in the app's own words. */
export interface Difference {
  room: "keeps" | "access" | "rules" | "looks";
  what: "new" | "gone" | "other";
  /** How it is afterwards; how it was, if it is gone. */
  text: string;
  before?: string;
}

/** Whether what the gate lets pass goes live at once, is shown if it touches data or access, or is always shown. */
export type ShowFirst = "never" | "weighty" | "always";

/** What became of a wish: the answer of `new`, `change` and `restore`. `ok` with `approve` waits for a yes. */
export interface Outcome {
  /** `ok`: a question was answered and nothing was changed, or it waits for a yes. */
  outcome: "live" | "ok" | "refused" | "failed";
  app?: string;
  version?: number;
  url?: string;
  canister_id?: string;
  /** Per stage, and `total`. */
  seconds?: Record<string, number>;
  understood?: string[];
  assumed?: string[];
  not_understood?: string[];
  questions?: Question[];
  corrections?: Correction[];
  changes?: Difference[];
  verdict?: Partial<Record<VerdictPart, Finding[]>>;
  alternatives?: Alternative[];
  /** The token of what was literally asked. */
  approve?: string;
  message?: string;
}

/** A line of the list of apps. Times are RFC 3339 text or milliseconds since 1970. */
export interface AppLine {
  app: string;
  title: string;
  url: string;
  canister_id: string;
  version: number;
  status: string;
  updated_at: Moment;
}

export type Moment = string | number;

export interface AppDetail {
  app: string;
  title: string;
  url: string;
  canister_id: string;
  version: number;
  spec: unknown;
  /** What the app is, one sentence each. */
  description: string[];
  /** What was altered in its data behind the program's back; such an app is not served until it is restored. */
  damage?: string | null;
  /** Set while the app fails clearly more often than before its last change. */
  watch?: Watch | null;
}

export interface Version {
  version: number;
  at: Moment;
  outcome: string;
  current: boolean;
  message: string;
  /** What the owner calls it. */
  name?: string | null;
  /** It can be brought back. */
  restore_point?: boolean;
  /** What the owner allowed when it went live, in sentences. */
  approved?: string[];
}

/** Two versions side by side; `changes` is absent where one of them has no description. */
export interface Comparison {
  from: number;
  to: number;
  changes?: Difference[] | null;
  files: { path: string; what: "new" | "gone" | "other"; lines?: string | null }[];
}

export interface Message {
  at: Moment;
  from: "you" | "autograph";
  text: string;
  outcome?: Outcome;
}

export interface Role {
  id: string;
  label: string;
  /** Roles whose members may invite into this one; the owner always may. */
  invited_by?: string[];
}

export interface AccessLine {
  role: string;
  entity: string;
  sentence: string;
}

/** What a role (or `anonymous`, or a `stranger` who is signed in) was seen to get from a method on a fork. */
export interface Observed {
  role: string;
  method: string;
  kind: string;
  /** `no` where the method can't be used. */
  answers: string;
  /** Places of the data of which it showed values. */
  shows: string[];
  /** What it did to the data, in phrases. */
  changes: string[];
  sentence: string;
}

/** Which rows of what an app keeps: `where` has words and conditions such as `pieces>2`. */
export interface DataQuery {
  variable?: string;
  where?: string;
  limit?: number;
  offset?: number;
}

export type ColumnKind = "bool" | "whole" | "float" | "time" | "text" | "principal" | "blob" | "choice" | "nested";

export interface DataColumn {
  name: string;
  kind: ColumnKind;
  /** The kind in words. */
  type: string;
  /** Whether it is the key of a map. */
  key: boolean;
}

/** A collection, or (`alone`) a value as a table of one row. */
export interface DataTable {
  /** `orders`, or `store.orders` within a variable. */
  name: string;
  variable: string;
  /** What it holds, in words. */
  type: string;
  alone: boolean;
  total: number;
  matched: number;
  left_out: number;
  columns: DataColumn[];
  /** A list of cells for each row. */
  rows: unknown[][];
}

export interface Member {
  member: string;
  role: string;
  name: string;
  /** How many browsers have opened this person's link. */
  browsers: number;
  last_seen?: Moment | null;
}

export interface LogEntry {
  at: Moment;
  text: string;
  level: string;
}

export interface NodeStatus {
  ok: boolean;
  version: string;
  height: number;
  apps: number;
  /** What keeps an app's code in its place here, one sentence each. */
  confinement: string[];
  writer: string;
}

/** Options of a single request. */
export interface Call {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** Lets this browser's key in for good, with the token of a one-time link. */
export const enter = (token: string, call?: Call) => ask<{ role: "owner"; name: string }>("enter", { token }, call);

/** Whether this browser's key is one of the owner's. */
export const session = (call?: Call) => ask<{ owner: boolean }>("session", {}, call);

/** Every app of the owner. */
export const list = (call?: Call) => ask<{ apps: AppLine[] }>("list", {}, call);

/** Writes an app and puts it live. `name` is the wished address; the node finds a free one near it. */
export const create = (text: string, name?: string, call?: Call) =>
  ask<Outcome>("new", name ? { text, name } : { text }, call);

/** Changes an app in the person's words; `approve` says yes to exactly the proposal that it was handed out for. */
export const change = (app: string, text: string, approve?: string, show: ShowFirst = "never", call?: Call) =>
  ask<Outcome>("change", { app, text, ...(approve && { approve }), ...shown(show) }, call);

/** Brings code, data, access and files of an earlier version back, as a new version. */
export const restore = (app: string, version: number, approve?: string, show: ShowFirst = "never", call?: Call) =>
  ask<Outcome>("restore", { app, version, ...(approve && { approve }), ...shown(show) }, call);

const shown = (show: ShowFirst) => (show === "never" ? {} : { show });

/** What is different between two versions. */
export const compare = (app: string, from: number, to: number, call?: Call) =>
  ask<Comparison>("compare", { app, from, to }, call);

/** Calls a version something; an empty name takes it away. */
export const nameVersion = (app: string, version: number, name: string, call?: Call) =>
  ask<object>("name_version", { app, version, name }, call);

/** A small picture of a version's first page, as base64 of a JPEG; `null` where there is none. */
export const picture = (app: string, version: number, call?: Call) =>
  ask<{ jpeg: string | null }>("picture", { app, version }, call);

/** What an app is. */
export const show = (app: string, call?: Call) => ask<AppDetail>("show", { app }, call);

/** Every version that was ever live, refusals not counted. */
export const history = (app: string, call?: Call) => ask<{ versions: Version[] }>("history", { app }, call);

/** What was said about an app, oldest first. */
export const conversation = (app: string, call?: Call) => ask<{ messages: Message[] }>("conversation", { app }, call);

/** Who may do what, in sentences. */
export const access = (app: string, call?: Call) =>
  ask<{ roles: Role[]; matrix: AccessLine[]; observed?: Observed[] }>("access", { app }, call);

/** What the app keeps, as tables; values are in the plain JSON form of the contract. */
export const tables = (app: string, query: DataQuery, call?: Call) =>
  ask<{ tables: DataTable[] }>("data", { app, ...query, format: "tables" }, call);

/** The same by variable, in the contract's form; `left_out` counts what a limit cut. */
export const data = (app: string, query: DataQuery, call?: Call) =>
  ask<{ variables: Record<string, unknown>; left_out: Record<string, number> }>("data", { app, ...query }, call);

/** One table as CSV; `guarded` counts the texts that got an apostrophe, so that they are not taken for formulas. */
export const csv = (app: string, query: DataQuery, call?: Call) =>
  ask<{ csv: string; rows: number; left_out: number; guarded: number }>("data", { app, ...query, format: "csv" }, call);

/** A copy of the app at an address of its own; `message` says what is seen there. */
export interface Look {
  url: string;
  message: string;
}

/** Opens the app as somebody else, or as it was at a version; the live app is not touched. */
export const look = (app: string, at: { as: string } | { version: number }, call?: Call) =>
  ask<Look>("look", { app, ...at }, call);

/** What the app wrote down about its own running. */
export const logs = (app: string, call?: Call) => ask<{ entries: LogEntry[] }>("logs", { app }, call);

/** Who was invited into the app, and into what one can be invited. */
export const people = (app: string, call?: Call) =>
  ask<{ members: Member[]; roles: Role[] }>("people", { app }, call);

/** A personal link for someone new, or (with `member`) a new one that voids the person's old link and keys. */
export const invite = (app: string, role: string, name: string, member?: string, call?: Call) =>
  ask<{ link: string; member: string }>("invite", member ? { app, role, name, member } : { app, role, name }, call);

/** Takes a person's access away; what they entered stays. */
export const revoke = (app: string, member: string, call?: Call) => ask<object>("revoke", { app, member }, call);

/** A link that opens the app as its owner. */
export const link = (app: string, call?: Call) => ask<{ url: string }>("link", { app }, call);

/** Gives the app another name, which is also its address. */
export const rename = (app: string, name: string, call?: Call) => ask<object>("rename", { app, name }, call);

/** Forbids every change of the app's code until it is thawed. */
export const freeze = (app: string, call?: Call) => ask<object>("freeze", { app }, call);

/** Allows changes again. */
export const thaw = (app: string, call?: Call) => ask<object>("thaw", { app }, call);

/** Deletes the app. */
export const remove = (app: string, call?: Call) => ask<object>("delete", { app }, call);

/** How the node is. */
export const status = (call?: Call) => ask<NodeStatus>("status", {}, call);

async function ask<Result>(verb: string, argument: object, call: Call = {}): Promise<Result> {
  const response = await post(verb, await envelope(verb, argument), call.signal);
  try {
    for await (const line of jsonLines(response.body ?? new Blob().stream())) {
      const { progress, result, error } = line as Line<Result>;
      if (error) throw new ApiError(forbids(response.status) ? "forbidden" : "rejected", error.message, error.hint);
      if (result !== undefined) return result;
      if (progress) call.onProgress?.(progress);
    }
  } catch (reason) {
    if (reason instanceof ApiError || call.signal?.aborted) throw reason;
    if (!response.ok) throw refusal(response);
    throw new ApiError("interrupted", `the answer to \`${verb}\` broke off`);
  }
  throw response.ok ? new ApiError("interrupted", `the answer to \`${verb}\` broke off`) : refusal(response);
}

interface Line<Result> {
  progress?: Progress;
  result?: Result;
  error?: { message: string; hint?: string };
}

async function post(verb: string, body: BodyInit, signal?: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/cbor" };
  try {
    const response = await fetch(`/_/api/${verb}`, { method: "POST", headers, body, signal });
    setReachable(true);
    return response;
  } catch (reason) {
    if (signal?.aborted) throw reason;
    setReachable(false);
    throw new ApiError("unreachable", "nothing answered");
  }
}

async function envelope(verb: string, argument: object): Promise<Uint8Array<ArrayBuffer>> {
  const signer = await identity();
  const content = {
    request_type: "call",
    canister_id: REGISTRY,
    method_name: `workshop/${verb}`,
    arg: new TextEncoder().encode(JSON.stringify(argument)),
    sender: signer.getPrincipal(),
    nonce: crypto.getRandomValues(new Uint8Array(16)),
    ingress_expiry: Expiry.fromDeltaInMilliseconds(EXPIRY_MS),
  };
  const signed = new Uint8Array([...IC_REQUEST_DOMAIN_SEPARATOR, ...requestIdOf(content)]);
  return Cbor.encode({
    content,
    sender_pubkey: signer.getPublicKey().toDer(),
    sender_sig: await signer.sign(signed),
  });
}

function refusal(response: Response): ApiError {
  return new ApiError(forbids(response.status) ? "forbidden" : "rejected", t.failure.status(response.status));
}

function forbids(status: number): boolean {
  return status === 401 || status === 403;
}
