/**
 * This browser's own key: an ECDSA P-256 pair that is made here, once, and can't be taken out.
 *
 * It lives in IndexedDB as non-extractable keys, so a page may sign with it and never read it. Losing it (cleared
 * browser data, another browser) loses nothing but the way in: a new one-time link lets the next key in.
 */
import { ECDSAKeyIdentity } from "@icp-sdk/core/identity";

const DATABASE = "autograph-studio";
const STORE = "keys";
const RECORD = "owner";

let loaded: Promise<ECDSAKeyIdentity> | undefined;

/** The identity that signs everything this browser asks for; made on first use. */
export function identity(): Promise<ECDSAKeyIdentity> {
  // A failure is not remembered: private windows may refuse storage once and grant it after a reload.
  loaded ??= loadOrMake().catch((reason: unknown) => {
    loaded = undefined;
    throw reason;
  });
  return loaded;
}

async function loadOrMake(): Promise<ECDSAKeyIdentity> {
  const database = await open();
  try {
    const kept = await settled<CryptoKeyPair | undefined>(store(database, "readonly").get(RECORD));
    if (kept) return await ECDSAKeyIdentity.fromKeyPair(kept);
    const made = await ECDSAKeyIdentity.generate({ extractable: false });
    // `add`, not `put`: when two tabs start at once, the first key wins and both use it.
    const added = await settled(store(database, "readwrite").add(made.getKeyPair(), RECORD)).then(
      () => true,
      () => false,
    );
    if (added) return made;
    return await ECDSAKeyIdentity.fromKeyPair(await settled<CryptoKeyPair>(store(database, "readonly").get(RECORD)));
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

function store(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction(STORE, mode).objectStore(STORE);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error ?? new Error("the browser's storage did not answer"));
    };
  });
}
