/**
 * An unmodified @icp-sdk/core against the example `fake_replica`, with certificate and query signature
 * verification on. Usage: `npm install`, then `node agent.mjs http://127.0.0.1:4950`.
 * Exits with 0 only if every check held.
 */
import assert from "node:assert/strict";
import { Actor, AnonymousIdentity, CanisterStatus, HttpAgent, polling } from "@icp-sdk/core/agent";
import { DelegationChain, DelegationIdentity, ECDSAKeyIdentity, Ed25519KeyIdentity } from "@icp-sdk/core/identity";
import { Secp256k1KeyIdentity } from "@icp-sdk/core/identity/secp256k1";
import { Principal } from "@icp-sdk/core/principal";

const host = process.argv[2] ?? "http://127.0.0.1:4950";
const canisterId = Principal.fromText("rno2w-sqaaa-aaaaa-aaacq-cai");

const interfaceOf = ({ IDL }) =>
  IDL.Service({
    inc: IDL.Func([], [IDL.Nat], []),
    whoami: IDL.Func([], [IDL.Principal], []),
    trap: IDL.Func([], [], []),
    refused: IDL.Func([], [], []),
    get: IDL.Func([], [IDL.Nat], ["query"]),
    nothing: IDL.Func([], [], ["query"]),
  });

const agentOf = (identity, more = {}) =>
  HttpAgent.create({ host, identity, shouldFetchRootKey: true, verifyQuerySignatures: true, ...more });

const actorOf = async (identity) =>
  Actor.createActor(interfaceOf, { agent: await agentOf(identity), canisterId });

/** Runs one check and says so. */
async function check(name, body) {
  await body();
  console.log(`ok ${name}`);
}

const key = Ed25519KeyIdentity.generate();

await check("update, query and their signatures", async () => {
  const actor = await actorOf(key);
  const before = await actor.get();
  assert.equal(await actor.inc(), before + 1n);
  assert.equal(await actor.get(), before + 1n);
});

await check("Ed25519, secp256k1, P-256 and anonymous senders", async () => {
  const p256 = await ECDSAKeyIdentity.generate();
  for (const identity of [key, Secp256k1KeyIdentity.generate(), p256, new AnonymousIdentity()]) {
    const whoami = await (await actorOf(identity)).whoami();
    assert.equal(whoami.toText(), identity.getPrincipal().toText());
  }
});

await check("a delegated session", async () => {
  const session = Ed25519KeyIdentity.generate();
  const until = new Date(Date.now() + 60_000);
  const chain = await DelegationChain.create(key, session.getPublicKey(), until, { targets: [canisterId] });
  const identity = DelegationIdentity.fromDelegation(session, chain);
  assert.equal((await (await actorOf(identity)).whoami()).toText(), key.getPrincipal().toText());
});

await check("an expired session is refused", async () => {
  const session = Ed25519KeyIdentity.generate();
  const chain = await DelegationChain.create(key, session.getPublicKey(), new Date(Date.now() - 60_000));
  const actor = await actorOf(DelegationIdentity.fromDelegation(session, chain));
  await assert.rejects(actor.whoami(), /expired/);
});

await check("rejects with their codes", async () => {
  const actor = await actorOf(key);
  await assert.rejects(actor.trap(), /IC0503/);
  await assert.rejects(actor.refused(), /did not accept/);
  await assert.rejects(actor.nothing(), /IC0536/);
});

await check("the asynchronous endpoint and polling", async () => {
  const agent = await agentOf(key);
  const arg = new Uint8Array([0x44, 0x49, 0x44, 0x4c, 0, 0]);
  const { requestId, response } = await agent.call(canisterId, { methodName: "inc", arg, callSync: false });
  assert.equal(response.status, 202);
  const { reply } = await polling.pollForResponse(agent, canisterId, requestId);
  assert.ok(reply.byteLength > 6);
});

await check("certified information about the canister and the subnet", async () => {
  const agent = await agentOf(key);
  const status = await CanisterStatus.request({
    agent,
    canisterId,
    paths: ["time", "controllers", "candid", "module_hash", "subnet"],
  });
  assert.match(status.get("candid"), /service/);
  assert.equal(status.get("controllers").length, 1);
  assert.equal(status.get("module_hash"), "07".repeat(32));
  assert.ok(Math.abs(Date.now() - status.get("time").getTime()) < 60_000);
  assert.equal(status.get("subnet").nodeKeys.size, 1);
});

await check("another root key is noticed", async () => {
  const rootKey = (await agentOf(key)).rootKey.slice();
  rootKey[rootKey.length - 1] ^= 1;
  const agent = await agentOf(key, { shouldFetchRootKey: false, rootKey });
  const actor = Actor.createActor(interfaceOf, { agent, canisterId });
  await assert.rejects(actor.inc());
  await assert.rejects(actor.get());
});
