/** The generated pages of the wedding in a real browser: what people see, do and are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { served, skip } from './browser.mjs';
import { spec } from './support.mjs';

const { open, originOf } = served({ wedding: spec('wedding') });

async function addGuest(page, name) {
  await page.getByRole('button', { name: 'Add: Guest' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name, exact: true }).waitFor();
}

test('a host adds, changes, sorts and deletes', { skip }, async () => {
  const { page, faults } = await open('wedding', '?as=owner');
  await page.getByText('There is nothing here yet.').waitFor();
  await addGuest(page, 'Zoe');
  await addGuest(page, 'Ana');
  assert.match(await page.getByRole('row').nth(1).innerText(), /Zoe/);
  await page.getByRole('button', { name: 'Name' }).click();
  assert.match(await page.getByRole('row').nth(1).innerText(), /Ana/);
  await page.getByRole('button', { name: 'Edit: Ana' }).click();
  await page.getByLabel('E-mail').fill('ana@example.org');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'ana@example.org' }).waitFor();
  await page.getByRole('button', { name: 'Delete: Zoe' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('1 entry').waitFor();
  assert.equal(await page.getByRole('cell', { name: 'Zoe' }).count(), 0);
  assert.deepEqual(faults, []);
  await page.close();
});

test('money is entered in decimals and summed; places are counted', { skip }, async () => {
  const { page, faults } = await open('wedding', '?as=owner#budget');
  for (const [what, amount] of [['Hall', '1,200.50'], ['Cake', '99']]) {
    await page.getByRole('button', { name: 'Add: Budget item' }).click();
    await page.getByLabel('What').fill(what);
    await page.getByLabel('Amount').fill(amount);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: what, exact: true }).waitFor();
  }
  await page.getByRole('cell', { name: /€1,299.50/ }).waitFor();
  await page.getByRole('link', { name: 'Tables' }).click();
  await page.getByRole('button', { name: 'Add: Table' }).click();
  await page.getByLabel('Name').fill('One');
  await page.getByLabel('Seats').fill('8');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('7 of 8 free').waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

test('a refusal stands beside the form, and what was typed stays', { skip }, async () => {
  const { page } = await open('wedding', '?as=owner');
  await page.getByRole('button', { name: 'Add: Guest' }).click();
  await page.getByLabel('Name').fill('Ana');
  for (const [next, sentence] of [['refuse', 'Table One has no place left.'], ['drop', 'It is not certain that this was saved']]) {
    await page.evaluate((value) => (window.next = value), next);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Ana');
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Add: Guest');
  await page.close();
});

test('a guest answers, is thanked, and may change their mind', { skip }, async () => {
  const { page, faults } = await open('wedding', '?as=guest');
  await page.getByText('You are here as Ana, Guest').waitFor();
  assert.equal(await page.getByLabel('Meal').count(), 0);
  await page.getByLabel('Yes').check();
  await page.getByLabel('Meal').selectOption({ label: 'Fish' });
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('main').getByText('Thank you, your answer is saved.').waitFor();
  await page.getByText('Fish').waitFor();
  await page.getByRole('button', { name: 'Change my answer' }).click();
  await page.getByLabel('No', { exact: true }).check();
  assert.equal(await page.getByLabel('Meal').count(), 0);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('definition').filter({ hasText: 'No' }).waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

test('an invitation is taken up and leaves the address', { skip }, async () => {
  const { page } = await open('wedding', '#invite=abc%20d');
  await page.getByText('You are here as Ana, Guest').waitFor();
  assert.deepEqual(await page.evaluate(() => window.redeemed), ['abc d']);
  assert.equal(new URL(page.url()).hash, '');
  await page.close();
  const { page: late } = await open('wedding', '#invite=old');
  await late.getByRole('alert').filter({ hasText: 'This link was replaced' }).waitFor();
  await late.getByText('Ask the host for your link').waitFor();
  await late.close();
});

test('a link is made for a guest', { skip }, async () => {
  const { page } = await open('wedding', '?as=partner');
  await addGuest(page, 'Ana');
  await page.getByRole('button', { name: 'Invite: Ana' }).click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  assert.equal(await page.getByLabel('Invitation link').inputValue(), `${originOf('wedding')}/#invite=token%20for%20Ana`);
  await page.close();
});

test('narrow screens show everything, and every control can be hit and named', { skip }, async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { page } = await open('wedding', '?as=owner', { viewport: { width: 360, height: 640 }, colorScheme });
    await addGuest(page, 'A name that is long enough to need more than one line on a telephone');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `the page is ${wide} wide`);
    await page.getByRole('button', { name: /^Edit/ }).click();
    const faults = await page.evaluate(() => [...document.querySelectorAll('button, a, input, select')].flatMap((element) => {
      if (!element.checkVisibility()) return [];
      const { width, height } = element.getBoundingClientRect();
      const named = element.getAttribute('aria-label') || element.textContent.trim() || element.labels?.length;
      // Radios are hit by their labels; what is only for screen readers has no size.
      const small = !element.closest('label, .sr-only, thead') && Math.min(width, height) < 24;
      return small || !named ? [element.outerHTML] : [];
    }));
    assert.deepEqual(faults, []);
    await page.close();
  }
});
