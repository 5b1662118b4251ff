/**
 * Random sequences of calls by random people against a model of the rules, written here without the generator: what
 * the model allows works, what it does not is refused, and so no sequence breaks a rule.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate, played, spec } from './support.mjs';

const STEPS = 120;
const SEEDS = [1, 2];

/** A generator of numbers that gives the same ones for the same seed. */
function chance(seed) {
  let state = seed * 2_654_435_761;
  const below = (bound) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % bound;
  };
  return { below, one: (list) => list[below(list.length)] };
}

/** Motoko for a value of an input: what is undefined stays as it is. */
function literal(value) {
  if (typeof value === 'string') return `??"${value}"`;
  return `??(${value})`;
}

function input(blank, values) {
  const parts = Object.entries(values).map(([id, value]) => `${id} = ${id === blank.title ? `?"${value}"` : literal(value)}`);
  return `{ ${blank.name} with ${parts.join('; ')} }`;
}

/** Plays `setup`, then what `step` makes of the model, `STEPS` times; gives how often something was allowed. */
function sequence(name, seed, setup, step) {
  const random = chance(seed);
  const calls = Array.from({ length: STEPS }, () => step(random));
  const lines = calls.map(({ role, member, call, wait = 0 }) => `wait(${wait}); as("${role}", "${member}"); tell(await app.${call});`);
  const tell = 'func tell<T>(result : { #ok : T; #err : Text }) { say(switch result { case (#ok _) "ok"; case (#err sentence) sentence }) };';
  const said = played(generate(spec(name)), `${tell}\n${setup}\n${lines.join('\n')}`);
  calls.forEach(({ role, member, call, allowed }, index) => {
    const what = `step ${index} of seed ${seed}: ${role} ${member} ${call}: ${said[index]}`;
    assert.equal(said[index] === 'ok', allowed, what);
  });
  return calls.filter(({ allowed }) => allowed).length;
}

/** Runs a world for every seed, and sees to it that it is neither all work nor all refusal. */
function holds(what, name, setup, world) {
  test(what, (t) => {
    for (const seed of SEEDS) {
      const allowed = sequence(name, seed, setup, world());
      assert.ok(allowed > STEPS / 10 && allowed < STEPS, `${allowed} of ${STEPS} calls were allowed`);
      t.diagnostic(`${allowed} of ${STEPS} calls allowed`);
    }
  });
}

const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

holds('bookings never overlap, never leave the hours, and nobody makes too many a day', 'salon', `
let none = { name = null; stylist = null; service = null; start = null; cancelled = null; note = null };
as("owner", "owner");
for (name in ["Mia", "Noa"].values()) ignore await app.createStylist({ name = ?name; opens = ??"09:00"; closes = ??"12:00" });
for ((name, length) in [("Cut", 30), ("Colour", 60)].values()) ignore await app.createService({ name = ?name; minutes = ??length; colour = null; picture = null });`, () => {
  const blank = { name: 'none', title: 'name' };
  const rows = new Map();
  let [next, now] = [1, 0];
  const end = ({ service, start }) => start + [30, 60][service - 1];
  const fits = (row) => row.start >= 540 && end(row) <= 720
    && ![...rows.values()].some((other) => other.id !== row.id && other.stylist === row.stylist && row.start < end(other) && other.start < end(row));
  return ({ below, one }) => {
    const [role, member] = one([['owner', 'owner'], ['visitor', '@ann'], ['visitor', '@ben'], ['visitor', '@cy'], ['visitor', '']]);
    const wait = one([0, 0, 0, 600]);
    now += wait;
    const act = one(['create', 'create', 'update', 'update', 'delete']);
    const values = { stylist: 1 + below(2), service: 1 + below(2), start: 525 + 15 * below(14) };
    const shown = { ...values, start: `2030-03-01T${clock(values.start)}` };
    if (act === 'create') {
      const row = { id: next, member, made: now, ...values };
      const many = [...rows.values()].filter((other) => other.member === member && other.made > now - 1440).length >= 3;
      const allowed = member !== '' && fits(row) && !many;
      if (allowed) rows.set(next++, row);
      return { role, member, wait, allowed, call: `createBooking(${input(blank, { name: 'Kim', ...shown })})` };
    }
    const id = 1 + below(next);
    const row = rows.get(id);
    const reached = row !== undefined && (role === 'owner' || (member !== '' && row.member === member));
    if (act === 'delete') {
      if (reached) rows.delete(id);
      return { role, member, wait, allowed: reached, call: `deleteBooking(${id})` };
    }
    const after = { ...row, ...values };
    const same = reached && ['stylist', 'service', 'start'].every((part) => row[part] === after[part]);
    const allowed = reached && (same || fits(after));
    if (allowed) rows.set(id, after);
    return { role, member, wait, allowed, call: `updateBooking(${id}, ${input(blank, shown)})` };
  };
});

