/**
 * A wish, a change that is shown first, and the history, each in every language: nothing of the studio's English is
 * seen or read aloud.
 */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { accessible, fits, launch, opened, unclipped } from "./browser.mjs";
import { load } from "./load.mjs";

const { CODES } = await load("texts/languages.ts");
const TEXTS = Object.fromEntries(await Promise.all(CODES.map(async (code) => [code, (await load(`texts/${code}.ts`))[code]])));

/** All that a language says, texts with numbers in them for the small ones that occur here. */
function sayings(texts) {
  if (typeof texts === "string") return [texts];
  if (typeof texts === "function") return texts.length === 0 ? [] : called(texts);
  return Object.values(texts).flatMap(sayings);
}

function called(text) {
  const few = [1, 2, 3, 4];
  return few.flatMap((a) => few.map((b) => (text.length === 1 ? [a] : [a, b]))).flatMap((values) => {
    try {
      return [text(...values)];
    } catch {
      // It wants a list.
      return [];
    }
  });
}

const bare = (line) => line.replaceAll(/\s+/g, " ").trim().replace(/[.।。]$/, "").toLowerCase();

/** What only English says; a word that both languages have is no English left over. */
function englishOnly(code) {
  const own = new Set(sayings(TEXTS[code]).map(bare));
  return new Set(sayings(TEXTS.en).map(bare).filter((line) => line !== "" && !own.has(line)));
}

/** Every line that is seen or read aloud in the studio's own page. */
function lines(page) {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll("body *")].filter((one) => !one.closest("script, style, [lang]:not(html), code"));
    const written = all.flatMap((one) => [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data));
    const named = all.flatMap((one) => ["aria-label", "title", "alt", "placeholder"].map((name) => one.getAttribute(name) ?? ""));
    return [...written, ...named];
  });
}

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

describe("in every language", () => {
  for (const code of CODES.filter((code) => code !== "en")) {
    test(`${code}: the work, what it would change, and versions side by side`, async (t) => {
      const says = TEXTS[code];
      const english = englishOnly(code);
      assert.ok(english.size > 300, "what is looked for is known");
      const { node, page } = await opened(t, browser, { languages: [code], title: says.start.title });
      const heading = (name) => page.getByRole("heading", { name, exact: true });
      const button = (name) => page.getByRole("button", { name, exact: true });
      const clean = async (where) => {
        const left = (await lines(page)).filter((line) => english.has(bare(line)));
        assert.deepEqual(left, [], `${code}: ${where}`);
        await fits(page, `${code}: ${where}`);
      };
      node.addApp("wedding", "Hochzeit");
      await page.goto(`${node.url}/apps/wedding`);

      const release = node.hold();
      await page.locator(".composer textarea").fill("Guests may see all guests");
      await page.keyboard.press("Enter");
      await page.locator(".progress li").getByText(says.progress.stages.write).waitFor();
      await clean("the work");
      release();

      await heading(says.card.change.title).waitFor();
      for (const folded of await page.locator(".card details summary").all()) await folded.click();
      await clean("what would change");
      await accessible(page, `${code}: what would change`);
      await button(says.card.change.accept).click();
      await button(says.card.change.undo).waitFor();
      await page.locator("button.chip").first().click();
      await page.locator(".chip-panel").waitFor();
      await clean("what is live, and a sentence that is opened");

      await page.goto(`${node.url}/apps/wedding/history`);
      await button(says.card.history.compareLong(2)).click();
      await heading(says.card.history.between(1, 2)).waitFor();
      await page.locator(".compare details summary").first().click();
      await clean("versions side by side");
      await button(says.card.history.close).click();
      await button(says.history.restoreLong(1)).click();
      await page.getByRole("dialog").getByText(says.card.history.aside).waitFor();
      await clean("before a version comes back");

      await page.goto(`${node.url}/apps/wedding/settings`);
      await page.getByLabel(says.card.show.label, { exact: true }).waitFor();
      await clean("settings");
    });
  }
});

describe("on a telephone and at a desk", () => {
  for (const code of CODES) {
    test(`${code}: no label is cut off`, async (t) => {
      const says = TEXTS[code];
      const { node, page } = await opened(t, browser, { languages: [code], title: says.start.title });
      node.addApp("wedding", "Hochzeit");
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 844 });
        for (const screen of ["/", "/help", "/about", "", "/history", "/people", "/access", "/data", "/logs", "/settings"]) {
          const inApp = !["/", "/help", "/about"].includes(screen);
          await page.goto(`${node.url}${inApp ? `/apps/wedding${screen}` : screen}`);
          await page.locator(inApp ? ".app-frame main" : "main").first().waitFor();
          await page.waitForLoadState("networkidle");
          await page.evaluate(() => document.fonts.ready);
          const more = page.locator(".tabs .more button");
          if (inApp && await more.isVisible()) await more.click();
          await unclipped(page, `${code}, ${width}: ${screen}`);
          await fits(page, `${code}, ${width}: ${screen}`);
        }
      }
    });
  }
});

test("every stage that the node names has its words in every language", async () => {
  const workshop = new URL("../../../autograph/src/workshop/", import.meta.url);
  const sources = await Promise.all((await readdir(workshop)).filter((name) => name.endsWith(".rs")).map((name) => readFile(new URL(name, workshop), "utf8")));
  const named = new Set(sources.flatMap((source) => [...source.matchAll(/\.stage\(\s*"(\w+)"/g)].map(([, stage]) => stage)));
  assert.ok(named.has("understand") && named.has("switch"), [...named].join());
  for (const code of CODES) for (const stage of named) assert.ok(TEXTS[code].progress.stages[stage], `${code}: ${stage}`);
});
