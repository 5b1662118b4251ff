/**
 * The pure parts, without a browser: lines of a stream, addresses, values as tables, and the texts of every language.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

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

const LANGUAGES = ["en", "es", "pt", "fr", "de", "id", "sw", "hi", "ar", "zh"];

/** Every text of a language by its path, functions as they are; lists count by their places. */
function leaves(texts, path = "") {
  if (typeof texts !== "object" || texts === null) return [[path, texts]];
  return Object.entries(texts).flatMap(([key, value]) => leaves(value, path ? `${path}.${key}` : key));
}

async function everyText(folder) {
  return Promise.all(LANGUAGES.map(async (code) => [code, (await load(`${folder}/${code}.ts`))[code]]));
}

const NUMBERS = [0, 1, 2, 3, 11, 100, 1234567];
const WORDS = ["⟨one⟩", "⟨two⟩", "⟨three⟩"];
const CALLS = [[7, 8, 9], WORDS, [7, "⟨two⟩", 9], ...NUMBERS.map((n) => [n, n, n]), [["⟨one⟩", "⟨two⟩"]]];

/** What is read where a word stands for a number. */
const counted = LANGUAGES.map((code) => new Intl.NumberFormat(code).format(Number.NaN));

/** What a text says when it is given numbers, marked words or a list of them, whichever of these it takes. */
function said(text) {
  if (typeof text === "string") return [text];
  return CALLS.filter((call) => call.length >= text.length).flatMap((call) => {
    try {
      const words = text(...call.slice(0, text.length || 1));
      return counted.some((none) => words.includes(none)) && call.some((one) => typeof one !== "number") ? [] : [words];
    } catch {
      return [];
    }
  });
}

const latin = (words) => words.replace(/[٠-٩]/g, (digit) => "٠١٢٣٤٥٦٧٨٩".indexOf(digit));