holds('stock is never below nothing', 'stock', `
let none = { product = null; pieces = null; direction = null };
as("owner", "owner");
for (name in ["Bolt", "Nut"].values()) ignore await app.createProduct({ name = ?name; price = null });`, () => {
  const blank = { name: 'none' };
  const rows = new Map();
  let next = 1;
  const left = (product) => [...rows.values()].reduce(
    (sum, row) => sum + (row.product !== product ? 0 : row.direction === 'leaves' ? -row.pieces : row.pieces), 0);
  const enough = () => left(1) >= 0 && left(2) >= 0;
  return ({ below, one }) => {
    const [role, member] = one([['owner', 'owner'], ['worker', 'w'], ['visitor', '']]);
    const act = one(['create', 'create', 'update', 'delete']);
    const values = { product: 1 + below(2), pieces: below(9), direction: one(['arrives', 'leaves']) };
    const id = act === 'create' ? next : 1 + below(next);
    const before = rows.get(id);
    let allowed = role !== 'visitor' && (act === 'create' || before !== undefined);
    if (allowed) {
      if (act === 'delete') rows.delete(id); else rows.set(id, values);
      if (!enough()) {
        allowed = false;
        if (before) rows.set(id, before); else rows.delete(id);
      } else if (act === 'create') next += 1;
    }
    const call = { create: `createMove(${input(blank, values)})`, update: `updateMove(${id}, ${input(blank, values)})`, delete: `deleteMove(${id})` };
    return { role, member, allowed, call: call[act] };
  };
});

holds('portions never weigh more than their batch, whoever changes what', 'stock', `
let none = { batch = null; weight = null };
as("owner", "owner");
for (name in ["A", "B"].values()) ignore await app.createBatch({ name = ?name; weight = ??1_000 });`, () => {
  const blank = { name: 'none' };
  const rows = new Map();
  const limits = { 1: 1_000, 2: 1_000 };
  let next = 1;
  const taken = (batch) => [...rows.values()].reduce((sum, row) => sum + (row.batch === batch ? row.weight : 0), 0);
  const room = () => taken(1) <= limits[1] && taken(2) <= limits[2];
  return ({ below, one }) => {
    const [role, member] = one([['owner', 'owner'], ['worker', 'w']]);
    const act = one(['create', 'create', 'update', 'delete', 'limit']);
    if (act === 'limit') {
      const [batch, weight] = [1 + below(2), 200 * below(8)];
      const allowed = role === 'owner' && weight >= taken(batch);
      if (allowed) limits[batch] = weight;
      return { role, member, allowed, call: `updateBatch(${batch}, { name = null; weight = ??${weight} })` };
    }
    const values = { batch: 1 + below(2), weight: 100 * below(8) };
    const id = act === 'create' ? next : 1 + below(next);
    const before = rows.get(id);
    let allowed = act === 'create' || before !== undefined;
    if (allowed) {
      if (act === 'delete') rows.delete(id); else rows.set(id, values);
      allowed = room();
      if (!allowed) before ? rows.set(id, before) : rows.delete(id);
      else if (act === 'create') next += 1;
    }
    const call = { create: `createPortion(${input(blank, values)})`, update: `updatePortion(${id}, ${input(blank, values)})`, delete: `deletePortion(${id})` };
    return { role, member, allowed, call: call[act] };
  };
});

