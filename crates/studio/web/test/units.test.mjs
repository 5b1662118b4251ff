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

test("values of every kind have a line of their own", async () => {
  const { line, titleOf, grouped, shortened } = await load("data/value.ts");
  for (const [value, text] of [
    [null, "empty"],
    ["", "empty"],
    [[], "empty"],
    [true, "yes"],
    [["a", "b"], "a, b"],
    [{ base64: "aGk=", length: 2 }, "2 bytes"],
    [{ "#comingLater": null }, "Coming later"],
    [{ "#late": "9 pm" }, "Late (9 pm)"],
    [{ "#open": { since: "5" } }, "Open (Since: 5)"],
    [{ plusOneName: "Noah", seat: null }, "Plus one name: Noah, Seat: empty"],
  ]) {
    assert.equal(line(value), text);
  }
  assert.equal(titleOf("store.openOrders"), "Store · Open orders");
  assert.equal(grouped("12345678901234567890"), "12,345,678,901,234,567,890");
  assert.equal(grouped("-1234"), "-1,234");
  assert.equal(grouped("1e5"), "1e5");
  assert.equal(shortened("w7x7r-cok77-xa5ya-aaaaa-cai"), "w7x7r…cai");
  assert.equal(shortened("2vxsx-fae"), "2vxsx-fae");
});

test("a check is passed only if it ran and found nothing in the way", async () => {
  const { passed } = await load("conversation/checks.tsx");
  const finding = (effect, kind = "field_gone") => ({ effect, kind, subject: "", message: "" });
  const verdict = (rooms) => ({ build: [], interface: [], data: [], access: [], behaviour: [], ...rooms });
  const of = (rooms, more = {}) => passed({ outcome: "refused", seconds: { build: 1 }, verdict: verdict(rooms), ...more });
  assert.deepEqual(of({}), ["build", "interface", "data", "access", "behaviour"]);
  assert.deepEqual(of({ data: [finding("asks")], access: [finding("informs")] }), ["build", "interface", "access", "behaviour"]);
  assert.deepEqual(of({ behaviour: [finding("informs", "not_judged")] }), ["build", "interface", "data", "access"]);
  assert.deepEqual(of({ build: [finding("refuses")] }), []);
  assert.deepEqual(of({}, { outcome: "live", version: 1 }), ["build"]);
  assert.deepEqual(of({}, { seconds: { check: 1 } }), [], "what comes back is not built anew");
  assert.deepEqual(passed({ outcome: "failed" }), []);
});

test("times are read in each of the forms that the node uses", async () => {
  const { instant } = await load("texts.ts");
  const at = Date.UTC(2026, 2, 4, 9, 41);
  for (const form of [new Date(at).toISOString(), at, String(at), at * 1e6, String(BigInt(at) * 1_000_000n)]) assert.equal(instant(form), at);
  for (const form of [undefined, null, "", "soon"]) assert.ok(Number.isNaN(instant(form)));
});