/** What stands for something else in a text: words and numbers handed in, and names that stay as they are. */
function held(text) {
  const marks = said(text).join(" ").match(/⟨\w+⟩|autograph up|`[^`]+`|name=Anna|day<2026-05-01/g) ?? [];
  const digits = typeof text === "function" ? (latin(said(text)[0] ?? "").match(/[789]/g) ?? []) : [];
  return [...new Set([...marks, ...digits])].sort();
}

for (const folder of ["texts", "help/texts"]) {
  test(`${folder}: every language has every text, none empty, with the same words held in it`, async () => {
    const [[, english], ...others] = await everyText(folder);
    const known = new Map(leaves(english));
    assert.ok(known.size > 50);
    for (const [code, texts] of [["en", english], ...others]) {
      const own = new Map(leaves(texts));
      assert.deepEqual([...own.keys()].sort(), [...known.keys()].sort(), code);
      for (const [path, text] of own) {
        assert.equal(typeof text, typeof known.get(path), `${code} ${path}`);
        assert.deepEqual(held(text), held(known.get(path)), `${code} ${path}`);
        const words = said(text);
        assert.ok(words.length > 0, `${code} ${path}`);
        for (const one of words) {
          assert.ok(/\S/.test(one), `${code} ${path} says nothing`);
          assert.doesNotMatch(one, /undefined|NaN|\[object|#/, `${code} ${path}`);
        }
      }
    }
  });

  test(`${folder}: no language repeats the English sentence`, async () => {
    const [[, english], ...others] = await everyText(folder);
    const known = new Map(leaves(english));
    for (const [code, texts] of others) {
      for (const [path, text] of leaves(texts)) {
        const [one = ""] = said(text);
        // A single word may be the same in two languages, a sentence is not.
        if (one.split(/\s+/).length > 3) assert.notEqual(one, said(known.get(path))[0], `${code} ${path}`);
      }
    }
  });
}

/** What a button shows, and the longer name that it has for those who don't see where it stands. */
const NAMED = [
  [(t) => t.people.newLink, (t) => t.people.newLinkLong("⟨one⟩")],
  [(t) => t.people.remove, (t) => t.people.removeLong("⟨one⟩")],
  [(t) => t.history.restore, (t) => t.history.restoreLong(7)],
  [(t) => t.look.version, (t) => t.look.versionLong(7)],
  [(t) => t.data.save("CSV"), (t) => t.data.saveAs("⟨one⟩", "CSV")],
];

test("the longer name of a button has the words that it shows, so that it can be called by them", async () => {
  for (const [code, texts] of await everyText("texts")) {
    for (const [shown, name] of NAMED) assert.ok(name(texts).toLowerCase().includes(shown(texts).toLowerCase()), `${code}: ${name(texts)}`);
  }
});

test("numbers are counted by the rules of the language, in its own way of writing", async () => {
  const { wording } = await load("texts/wording.ts");
  const arabic = { zero: "zero", one: "one", two: "two", few: "few", many: "many", other: "other" };
  assert.deepEqual([0, 1, 2, 3, 11, 100].map((n) => wording("ar").count(n, arabic)), Object.values(arabic));
  assert.deepEqual([0, 1, 2].map((n) => wording("fr").count(n, { one: "one #", other: "many #" })), ["one 0", "one 1", "many 2"]);
  assert.equal(wording("de").num(1234567), "1.234.567");
  assert.equal(wording("en").count(1000000, { one: "# entry", other: "# entries" }), "1,000,000 entries");
  assert.equal(wording("es").all(["a", "b"]), "a y b");
});

test("a text that a language lacks is read in English", async () => {
  const { filled } = await load("texts.ts");
  const base = { a: "one", deep: { b: "two", list: ["three"] }, say: (n) => n };
  const own = { deep: { list: ["drei"] }, say: (n) => n + n };
  const whole = filled(base, own);
  assert.deepEqual([whole.a, whole.deep, whole.say("x")], ["one", { b: "two", list: ["drei"] }, "xx"]);
});

test("a tag finds its language, whatever its region", async () => {
  const { languageOf, LANGUAGES: known } = await load("texts/languages.ts");
  assert.deepEqual(Object.keys(known), LANGUAGES);
  assert.deepEqual(["pt-BR", "ZH-Hans-CN", "ar", "it", "", null].map(languageOf), ["pt", "zh", "ar", undefined, undefined, undefined]);
});

/** Questions as people ask them, and the topic that answers. */
const QUESTIONS = {
  en: { "How do I invite someone?": "invite", "I made a mistake, how do I go back?": "undo", "export to excel": "data", "where is my data stored": "where", "can I use chatgpt": "model", "who can see the prices": "access", "open it on my phone": "door" },
  es: { "¿Cómo invito a alguien?": "invite", "quiero deshacer un cambio": "undo", "exportar a excel": "data", "copia de seguridad": "backup", "¿puedo usar chatgpt?": "model", "borrar la app": "remove" },
  pt: { "Como convido alguém?": "invite", "como desfazer": "undo", "exportar para excel": "data", "fazer backup": "backup", "usar no celular": "door" },
  fr: { "Comment inviter quelqu’un ?": "invite", "annuler une erreur": "undo", "exporter vers excel": "data", "faire une sauvegarde": "backup", "sur mon téléphone": "door" },
  de: { "Wie lade ich jemanden ein?": "invite", "Fehler rückgängig machen": "undo", "nach Excel exportieren": "data", "Sicherungskopie": "backup", "Wo liegen die Daten?": "where", "auf dem Handy": "door" },
  id: { "Bagaimana cara mengundang orang?": "invite", "membatalkan perubahan": "undo", "ekspor ke excel": "data", "cadangan": "backup", "pakai di ponsel": "door" },
  sw: { "Ninamwalikaje mtu?": "invite", "natenguaje kosa": "undo", "data ziko wapi": "where", "nakala ya salama": "backup", "kufuta programu": "remove" },
  hi: { "किसी को कैसे बुलाऊँ?": "invite", "गलती वापस लेना": "undo", "excel में निर्यात": "data", "बैकअप": "backup", "मोबाइल पर": "door" },
  ar: { "كيف أدعو شخصًا؟": "invite", "أتراجع عن خطأ": "undo", "تصدير إلى excel": "data", "نسخة احتياطية": "backup", "على هاتفي أو الهاتف": "door" },
  zh: { "怎么邀请别人？": "invite", "撤销修改": "undo", "导出到 excel": "data", "怎么备份": "backup", "在手机上用": "door" },
};

test("the help finds the topic that answers a question, in every language", async () => {
  const { find } = await load("help/search.ts");
  for (const [code, texts] of await everyText("help/texts")) {
    for (const [question, topic] of Object.entries(QUESTIONS[code])) assert.equal(find(question, texts.topics)[0], topic, `${code}: ${question}`);
    assert.deepEqual(find("", texts.topics), []);
    assert.deepEqual(find("qwertzuiop", texts.topics), []);
    // The example in the box finds something too.
    assert.equal(find(texts.placeholder, texts.topics)[0], "invite", code);
    for (const id of Object.keys(texts.topics)) assert.ok(find(texts.topics[id].title, texts.topics).includes(id), `${code} ${id} by its title`);
  }
});
