/**
 * The way to the backend and to the registry, by the interface's own agent.
 *
 * Certificates and query signatures are verified with the root key that the app's own host names. Invariant: an
 * answer is either the backend's, or one of two errors: [`Refused`] with its sentence, or [`Unreachable`].
 */
import { Actor, HttpAgent, type ActorSubclass } from "@icp-sdk/core/agent";
import { IDL } from "@icp-sdk/core/candid";
import { Principal } from "@icp-sdk/core/principal";
import { idlFactory } from "@app/backend";
import { browserIdentity } from "./identity";
import type { Standing } from "./types";

/** The backend or the registry said no, and why. */
export class Refused extends Error {}

/** The backend could not be reached, or did not answer as expected. */
export class Unreachable extends Error {}

/** What `/env.json` tells. */
interface Environment {
  backend_canister_id: string;
  registry_canister_id: string;
  root_key: string;
}

type Method = (...args: unknown[]) => Promise<unknown>;
type Service = ActorSubclass<Record<string, Method>>;
type Result<T> = { ok: T } | { err: string };

/** What an invitation gives. */
export interface Invitation {
  token: string;
  member: string;
}

const registryInterface: IDL.InterfaceFactory = () => {
  const standing = IDL.Record({ role: IDL.Text, member: IDL.Text, name: IDL.Text });
  const redeemed = IDL.Variant({ ok: standing, err: IDL.Text });
  const wish = IDL.Record({ app: IDL.Principal, role: IDL.Text, name: IDL.Text, member: IDL.Opt(IDL.Text) });
  const invited = IDL.Variant({ ok: IDL.Record({ token: IDL.Text, member: IDL.Text }), err: IDL.Text });
  return IDL.Service({
    redeem: IDL.Func([IDL.Text], [redeemed], []),
    invite: IDL.Func([wish], [invited], []),
  });
};

/** A connection on behalf of this browser. */
export class Platform {
  private constructor(
    private readonly backend: Service,
    private readonly registry: Service,
    private readonly app: Principal,
  ) {}

  /** Reads the app's environment and makes the agent. */
  static async connect(): Promise<Platform> {
    return reached(async () => {
      const environment = await readEnvironment();
      const identity = await browserIdentity();
      const rootKey = bytes(environment.root_key);
      const agent = await HttpAgent.create({ host: location.origin, identity, rootKey, verifyQuerySignatures: true });
      const to = (canisterId: string, factory: IDL.InterfaceFactory) =>
        Actor.createActor<Record<string, Method>>(factory, { agent, canisterId });
      const backend = to(environment.backend_canister_id, idlFactory);
      const registry = to(environment.registry_canister_id, registryInterface);
      return new Platform(backend, registry, Principal.fromText(environment.backend_canister_id));
    });
  }

  /** Who this browser is to the app. */
  standing(): Promise<Standing> {
    return this.read<Standing>("me");
  }

  /** Takes up an invitation. */
  redeem(token: string): Promise<Standing> {
    return this.ask<Standing>(this.registry, "redeem", [token]);
  }

  /** Invites a person; for a `member` who has a link already, the new one replaces it. */
  invite(role: string, name: string, member?: string): Promise<Invitation> {
    const wish = { app: this.app, role, name, member: member === undefined ? [] : [member] };
    return this.ask<Invitation>(this.registry, "invite", [wish]);
  }

  /** Calls a method that answers with a plain value. */
  read<T>(method: string, ...args: unknown[]): Promise<T> {
    return reached(async () => (await this.method(this.backend, method)(...args)) as T);
  }

  /** Calls a method that answers with a result. */
  change<T>(method: string, ...args: unknown[]): Promise<T> {
    return this.ask<T>(this.backend, method, args);
  }

  private async ask<T>(service: Service, method: string, args: unknown[]): Promise<T> {
    const result = await reached(async () => (await this.method(service, method)(...args)) as Result<T>);
    if ("err" in result) throw new Refused(result.err);
    return result.ok;
  }

  private method(service: Service, name: string): Method {
    const method = service[name];
    if (!method) throw new Unreachable(`the backend has no method ${name}`);
    return method;
  }
}

async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (failure instanceof Refused || failure instanceof Unreachable) throw failure;
    // What the agent reports is for people who look into the console, not for the page.
    console.error(failure);
    throw new Unreachable(failure instanceof Error ? failure.message : String(failure));
  }
}

async function readEnvironment(): Promise<Environment> {
  const response = await fetch("/env.json", { cache: "no-store" });
  if (!response.ok) throw new Unreachable(`/env.json answered ${response.status}`);
  return (await response.json()) as Environment;
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
