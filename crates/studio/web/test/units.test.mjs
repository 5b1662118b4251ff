/**
 * The pure parts, without a browser: lines of a stream, addresses, and values as tables.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

async function load(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${path}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    banner: { js: 'globalThis.navigator ??= { languages: ["en"], language: "en" };' },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const bytes = (...parts) =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

test("lines come out whole however the bytes were cut", async () => {
  const { jsonLines } = await load("ndjson.ts");
  const all = new TextEncoder().encode('{"a":"é"}\n\n{"b":[1,2]}\n{"c":3}');
  for (let cut = 0; cut <= all.length; cut += 1) {
    const seen = [];
    for await (const line of jsonLines(bytes(all.slice(0, cut), all.slice(cut)))) seen.push(line);
    assert.deepEqual(seen, [{ a: "é" }, { b: [1, 2] }, { c: 3 }], `cut at ${cut}`);
  }
});

test("a line that is not JSON is an error, not an answer", async () => {
  const { jsonLines } = await load("ndjson.ts");
  const read = async () => {
    for await (const line of jsonLines(bytes(new TextEncoder().encode("<html>\n")))) void line;
  };
  await assert.rejects(read, SyntaxError);
});

test("addresses name screens, and nonsense names none", async () => {
  const { parse, appPath } = await load("router.tsx");
  assert.deepEqual(parse("/"), { at: "home" });
  assert.deepEqual(parse("/apps/wedding"), { at: "app", app: "wedding", screen: "talk" });
  assert.deepEqual(parse(appPath("tea-room", "people")), { at: "app", app: "tea-room", screen: "people" });
  for (const path of ["/apps", "/apps/wedding/nothing", "/apps/wedding/data/more", "/about/us", "/%"]) {
    assert.deepEqual(parse(path), { at: "nowhere" }, path);
  }
});

test("maps of records become tables with every field that occurs", async () => {
  const { tablesOf } = await load("data/value.ts");
  const { tables, singles } = tablesOf({
    guests: [
      ["1", { id: "1", plusOneName: null, answer: { "#coming": null } }],
      ["2", { id: "2", plusOneName: "Noah", answer: { "#late": "9 pm" }, phone: "015" }],
    ],
    nextId: "3",
  });
  assert.deepEqual(tables, [
    { name: "Guests", columns: ["Id", "Plus one name", "Answer", "Phone"], rows: [["1", "empty", "Coming", "empty"], ["2", "Noah", "Late (9 pm)", "015"]] },
  ]);
  assert.deepEqual(singles, [{ name: "Next id", text: "3" }]);
});

test("what fits no table is still shown", async () => {
  const { tablesOf } = await load("data/value.ts");
  const { tables, singles } = tablesOf({
    store: { rows: [["a", "1"], ["b", "2"]], open: true },
    photo: { base64: "aGk=", length: 2 },
    log: ["one", "two"],
    none: [],
    state: { "#open": { since: "5" } },
  });
  assert.deepEqual(tables.map(({ name, columns, rows }) => [name, columns, rows]), [
    ["Store · Rows", ["Key", "Value"], [["a", "1"], ["b", "2"]]],
    ["Log", ["Value"], [["one"], ["two"]]],
    ["None", ["Value"], []],
  ]);
  assert.deepEqual(singles, [
    { name: "Store · Open", text: "yes" },
    { name: "Photo", text: "2 bytes" },
    { name: "State", text: "Open (Since: 5)" },
  ]);
});

test("times are read in each of the forms that the node uses", async () => {
  const { instant } = await load("texts.ts");
  const at = Date.UTC(2026, 2, 4, 9, 41);
  for (const form of [new Date(at).toISOString(), at, String(at), at * 1e6, String(BigInt(at) * 1_000_000n)]) assert.equal(instant(form), at);
  for (const form of [undefined, null, "", "soon"]) assert.ok(Number.isNaN(instant(form)));
});
