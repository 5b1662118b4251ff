/**
 * The studio on the real program: what was understood can be taken back, a change that touches access waits for a yes,
 * a small one goes live and can be undone, and the history has pictures and comparisons.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { Node, scratch, wedding } from '../lib/node.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const PATIENCE = 240_000;

test('a change is corrected, shown, undone and compared in the studio', { timeout: 900_000 }, async (t) => {
  const node = await Node.start(t, scratch(t));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
  t.after(() => browser.close());
  const studio = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
  studio.setDefaultTimeout(PATIENCE);
  const heading = (name) => studio.getByRole('heading', { name });
  const button = (name) => studio.getByRole('button', { name });
  const say = async (words) => {
    await studio.getByRole('textbox', { name: 'What should change?' }).fill(words);
    await studio.keyboard.press('Enter');
  };

  assert.equal(node.cli('new', wedding, '--name', 'wedding').json.outcome, 'live');
  await studio.goto(node.link);
  await studio.getByRole('textbox').first().waitFor();
  await studio.goto(`${node.url}/apps/wedding`);

  // What the wish brought is taken out by a sentence that the node has proven; the gate still looks at it.
  await button(/^The guests choose for themselves: Meal/).click();
  const out = studio.getByRole('group', { name: 'Say it otherwise' }).getByRole('button', { name: /^Take it out/ });
  assert.match(await out.innerText(), /meal/i);
  await out.click();
  await heading('I stopped before doing this').or(heading('This is what would change')).first().waitFor();
  await button('Leave everything as it is').or(button('Leave it')).first().click();
  assert.equal(node.cli('show', 'wedding').json.version, 1);

  // What is about access is shown before it goes live.
  await say('Guests may not see the tables.');
  await heading('This is what would change').last().waitFor();
  await studio.locator('.differences li.gone').getByText(/Tables: .*Guest.* may see all/).waitFor();
  assert.equal(node.cli('show', 'wedding').json.version, 1);
  await button('Put it live').click();
  await heading('Version 2 is live').waitFor();
  await studio.getByText('Yes, do that.').waitFor();

  // A field more goes live at once, and is taken back by one press.
  await say('Add a dietary note to guests.');
  await heading('Version 3 is live').waitFor();
  await button('Undo').click();
  await heading('Version 4 is live').waitFor();

  await studio.getByRole('link', { name: 'History' }).click();
  for (const version of [4, 1]) {
    // A picture is asked for when its place comes into sight.
    await studio.getByRole('button', { name: `Name version ${version}` }).scrollIntoViewIfNeeded();
    await studio.getByRole('img', { name: `The first page of version ${version}` }).waitFor();
  }
  await button('Compare version 3 with another').click();
  await studio.locator('.differences li.new').getByText('Guests: Dietary note.').waitFor();
  await studio.getByText(/^Files for engineers/).click();
  await studio.getByText('backend/main.mo').waitFor();
  await studio.getByLabel('Compare version 3 with version').selectOption('4');
  await studio.locator('.differences li.gone').getByText('Guests: Dietary note.').waitFor();
});