holds('loans go by their steps, and a tool is with one neighbour at a time', 'lending', `
let none = { tool = null; state = null; remark = null };
for (member in ["ann", "ben"].values()) { as("neighbour", member); ignore await app.createTool({ name = ?member; published = ??true }) };`, () => {
  const blank = { name: 'none' };
  const keepers = { 1: 'ann', 2: 'ben' };
  const rows = new Map();
  let next = 1;
  const may = (role, member, row, to) => ({
    'asked lent': role === 'neighbour' && keepers[row.tool] === member,
    'asked refused': role === 'owner' || keepers[row.tool] === member,
    'lent returned': role === 'neighbour' && row.member === member,
  })[`${row.state} ${to}`] ?? row.state === to;
  const busy = (row, to) => to === 'lent' && row.state !== 'lent'
    && [...rows.values()].some((other) => other.id !== row.id && other.tool === row.tool && other.state === 'lent');
  return ({ below, one }) => {
    const [role, member] = one([['owner', 'owner'], ['neighbour', 'ann'], ['neighbour', 'ben'], ['neighbour', 'cy'], ['visitor', '']]);
    const act = one(['create', 'update', 'update', 'update', 'update', 'delete']);
    const state = one(['asked', 'lent', 'returned', 'refused']);
    if (act === 'create') {
      const [tool, allowed] = [1 + below(2), role !== 'visitor'];
      if (allowed) rows.set(next, { id: next++, member, tool, state: 'asked' });
      return { role, member, allowed, call: `createLoan(${input(blank, { tool, state })})` };
    }
    const id = 1 + below(next);
    const row = rows.get(id);
    const reached = row !== undefined && (role === 'owner' || (role === 'neighbour' && (row.member === member || keepers[row.tool] === member)));
    if (act === 'delete') {
      if (reached) rows.delete(id);
      return { role, member, allowed: reached, call: `deleteLoan(${id})` };
    }
    const allowed = reached && may(role, member, row, state) && !busy(row, state);
    if (allowed) row.state = state;
    return { role, member, allowed, call: `updateLoan(${id}, ${input(blank, { state })})` };
  };
});

holds('purchases are approved by enough people only', 'lending', 'let none = { what = null; state = null };', () => {
  const purchases = new Map();
  const votes = new Map();
  let [nextPurchase, nextVote] = [1, 1];
  const people = (id) => new Set([...votes.values()].filter((vote) => vote.purchase === id).map((vote) => vote.member)).size;
  return ({ below, one }) => {
    const [role, member] = one([['owner', 'owner'], ['neighbour', 'ann'], ['neighbour', 'ben'], ['visitor', '']]);
    const inside = role !== 'visitor';
    const act = one(['propose', 'vote', 'vote', 'withdraw', 'approve', 'approve', 'reopen']);
    const id = 1 + below(nextPurchase);
    if (act === 'propose') {
      if (inside) purchases.set(nextPurchase++, 'proposed');
      return { role, member, allowed: inside, call: 'createPurchase({ none with what = ?"Ladder" })' };
    }
    if (act === 'vote') {
      const allowed = inside && purchases.has(id);
      if (allowed) votes.set(nextVote++, { purchase: id, member });
      return { role, member, allowed, call: `createVote({ purchase = ??${id} })` };
    }
    if (act === 'withdraw') {
      const vote = 1 + below(nextVote);
      const allowed = votes.has(vote) && (role === 'owner' || (inside && votes.get(vote).member === member));
      if (allowed) votes.delete(vote);
      return { role, member, allowed, call: `deleteVote(${vote})` };
    }
    const state = act === 'approve' ? 'approved' : 'proposed';
    const enough = state === 'proposed' || purchases.get(id) === 'approved' || people(id) >= 2;
    const allowed = inside && purchases.has(id) && enough;
    if (allowed) purchases.set(id, state);
    return { role, member, allowed, call: `updatePurchase(${id}, { none with state = ??"${state}" })` };
  };
});

holds('what was sent stays, but for whether it is paid', 'stock', `
let none = { serial = null; product = null; price = null; customer = null; sent = null; paid = null };
as("owner", "owner"); ignore await app.createProduct({ name = ?"Bolt"; price = ??100 });`, () => {
  const blank = { name: 'none', title: 'customer' };
  const rows = new Map();
  let next = 1;
  return ({ below, one }) => {
    const [role, member] = one([['owner', 'owner'], ['worker', 'w'], ['visitor', '']]);
    const act = one(['create', 'create', 'update', 'update', 'update', 'delete']);
    const id = act === 'create' ? next : 1 + below(next);
    const row = rows.get(id);
    const allowedTo = role !== 'visitor' && (act === 'create' || row !== undefined);
    if (act === 'create') {
      if (allowedTo) rows.set(next++, { customer: 'Ada', sent: false });
      return { role, member, allowed: allowedTo, call: `createInvoice(${input(blank, { customer: 'Ada', product: 1, sent: false, serial: 9 })})` };
    }
    if (act === 'delete') {
      const allowed = allowedTo && !row.sent;
      if (allowed) rows.delete(id);
      return { role, member, allowed, call: `deleteInvoice(${id})` };
    }
    const change = one([{ paid: true }, { paid: false }, { customer: one(['Ada', 'Eve']) }, { sent: true }, { sent: false }]);
    const touches = row !== undefined && Object.entries(change).some(([part, value]) => part !== 'paid' && row[part] !== value);
    const allowed = allowedTo && !(row.sent && touches);
    if (allowed) Object.assign(row, change);
    return { role, member, allowed, call: `updateInvoice(${id}, ${input(blank, change)})` };
  };
});
