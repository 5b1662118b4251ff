/**
 * A stand-in for the node, for developing and testing the studio only: the same door (signed envelopes, one-time
 * link), the same stream of lines, and scripted answers instead of a writer and a gate.
 *
 * `node test/fake-server.mjs [port]` serves `dist/` at http://localhost:4943 and prints a link. Tests use `serve()`
 * and hold its work back with `hold()`, so that they wait for conditions and never for time.
 */
import { Cbor, IC_REQUEST_DOMAIN_SEPARATOR, requestIdOf } from "@icp-sdk/core/agent";
import { Principal } from "@icp-sdk/core/principal";
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
/** The policy that the real pages carry, out of the Rust source, so that what it forbids fails in these tests too. */
const POLICY = /const POLICY: &str = "([^"]+)"/
  .exec(await readFile(join(dist, "../../src/pages.rs"), "utf8"))[1]
  .replace(/\\\n\s*/g, "");

/** Starts a fake node on `port` (0 for a free one). `paceMs` is how long each scripted stage takes. */
export async function serve({ port = 0, paceMs = 0, token = "first-link" } = {}) {
  const node = { tokens: new Set([token]), owners: new Set(), apps: new Map(), calls: [], refuse: new Map(), paceMs, gate: undefined };
  const server = createServer((request, response) => void route(node, request, response));
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  node.port = server.address().port;
  node.url = `http://localhost:${node.port}`;
  return {
    ...node,
    state: node,
    link: (value = token) => `${node.url}/#enter=${value}`,
    addApp: (app, title) => addApp(node, app, title),
    /** Work stops before its next stage until the returned function is called. */
    hold() {
      let open;
      node.gate = new Promise((resolve) => (open = resolve));
      return () => {
        node.gate = undefined;
        open();
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function route(node, request, response) {
  const host = (request.headers.host ?? "").split(":")[0];
  const app = host.endsWith(".localhost") ? host.slice(0, -".localhost".length) : "";
  try {
    if (app) return page(node, app, response);
    const { pathname } = new URL(request.url, node.url);
    if (pathname.startsWith("/_/api/")) return await answer(node, pathname.slice("/_/api/".length), request, response);
    await file(pathname, response);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

async function file(pathname, response) {
  const path = normalize(join(dist, pathname));
  const asked = path.startsWith(dist) && extname(path) in TYPES ? path : join(dist, "index.html");
  const body = await readFile(asked).catch(() => undefined);
  if (!body) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(asked)], "content-security-policy": POLICY, "cache-control": "no-cache" });
  response.end(body);
}

/** What an app's own host serves: enough to see which version is live. */
function page(node, name, response) {
  const app = node.apps.get(name);
  if (!app) return response.writeHead(404, { "content-type": "text/plain" }).end("no such app");
  const { version, entities } = app.versions.at(-1);
  const rows = app.guests.map((guest) => `<li><b>${guest.name}</b><span>${guest.answer}</span></li>`).join("");
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>${app.title}</title><style>body{margin:0;font:16px/1.5 system-ui;color:#22303a;background:#f7f9f8}header{padding:22px 26px;background:#0f5c4c;color:#fff}
h1{margin:0;font-size:22px}main{padding:22px 26px}ul{padding:0;list-style:none;display:grid;gap:8px}li{display:flex;justify-content:space-between;padding:12px 16px;background:#fff;border:1px solid #e0e6e3;border-radius:10px}
p{color:#55636b}</style><header><h1>${app.title}</h1></header><main><p id="version">Version ${version} · ${entities}</p><ul>${rows}</ul></main></html>`);
}

async function answer(node, verb, request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const send = (line) => response.write(`${JSON.stringify(line)}\n`);
  const caller = await opened(verb, new Uint8Array(Buffer.concat(chunks)));
  if (caller.problem) {
    response.writeHead(400, { "content-type": "application/x-ndjson" });
    return response.end(`${JSON.stringify({ error: { message: caller.problem, hint: "", exit: 2 } })}\n`);
  }
  const { sender, argument } = caller;
  node.calls.push({ verb, argument });
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  try {
    const refused = node.refuse.get(verb);
    if (refused) throw new Refused(refused.message, refused.hint);
    const open = verb === "enter" || verb === "session";
    if (!open && !node.owners.has(sender)) throw new Refused("this key does not own this node", "open a one-time link: autograph link");
    const result = await VERBS[verb](node, argument, { sender, send });
    send({ result });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    send({ error: { message: error.message, hint: error.hint, exit: 2 } });
  }
  response.end();
}

class Refused extends Error {
  constructor(message, hint = "") {
    super(message);
    this.hint = hint;
  }
}

/** Opens an envelope as the real node does: shape, expiry, sender and signature. */
async function opened(verb, bytes) {
  const { content, sender_pubkey, sender_sig } = Cbor.decode(bytes);
  if (content.request_type !== "call") return { problem: "not a call" };
  if (content.method_name !== `workshop/${verb}`) return { problem: "the method is not the verb of the address" };
  if (Principal.fromUint8Array(content.canister_id).toText() !== "rwlgt-iiaaa-aaaaa-aaaaa-cai") return { problem: "not for the registry" };
  if (content.nonce.length !== 16) return { problem: "the nonce is not 16 bytes" };
  const ahead = Number(BigInt(content.ingress_expiry) / 1_000_000n) - Date.now();
  if (ahead <= 0 || ahead > 5 * 60_000) return { problem: "the expiry is out of bounds" };
  const sender = Principal.fromUint8Array(content.sender).toText();
  if (Principal.selfAuthenticating(sender_pubkey).toText() !== sender) return { problem: "the key is not the sender's" };
  const key = await webcrypto.subtle.importKey("spki", sender_pubkey, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const signed = new Uint8Array([...IC_REQUEST_DOMAIN_SEPARATOR, ...requestIdOf(content)]);
  if (!(await webcrypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, sender_sig, signed))) return { problem: "the signature is wrong" };
  return { sender, argument: JSON.parse(new TextDecoder().decode(content.arg)) };
}

const STAGES = [
  ["write", "writing the app"],
  ["build", "building the part that keeps your data"],
  ["frontend", "building the pages"],
  ["gate", "checking that nothing is lost or opened up"],
  ["install", "putting it live"],
];

async function work(node, send) {
  const seconds = { total: 0 };
  for (const [stage, message] of STAGES) {
    const began = performance.now();
    send({ progress: { stage, message, seconds: 0 } });
    if (node.gate) await node.gate;
    await new Promise((resolve) => setTimeout(resolve, node.paceMs));
    seconds[stage] = (performance.now() - began) / 1000;
    seconds.total += seconds[stage];
    send({ progress: { stage, message, seconds: seconds[stage] } });
  }
  return seconds;
}

const GUESTS = ["Ana Duarte", "Ben Okoro", "Chiara Rossi", "David Lindqvist", "Emre Yıldız", "Fatima Noor", "Grace Kim", "Hugo Lefèvre"];
const ANSWERS = ["Coming", "Coming, with Noah", "Not answered", "Coming", "Can’t come", "Coming, vegetarian", "Not answered", "Coming"];

function addApp(node, app, title, message = "a guest list with answers") {
  const made = {
    app,
    title,
    canister_id: "bkyz2-fmaaa-aaaaa-qaaaq-cai",
    status: "running",
    versions: [{ version: 1, at: new Date().toISOString(), outcome: "live", message, entities: "guests" }],
    guests: GUESTS.map((name, index) => ({ id: String(index + 1), name, phone: index % 3 ? `0151 55501${index}` : "", answer: ANSWERS[index], plusOne: index === 1 })),
    messages: [],
    members: [
      { member: "guest:1", role: "guest", name: "Ana Duarte", browsers: 2, last_seen: new Date(Date.now() - 3_600_000).toISOString() },
      { member: "guest:2", role: "guest", name: "Ben Okoro", browsers: 0, last_seen: null },
      { member: "partner:1", role: "partner", name: "Sam", browsers: 1, last_seen: new Date(Date.now() - 60_000).toISOString() },
    ],
    logs: [
      { at: new Date(Date.now() - 90_000).toISOString(), level: "info", text: "version 1 was installed" },
      { at: new Date(Date.now() - 30_000).toISOString(), level: "error", text: "a guest without a name could not be listed" },
    ],
  };
  node.apps.set(app, made);
  return made;
}

function found(node, name) {
  const app = node.apps.get(name);
  if (!app) throw new Refused(`no app is called \`${name}\``, "see the list of apps");
  return app;
}

function url(node, app) {
  return `http://${app.app}.localhost:${node.port}/`;
}

function lineOf(node, app) {
  const { version, at } = app.versions.at(-1);
  return { app: app.app, title: app.title, url: url(node, app), canister_id: app.canister_id, version, status: app.status, updated_at: at };
}

function live(node, app, message, seconds, more = {}) {
  seconds.pause = 0.042;
  const version = app.versions.length + 1;
  app.versions.push({ version, at: new Date().toISOString(), outcome: "live", message, entities: more.entities ?? "guests" });
  return outcome(node, app, "live", seconds, more);
}

function outcome(node, app, kind, seconds, more = {}) {
  const { version } = app.versions.at(-1);
  const verdict = { build: [], interface: [], data: [], access: [], behaviour: [], ...more.verdict };
  return {
    outcome: kind, app: app.app, version, url: url(node, app), canister_id: app.canister_id, seconds,
    understood: [], assumed: [], not_understood: [], questions: [], alternatives: [], ...more, verdict,
  };
}

/** What the app keeps, as the node describes it: many visits, the guests, and values that stand alone. */
function tablesOf({ guests, visits }) {
  const column = (name, kind, type, key = false) => ({ name, kind, type, key });
  const guest = ({ id, name, phone, answer, plusOne }, index) => [
    id, id, name, { "#answered": answer }, index === 2 ? null : String(1_772_600_000_000_000_000n + BigInt(index)),
    "w7x7r-cok77-xa5ya-aaaaa-cai", phone, plusOne, { wishes: [`a seat near the window, and no. ${index}`, "no nuts, please, not even in the cake"] }, String(1234 * index),
  ];
  return [
    {
      name: "guests", type: "each whole number has a record of id, name, answer, at, by, phone, plusOne, more, steps", alone: false,
      columns: [
        column("key", "whole", "a whole number", true), column("id", "whole", "a whole number"), column("name", "text", "a text"),
        column("answer", "choice", "one of answered"), column("at", "time", "a time"), column("by", "principal", "a principal"),
        column("phone", "text", "a text"), column("plusOne", "bool", "yes or no"), column("more", "nested", "a record of wishes"), column("steps", "whole", "a whole number"),
      ],
      rows: guests.map(guest),
    },
    { name: "store.visits", type: "each entry is a text", alone: false, columns: [column("value", "text", "a text")], rows: (visits ?? []).map((visit) => [visit]) },
    { name: "nextGuest", type: "a whole number", alone: true, columns: [column("value", "whole", "a whole number")], rows: [[String(guests.length + 1)]] },
    { name: "photo", type: "a blob of bytes", alone: true, columns: [column("value", "blob", "a blob of bytes")], rows: [[{ base64: "aGk=", length: 2 }]] },
  ];
}

/** A stand-in for the node's filter: words, and `field=word`. */
function wants(where, table, row) {
  return where.split(" ").filter(Boolean).every((term) => {
    const [field, value] = term.split("=");
    const index = table.columns.findIndex((column) => column.name === field);
    if (value !== undefined && index < 0) throw new Refused(`no data has a field \`${field}\``, "there are: name, phone");
    return JSON.stringify(value === undefined ? row : row[index]).toLowerCase().includes((value ?? term).toLowerCase());
  });
}

const textOf = (value) => (value === null ? "" : typeof value === "object" ? `"${JSON.stringify(value).replaceAll('"', '""')}"` : String(value));

const LOSS = {
  kind: "values_removed", subject: "guest.phone", count: 5, effect: "asks",
  examples: ["0151 555011", "0151 555012", "0151 555014"],
  message: "the phone numbers of 5 guests would be gone",
};

/** Scripted change: what names the phone numbers would lose data; everything else goes live. */
function changed(node, app, text, approve, seconds, show) {
  if (/may see/i.test(text)) return opening(node, app, text, approve, seconds, show);
  const removal = /remove|delete/i.test(text);
  if (!removal) {
    return live(node, app, text, seconds, {
      understood: [`You asked: ${text}`],
      assumed: ["Guests see it, and only you and your partner change it"],
      verdict: { access: [{ kind: "method_added", subject: "setNotes", count: 1, examples: [], effect: "informs", message: "one new way to change things, for roles that could already" }] },
    });
  }
  const version = app.versions.length;
  const [archive, literal] = [`archive-${version}`, `literal-${version}`];
  if (approve === undefined) {
    return outcome(node, app, "refused", seconds, {
      understood: ["The phone number of a guest is to go"],
      verdict: { data: [LOSS], interface: [{ kind: "field_removed", subject: "listGuests", count: 1, examples: [], effect: "informs", message: "open pages lose one column" }] },
      alternatives: [{ message: "Hide the phone numbers and keep them, so that they can come back", approve: archive }],
      approve: literal,
    });
  }
  if (approve !== archive && approve !== literal) throw new Refused("that approval is for another proposal", "ask again");
  return live(node, app, approve === archive ? "phone numbers hidden" : "phone numbers removed", seconds, { understood: [approve === archive ? "The phone numbers are kept and no longer shown" : "The phone numbers are gone"] });
}

/** A change that passes and that who wants to see such changes first is shown. */
function opening(node, app, text, approve, seconds, show) {
  const { version } = app.versions.at(-1);
  const more = {
    understood: [`You asked: ${text}`],
    changes: [
      { room: "keeps", what: "new", text: "Guests: Wishes." },
      { room: "keeps", what: "gone", text: "Guests: Fax." },
      { room: "access", what: "other", text: "Guests: the role “Guest” may see all.", before: "Guests: the role “Guest” may see their own." },
    ],
    verdict: {
      data: [{ kind: "field_added", subject: "guests.wishes", count: 8, examples: [], effect: "informs", message: "8 of “guests” get an empty field “wishes”" }],
      access: [{ kind: "seen", subject: "guest/listGuests", examples: [], effect: "informs", message: "guests see what they could see in another way before" }],
    },
  };
  if (show && approve !== `yes-${version}`) return outcome(node, app, "ok", seconds, { ...more, approve: `yes-${version}` });
  return live(node, app, text, seconds, more);
}

/** The smallest picture there is that a browser draws: one grey point. */
const JPEG = "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=";

/** The implementation of each verb; shapes as in `src/api.ts`. */
const VERBS = {
  enter(node, { token }, { sender }) {
    if (!node.tokens.delete(token)) throw new Refused("that link was used already or is too old", "print a new one: autograph link");
    node.owners.add(sender);
    return { role: "owner", name: "" };
  },
  session: (node, _, { sender }) => ({ owner: node.owners.has(sender) }),
  list: (node) => ({ apps: [...node.apps.values()].map((app) => lineOf(node, app)) }),
  async new(node, { text }, { send }) {
    const seconds = await work(node, send);
    if (!/guest|order|appointment|shift|cost|tool/i.test(text)) {
      return {
        outcome: "failed", seconds, understood: [], assumed: [], questions: [], alternatives: [], verdict: {},
        not_understood: ["Nothing here names a thing that an app could keep: say what it is about, for example guests or orders"],
      };
    }
    const app = addApp(node, /guest/i.test(text) ? "wedding" : "orders", /guest/i.test(text) ? "Our wedding guests" : "Orders", text);
    const made = outcome(node, app, "live", seconds, {
      understood: ["A list of guests, each with a name and a phone number", "Each guest gets a personal link and answers for themselves", "Guests say whether they come, whom they bring and what they eat"],
      assumed: ["A guest brings at most one person", "Your partner sees and changes everything, as you do"],
      not_understood: ["“the table by the window”: tables are not part of this app yet"],
      questions: [{ text: "May a guest bring more than one person?", answers: [{ label: "Yes, as many as they like", change: "Guests may bring any number of people" }, { label: "Up to three", change: "Guests may bring at most 3 people" }] }],
      corrections: [
        { list: "understood", at: 2, take_out: "Remove the menu from guests." },
        { list: "assumed", at: 0, instead: [{ label: "Up to three", change: "Guests may bring at most 3 people" }] },
      ],
      verdict: { access: [{ kind: "role_declared", subject: "guest", count: 3, examples: [], effect: "informs", message: "guests see their own answer only" }] },
    });
    app.messages.push({ at: new Date().toISOString(), from: "you", text }, { at: new Date().toISOString(), from: "autograph", text: "", outcome: made });
    return made;
  },
  async change(node, { app: name, text, approve, show }, { send }) {
    const app = found(node, name);
    if (app.status === "frozen") throw new Refused(`\`${name}\` is frozen`, "thaw it first, in the settings");
    app.messages.push({ at: new Date().toISOString(), from: "you", text });
    const done = changed(node, app, text, approve, await work(node, send), show);
    app.messages.push({ at: new Date().toISOString(), from: "autograph", text: "", outcome: done });
    return done;
  },
  async restore(node, { app: name, version, approve, show }, { send }) {
    const app = found(node, name);
    const { build, ...seconds } = await work(node, send);
    if (version === 1 && app.versions.length > 2 && approve !== "widen") {
      return outcome(node, app, "refused", seconds, {
        verdict: { access: [{ kind: "widened", subject: "guest/listGuests", count: 8, examples: ["Ana Duarte"], effect: "asks", message: "guests could see the answers of all guests again" }] },
        approve: "widen",
      });
    }
    const verdict = { data: [{ kind: "rows_set_aside", subject: "guests", count: 2, examples: [], effect: "informs", message: `2 of “guests” that version ${version} does not have are set aside.` }] };
    if (show && approve !== `back-${version}`) return outcome(node, app, "ok", seconds, { verdict, approve: `back-${version}` });
    const done = live(node, app, `brought version ${version} back`, seconds, { verdict });
    app.messages.push({ at: new Date().toISOString(), from: "you", text: `Go back to version ${version}.` }, { at: new Date().toISOString(), from: "autograph", text: "", outcome: done });
    return done;
  },
  compare(node, { app: name, from, to }) {
    found(node, name);
    return {
      app: name, from, to,
      changes: [{ room: "keeps", what: "new", text: "Guests: Notes." }],
      files: [{ path: "backend/main.mo", what: "other", lines: "@@ -1,2 +1,2 @@\n actor {\n-  old\n+  new\n" }, { path: "picture.png", what: "new", lines: null }],
    };
  },
  name_version(node, { app: name, version, name: called }) {
    found(node, name).versions[version - 1].name = called || null;
    return { app: name, version, name: called };
  },
  picture: (node, { app, version }) => (found(node, app), { app, version, jpeg: version % 2 ? JPEG : null }),
  show(node, { app: name }) {
    const app = found(node, name);
    const { version } = app.versions.at(-1);
    return {
      ...lineOf(node, app), version, damage: app.damage ?? null, watch: app.watch ?? null, spec: { format: 1, name, title: app.title, entities: [{ id: "guest", fields: ["name", "phone", "answer"] }] },
      description: ["keeps guests with their name, phone number and answer", "each guest sees and changes their own answer", "you and your partner see everything"],
    };
  },
  history(node, { app: name }) {
    const { versions } = found(node, name);
    return { versions: versions.map(({ entities, ...version }, index) => ({ ...version, current: index === versions.length - 1, restore_point: index < versions.length - 1, approved: [] })) };
  },
  conversation: (node, { app }) => ({ messages: found(node, app).messages }),
  look(node, { app, as, version }) {
    found(node, app);
    const message = version ? `You see version ${version} of the app as it was, as the owner. Nothing can be changed here.` : `You see the app as ${as}. Nothing here touches the app.`;
    return { url: VERBS.link(node, { app }).url, message };
  },
  access(node, { app }) {
    found(node, app);
    return {
      roles: [{ id: "partner", label: "Partner" }, { id: "guest", label: "Guest" }],
      matrix: [
        { role: "owner", entity: "Guests", sentence: "see all of them" }, { role: "owner", entity: "Guests", sentence: "add, change and delete any of them" },
        { role: "partner", entity: "Guests", sentence: "see all of them" }, { role: "partner", entity: "Guests", sentence: "change any of them" },
        { role: "guest", entity: "Guests", sentence: "see their own entry" }, { role: "guest", entity: "Guests", sentence: "answer for themselves, until the day before" },
      ],
      observed: [
        { role: "guest", method: "listGuests", kind: "query", answers: "yes", shows: ["guests.name"], changes: [], sentence: "Members with the role “guest” can see “guests” (name) by “list guests”." },
        { role: "guest", method: "setAnswer", kind: "update", answers: "yes", shows: [], changes: ["change their own rows of “guests” (answer)"], sentence: "Members with the role “guest” can change their own rows of “guests” (answer) by “set answer”." },
        { role: "guest", method: "removeGuest", kind: "update", answers: "no", shows: [], changes: [], sentence: "Members with the role “guest” can't use “remove guest”." },
        { role: "anonymous", method: "listGuests", kind: "query", answers: "no", shows: [], changes: [], sentence: "Anyone, signed in or not, can't use “list guests”." },
      ],
    };
  },
  data(node, { app: name, variable, where = "", limit = Infinity, offset = 0, format = "json" }) {
    const tables = tablesOf(found(node, name)).filter((table) => variable === undefined || table.name === variable);
    const wanted = tables.map((table) => ({ ...table, rows: table.rows.filter((row) => wants(where, table, row)) }));
    if (format === "csv") {
      const [{ columns, rows }] = wanted;
      const lines = [columns.map((column) => column.name), ...rows.map((row) => row.map(textOf))];
      return { table: variable, csv: lines.map((cells) => `${cells.join(",")}\r\n`).join(""), rows: rows.length, left_out: 0, guarded: 1 };
    }
    if (format === "json") return { variables: Object.fromEntries(wanted.map((table) => [table.name, table.rows])), left_out: {} };
    return {
      tables: wanted.map((table, index) => {
        const rows = table.alone ? table.rows : table.rows.slice(offset, offset + limit);
        return { ...table, variable: table.name, total: tables[index].rows.length, matched: table.rows.length, left_out: table.rows.length - rows.length, rows };
      }),
    };
  },
  logs: (node, { app }) => ({ entries: found(node, app).logs }),
  people(node, { app }) {
    return { members: found(node, app).members, roles: [{ id: "partner", label: "Partner", invited_by: [] }, { id: "guest", label: "Guest", invited_by: ["partner"] }] };
  },
  invite(node, { app: name, role, name: person, member }) {
    const app = found(node, name);
    const known = app.members.find((one) => one.member === member);
    const entry = known ?? { member: `${role}:${app.members.length + 1}`, role, name: person, browsers: 0, last_seen: null };
    if (!known) app.members.push(entry);
    entry.browsers = 0;
    return { link: `${url(node, app)}#invite=${role}-${Date.now().toString(36)}-k7Qm2xVtR9`, member: entry.member };
  },
  revoke(node, { app: name, member }) {
    const app = found(node, name);
    app.members = app.members.filter((one) => one.member !== member);
    return {};
  },
  link: (node, { app }) => ({ url: `${url(node, found(node, app))}#invite=owner` }),
  rename(node, { app: name, name: next }) {
    const app = found(node, name);
    if (node.apps.has(next)) throw new Refused(`\`${next}\` is taken`, "choose another name");
    node.apps.delete(name);
    node.apps.set(next, { ...app, app: next });
    return {};
  },
  freeze: (node, { app }) => ((found(node, app).status = "frozen"), {}),
  thaw: (node, { app }) => ((found(node, app).status = "running"), {}),
  delete: (node, { app }) => (found(node, app), node.apps.delete(app), {}),
  status: (node) => ({
    ok: true, version: "0.1.0", height: 1284, apps: node.apps.size, writer: "offline",
    confinement: ["each app runs as WebAssembly without files, network or other programs", "the compiler works on your text without network and without your home folder"],
  }),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const node = await serve({ port: Number(process.argv[2] ?? 4943), paceMs: 500 });
  console.log(`open ${node.link()}`);
}
