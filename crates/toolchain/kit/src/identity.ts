/**
 * The key by which this browser is known.
 *
 * It is made here and never leaves. Where the browser can, it is a key that no script can read out, kept in
 * IndexedDB; otherwise one in localStorage. Either is Ed25519.
 */
import { SignIdentity, type PublicKey, type Signature } from "@icp-sdk/core/agent";
import { Ed25519KeyIdentity, Ed25519PublicKey } from "@icp-sdk/core/identity";

const DATABASE = "autograph";
const STORE = "keys";
const NAME = "browser";
const FALLBACK = "autograph.key";
const ALGORITHM = "Ed25519";

/** An identity whose private key stays inside the browser. */
class BrowserIdentity extends SignIdentity {
  constructor(
    private readonly privateKey: CryptoKey,
    private readonly publicKey: Ed25519PublicKey,
  ) {
    super();
  }

  getPublicKey(): PublicKey {
    return this.publicKey;
  }

  async sign(blob: Uint8Array): Promise<Signature> {
    const signature = await crypto.subtle.sign(ALGORITHM, this.privateKey, new Uint8Array(blob));
    return new Uint8Array(signature) as Signature;
  }
}

/** This browser's identity, made at the first visit. */
export async function browserIdentity(): Promise<SignIdentity> {
  // Whoever already has a key in localStorage keeps it: a new one would be a stranger.
  const stored = storage()?.getItem(FALLBACK);
  if (stored) return Ed25519KeyIdentity.fromJSON(stored);
  try {
    return await sealedIdentity();
  } catch {
    hideDeniedStore();
    return readableIdentity();
  }
}

/**
 * In a frame of another site a browser may show IndexedDB and refuse to open it. The agent keeps its books in memory
 * where there is no IndexedDB, but fails where there is one that it may not use.
 */
function hideDeniedStore(): void {
  Object.defineProperty(globalThis, "indexedDB", { value: undefined, configurable: true });
}

async function sealedIdentity(): Promise<SignIdentity> {
  const database = await opened();
  try {
    const pair = (await stored(database)) ?? (await made(database));
    const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
    return new BrowserIdentity(pair.privateKey, Ed25519PublicKey.fromRaw(new Uint8Array(raw)));
  } finally {
    database.close();
  }
}

async function made(database: IDBDatabase): Promise<CryptoKeyPair> {
  const pair = (await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"])) as CryptoKeyPair;
  try {
    // `add` refuses a second key: of two tabs that start together, the first one's counts.
    await done(database.transaction(STORE, "readwrite").objectStore(STORE).add(pair, NAME));
    return pair;
  } catch (failure) {
    const other = await stored(database);
    if (other) return other;
    throw failure;
  }
}

async function stored(database: IDBDatabase): Promise<CryptoKeyPair | undefined> {
  return done(database.transaction(STORE).objectStore(STORE).get(NAME));
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's store failed"));
  });
}

function readableIdentity(): SignIdentity {
  const identity = Ed25519KeyIdentity.generate();
  // A browser that keeps nothing forgets the key with the page; then the invitation link is needed again.
  storage()?.setItem(FALLBACK, JSON.stringify(identity.toJSON()));
  return identity;
}

function storage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
