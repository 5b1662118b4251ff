/**
 * The studio's data page at a real node, for an app that nobody's writer made: what it shows is what the app keeps, by
 * kind, page by page; what it saves is what `autograph data --csv` prints.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { Node, binary, scratch } from '../lib/node.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const source = `
import List "mo:core/List";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Principal "mo:core/Principal";
import Time "mo:core/Time";
actor {
  type Order = { name : Text; pieces : Nat; at : Int; by : Principal; state : { #open; #paid : Nat }; tags : [Text] };
  let store = { orders = Map.empty<Nat, Order>(); notes = List.empty<Text>(); var open = true };
  public shared ({ caller }) func fill(count : Nat) : async () {
    for (n in Nat.range(1, count + 1)) {
      let name = if (n == 7) "=SUM(A1)" else "order " # n.toText();
      let state = if (n % 2 == 0) #paid(n) else #open;
      store.orders.add(n, { name; pieces = n * 1000; at = Time.now(); by = caller; state; tags = ["bread"] });
    };
    store.notes.add("the oven is hot");
  };
};
`;

test('the data page of an app that came as source', { timeout: 600_000 }, async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  mkdirSync(join(home, 'tree/backend'), { recursive: true });
  writeFileSync(join(home, 'tree/backend/main.mo'), source);
  const live = node.cli('deploy', join(home, 'tree'), '--app', 'shop');
  assert.equal(live.code, 0, live.words);
  assert.equal(node.cli('call', 'shop', 'fill', '(60)').code, 0);

  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(60_000);
  const wrongs = [];
  page.on('pageerror', (error) => wrongs.push(error.message));
  await page.goto(node.link);
  await page.getByRole('textbox', { name: 'What should it do?' }).waitFor();
  await page.goto(`${node.url}/apps/shop/data`);

  // Collections in a record are tables, what stands beside them is not lost, and each kind is shown as people read it.
  const orders = page.getByRole('region', { name: 'Store · Orders' });
  await orders.getByText('1–50 of 60').waitFor();
  const heads = await orders.getByRole('columnheader').allTextContents();
  assert.deepEqual(heads, ['Key', 'Name', 'At', 'By', 'Pieces', 'State', 'Tags']);
  const row = orders.getByRole('row', { name: /order 12/ });
  await row.getByRole('cell', { name: '12,000', exact: true }).waitFor();
  await row.getByText('Paid (12)').waitFor();
  const at = await row.locator('time').getAttribute('datetime');
  assert.ok(Math.abs(Date.parse(at) - Date.now()) < 86_400_000, at);
  await page.getByText('the oven is hot').waitFor();
  await page.getByText('Store · Open', { exact: true }).waitFor();

  // The node searches and pages; a mistake says what there is.
  await orders.getByRole('button', { name: 'Next entries' }).click();
  await orders.getByText('51–60 of 60').waitFor();
  const box = orders.getByRole('searchbox');
  await box.fill('pieces>=7000 state=open pieces<10000');
  await box.press('Enter');
  await orders.getByText('Found 2 of 60 entries.').waitFor();
  await box.fill('colour=red');
  await box.press('Enter');
  await orders.getByText('No data has a field `colour`.').waitFor();
  await orders.getByText(/There are: key, name, at, by, pieces, state, tags/).waitFor();

  // Saved is what is searched for, and the same as the command line prints.
  await box.fill('pieces>=7000 state=open pieces<10000');
  await box.press('Enter');
  await orders.getByText('Found 2 of 60 entries.').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), orders.getByRole('button', { name: /Save as CSV/ }).click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const env = { ...process.env, XDG_STATE_HOME: join(home, 'state'), HOME: home };
  const args = ['data', 'shop', '--csv', '--variable', 'store.orders', '--where', 'pieces>=7000 state=open pieces<10000'];
  const printed = spawnSync(binary, args, { env, encoding: 'utf8' });
  assert.equal(Buffer.concat(chunks).toString(), `\ufeff${printed.stdout}`);
  assert.match(printed.stdout, /^key,name,at,by,pieces,state,tags\r\n7,'=SUM\(A1\),\d{4}-\d\d-\d\dT/);
  assert.match(printed.stderr, /1 texts that begin like a formula/);
  assert.deepEqual(wrongs, []);
});
