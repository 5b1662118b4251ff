/**
 * A real browser for the tests, and what every test of a page watches: no script error, no broken security policy,
 * nothing wider than the window, nothing that axe-core objects to.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { serve } from "./fake-server.mjs";

const require = createRequire(import.meta.url);
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Starts Debian's Chromium, or the one that CHROMIUM names. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/**
 * A fresh node and a page at it, let in unless `stranger`; both are gone when the test ends. A test that provokes an
 * error of the page empties `wrongs`. The browser asks for `languages`; `title` is the first heading where they are not
 * English.
 */
export async function opened(test, browser, { stranger = false, width = 1280, height = 800, languages = ["en-US"], title } = {}) {
  const node = await serve();
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce", locale: languages[0] });
  await context.addInitScript((tags) => Object.defineProperty(navigator, "languages", { get: () => tags }), languages);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const wrongs = [];
  page.on("pageerror", (error) => wrongs.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/ERR_|Failed to load resource/.test(message.text())) wrongs.push(message.text());
  });
  test.after(async () => {
    await context.close();
    await node.close();
    assert.deepEqual(wrongs, []);
  });
  await page.goto(stranger ? node.url : node.link());
  await page.getByRole("heading", { level: 1, name: title ?? (stranger ? "This door has one key" : "What should it do?") }).waitFor();
  return { node, page, context, wrongs };
}

/** Fails when something sticks out of the window to the side. */
export async function fits(page, where) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const boxes = [document.documentElement, ...document.querySelectorAll("main, .log, .page, .top-bar, .rail, .tabs, .panel, .card, dialog")];
    const scrolling = boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => `${box.tagName}.${box.className} scrolls`);
    const outside = [...document.querySelectorAll("#root button, #root a:not(.skip), #root input, #root textarea, #root h1, #root p")]
      .filter((element) => !element.closest(".table-frame, .unseen") && !element.matches(".unseen"))
      .filter((element) => element.getBoundingClientRect().right > limit + 1 || element.getBoundingClientRect().left < -1)
      .map((element) => `${element.tagName} “${element.textContent.slice(0, 30)}” sticks out`);
    return [...scrolling, ...outside];
  });
  assert.deepEqual(wide, [], where);
}

/** Fails when a label is cut off, or runs out of what can be pressed. */
export async function unclipped(page, where) {
  const clipped = await page.evaluate(() => {
    const shown = [...document.querySelectorAll("#root :is(button, a, label, summary, th, h1, h2, h3, legend)")].filter(
      (element) => element.checkVisibility() && !element.closest(".unseen, .skip"),
    );
    // What is only read aloud is as small as a dot, on purpose.
    const seen = (element) => element.clientWidth !== 1;
    const cut = (element) => seen(element) && getComputedStyle(element).overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    const texts = (element) => [element, ...element.querySelectorAll("*")].filter(seen).flatMap((one) => [...one.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE));
    const runsOut = (element) => {
      const inside = element.getBoundingClientRect();
      return texts(element).some((text) => {
        const range = document.createRange();
        range.selectNodeContents(text);
        return [...range.getClientRects()].some(({ left, right, width }) => width > 0 && (left < inside.left - 1 || right > inside.right + 1));
      });
    };
    return shown
      .filter((element) => [element, ...element.querySelectorAll("*")].some(cut) || runsOut(element))
      .map((element) => `${element.tagName}.${element.className} “${element.textContent.trim().slice(0, 40)}”`);
  });
  assert.deepEqual(clipped, [], where);
}

/** Fails on any violation of WCAG 2.2 A and AA, or of axe's best practices, in the studio's own page. */
export async function accessible(page, where) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async (tags) => {
    const result = await window.axe.run(document, { runOnly: { type: "tag", values: tags }, iframes: false });
    return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
  }, RULES);
  assert.deepEqual(violations, [], where);
}
