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

/** Says something in the studio's box, wherever it is. */
async function say(studio, text) {
  await studio.getByRole('textbox').first().fill(text);
  await studio.keyboard.press('Enter');
}

async function live(studio, version) {
  const name = version === 1 ? /Your app is live/ : new RegExp(`Version ${version} is live`);
  await studio.getByRole('heading', { name }).last().waitFor({ timeout: 60_000 });
}

/** Adds a row in the app's table page that is shown. */
async function add(app, values, choices = {}) {
  await app.getByRole('button', { name: /^Add: / }).click();
  const dialog = app.getByRole('dialog');
  for (const [label, value] of Object.entries(values)) await dialog.getByLabel(label).first().fill(value);
  for (const [label, value] of Object.entries(choices)) await dialog.getByLabel(label).first().selectOption({ label: value });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Makes the invitation link of the row with this title. */
async function invitation(app, title) {
  await app.getByRole('row', { name: new RegExp(title) }).getByRole('button', { name: /Invite/ }).click();
  const dialog = app.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog.getByLabel('Invitation link').inputValue();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  return link;
}

/** Answers the invitation that this page has open. */
async function answer(page, { attending, meal }) {
  await page.getByRole('group', { name: /Attending/ }).getByLabel(attending, { exact: true }).check();
  if (meal) await page.getByLabel('Meal').first().selectOption({ label: meal });
  await page.getByRole('button', { name: 'Send' }).click();
}

const rows = (node, method, ...as) => node.cli('call', 'wedding', method, '(null)', '--query', ...as).json.value;

test('the wedding, from the first sentence to the day after the crash', { timeout: 900_000 }, async (t) => {
  const home = scratch(t);
  let node = await Node.start(t, home);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
  t.after(() => browser.close());

  // The owner enters by the link and says what the wedding needs.
  const studio = await person(browser);
  await studio.goto(node.link);
  await say(studio, wedding);
  await live(studio, 1);
  const app = studio.frameLocator('iframe');
  await app.getByRole('navigation').getByRole('link', { name: 'Budget' }).waitFor();
  await shot(studio, 'studio');
  const [entry] = node.cli('list').json.apps;
  if (entry.app !== 'wedding') node.cli('rename', entry.app, 'wedding');

  // Tables, guests and the budget.
  await app.getByRole('link', { name: 'Tables' }).click();
  await add(app, { Name: 'One', Seats: '1' });
  await app.getByRole('link', { name: 'Guests' }).click();
  await add(app, { Name: 'Ada Lovelace', Email: 'ada@example.org', 'Phone number': '+44 20 7946 0001' }, { Table: 'One' });
  await add(app, { Name: 'Ben Okri', Email: 'ben@example.org', 'Phone number': '+44 20 7946 0002' }, { Table: 'One' });
  await app.getByRole('link', { name: 'Budget' }).click();
  await add(app, { What: 'Flowers', 'How much': '250' });
  await app.getByRole('link', { name: 'Guests' }).click();
  const links = { ada: await invitation(app, 'Ada'), ben: await invitation(app, 'Ben') };
  await shot(studio, 'guests');

  // Ada answers; a private window with her link is still Ada, and may change the answer.
  const ada = await person(browser, { viewport: { width: 390, height: 800 } });
  await ada.goto(links.ada);
  await answer(ada, { attending: 'Yes', meal: 'Vegetarian' });
  await ada.getByText('Thank you').first().waitFor();
  await shot(ada, 'answer');
  const privately = await person(browser);
  await privately.goto(links.ada);
  await privately.getByRole('button', { name: 'Change my answer' }).or(privately.getByRole('group', { name: /Attending/ })).first().waitFor();
  assert.equal(rows(node, 'listGuests').length, 2);

  // The table has one seat, and Ada has it.
  const ben = await person(browser);
  await ben.goto(links.ben);
  await answer(ben, { attending: 'Yes', meal: 'Fish' });
  await ben.getByRole('alert').filter({ hasText: /place|seat|full/i }).first().waitFor();

  // A guest finds no budget, neither in the menu nor behind it.
  assert.equal(await ada.getByRole('link', { name: 'Budget' }).count(), 0);
  const stranger = rows(node, 'listBudgetItems', '--as', 'somebody');
  assert.deepEqual(stranger, []);
  assert.equal(rows(node, 'listBudgetItems').length, 1);

  // The partner comes in by a link with a role, made in the studio, and sees the budget.
  const letIn = async (press) => {
    await press();
    const dialog = studio.getByRole('dialog');
    const link = await dialog.getByLabel('Personal link').inputValue();
    await dialog.getByRole('button', { name: 'Close' }).or(dialog.getByRole('button', { name: 'Done' })).first().click();
    return link;
  };
  await studio.getByRole('link', { name: 'People' }).click();
  await studio.getByLabel('Name').fill('Sam');
  await studio.getByLabel('As', { exact: true }).selectOption({ label: 'Partner' });
  const first = await letIn(() => studio.getByRole('button', { name: 'Make a link' }).click());
  const seesBudget = async (link) => {
    const page = await person(browser);
    await page.goto(link);
    await page.getByRole('navigation').getByRole('link', { name: 'Budget' }).click();
    await page.getByText('Flowers').first().waitFor();
    return page;
  };
  const lost = await seesBudget(first);
  // A lost browser: the new link lets the same person in, and the old browser out.
  const second = await letIn(async () => {
    await studio.getByRole('button', { name: 'Make a new link for Sam' }).click();
    await studio.getByRole('dialog').getByRole('button', { name: 'Make a new link' }).click();
    await studio.getByRole('dialog').getByLabel('Personal link').waitFor();
  });
  assert.notEqual(second, first);
  await seesBudget(second);
  await lost.reload({ waitUntil: 'networkidle' });
  await lost.getByRole('main').waitFor();
  assert.equal(await lost.getByText('Flowers').count(), 0, 'the lost browser sees nothing any more');
  await studio.getByRole('link', { name: 'Build' }).click();

  // A change keeps the data.
  await say(studio, 'Add a dietary note to guests.');
  await live(studio, 2);
  const guests = rows(node, 'listGuests');
  assert.equal(guests.find((guest) => guest.name === 'Ada Lovelace').meal, 'vegetarian');
  assert.ok('diet' in guests[0], JSON.stringify(guests[0]));

  // What would lose data is refused, with the gentler way beside it.
  await say(studio, 'Remove the phone number from guests.');
  await studio.getByRole('heading', { name: 'I stopped before doing this' }).waitFor({ timeout: 120_000 });
  await shot(studio, 'refused');
  assert.ok('phone' in rows(node, 'listGuests')[0]);
  await studio.getByRole('button', { name: /Put .Phone number. away/ }).click();
  await shot(studio, 'archiving');
  await live(studio, 3).finally(() => shot(studio, 'archived'));
  assert.ok(!('phone' in rows(node, 'listGuests')[0]));

  // Version 1 comes back with its data, as a new version.
  await studio.getByRole('link', { name: 'History' }).click();
  await studio.getByRole('button', { name: 'Bring back version 1' }).click();
  await studio.getByRole('dialog').getByRole('button', { name: 'Bring it back' }).click();
  await studio.getByText('Version 1 is back as version 4.').waitFor();
  const back = rows(node, 'listGuests').find((guest) => guest.name === 'Ada Lovelace');
  assert.equal(back.phone, '+44 20 7946 0001');
  assert.equal(back.meal, 'vegetarian');

  // All of it is still there after kill -9.
  await node.kill();
  node = await node.again(t);
  assert.deepEqual(rows(node, 'listGuests').find((guest) => guest.name === 'Ada Lovelace'), back);
  assert.deepEqual(node.cli('history', 'wedding').json.versions.map((version) => version.current), [false, false, false, true]);
  await ada.goto('about:blank');
  await ada.goto(links.ada.split('/#')[0]);
  await ada.getByText(/Ada/).first().waitFor();
});
