/** Orders for a day: generated backends take no more for it than is made, and none too late. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiled, generate, played, spec } from './support.mjs';

/** What each call came to: `ok`, or the sentence with which it was refused. The play begins on Tuesday 1 January 2030. */
function told(app, script) {
  return played(generate(app), `func tell<T>(result : { #ok : T; #err : Text }) { say(switch result { case (#ok _) "ok"; case (#err sentence) sentence }) };\n${script}`);
}

const BAKERY = `
let breadOf = { name = null; price = null; perDay = null };
let orderOf = { bread = null; quantity = null; pickUp = null; price = null; name = ?"Ana"; email = null; state = null };
func order(bread : Nat, quantity : Int, day : Text) : { bread : ??Nat; quantity : ??Int; pickUp : ??Text; price : ??Int; name : ?Text; email : ??Text; state : ??Text } {
  { orderOf with bread = ??bread; quantity = ??quantity; pickUp = ??day }
};
as("owner", "owner");
ignore await app.createBread({ breadOf with name = ?"Rye"; price = ??400; perDay = ??6 });
ignore await app.createBread({ breadOf with name = ?"Spelt"; price = ??500 });
as("visitor", "ana");`;

test('what is ordered for a day never exceeds what is made, of all and of each', () => {
  const said = told(spec('bakery'), `${BAKERY}
tell(await app.createOrder(order(1, 7, "2030-01-02")));
tell(await app.createOrder(order(1, 6, "2030-01-02")));
tell(await app.createOrder(order(1, 1, "2030-01-02")));
tell(await app.createOrder(order(2, 5, "2030-01-02")));
tell(await app.createOrder(order(2, 4, "2030-01-02")));
tell(await app.createOrder(order(1, 6, "2030-01-03")));
as("owner", "owner");
tell(await app.updateOrder(1, { orderOf with state = ??"cancelled" }));
tell(await app.createOrder(order(2, 6, "2030-01-02")));
tell(await app.updateOrder(3, order(1, 6, "2030-01-02")));
tell(await app.updateOrder(3, order(1, 5, "2030-01-03")));
tell(await app.updateBread(1, { breadOf with perDay = ??4 }));
tell(await app.updateOrder(3, order(1, 6, "2030-01-03")));
tell(await app.updateOrder(3, order(1, 4, "2030-01-03")));`);
  assert.deepEqual(said, [
    'Rye, 2030-01-02: 6 of 6 left (Pick-up day). That is not enough.',
    'ok',
    'Rye, 2030-01-02: 0 of 6 left (Pick-up day). That is not enough.',
    '2030-01-02: 4 of 10 left (Pick-up day). That is not enough.',
    'ok',
    'ok',
    'ok',
    'ok',
    '2030-01-02: 0 of 10 left (Pick-up day). That is not enough.',
    'ok',
    'ok',
    'Rye, 2030-01-03: 4 of 4 left (Pick-up day). That is not enough.',
    'ok',
  ]);
});

test('a day is chosen in time, and only one on which it is open; the owner may be late', () => {
  const said = told(spec('bakery'), `${BAKERY}
let late = "It is too late for this “Pick-up day”. Choose a later one.";
func short(result : { #ok : Any; #err : Text }) { say(switch result { case (#ok _) "ok"; case (#err sentence) if (sentence == late) "late" else sentence }) };
short(await app.createOrder(order(1, 1, "2029-12-31")));
short(await app.createOrder(order(1, 1, "2030-01-01")));
short(await app.createOrder(order(1, 1, "2030-01-02")));
wait(60 * 18 - 1);
short(await app.createOrder(order(1, 1, "2030-01-02")));
wait(1);
short(await app.createOrder(order(1, 1, "2030-01-02")));
short(await app.createOrder(order(1, 1, "2030-01-03")));
short(await app.createOrder(order(1, 1, "2030-01-07")));
short(await app.updateOrder(1, { orderOf with state = ??"cancelled" }));
as("owner", "owner");
short(await app.createOrder(order(1, 1, "2030-01-01")));`);
  assert.deepEqual(said, ['late', 'late', 'ok', 'ok', 'late', 'ok', 'It is closed then.', 'ok', 'ok']);
});

/** A cart whose orders are for a day. */
function cart() {
  const app = spec('cart');
  const order = app.entities.find(({ id }) => id === 'order');
  order.fields.push({ id: 'pickUp', label: 'Pick-up day', kind: { type: 'date' }, required: true });
  const counted = { field: 'state', values: ['ordered', 'paid', 'shipped'] };
  app.rules = app.rules.filter(({ type }) => type !== 'capacity');
  app.rules.push({ type: 'daily', entity: 'orderLine', day: 'pickUp', most: 10, weight: 'quantity', only_if: counted, via: 'order' });
  return app;
}

const CART = `
let candleOf = { name = null; price = null; stock = null };
let orderOf = { number = null; name = ?"Ana"; email = null; state = null; pickUp = null };
func on(day : Text) : { number : ??Int; name : ?Text; email : ??Text; state : ??Text; pickUp : ??Text } { { orderOf with pickUp = ??day } };
func line(candle : Nat, quantity : Int) : { order : ??Nat; candle : ??Nat; quantity : ??Int; price : ??Int; amount : ??Int } {
  { order = null; candle = ??candle; quantity = ??quantity; price = null; amount = null }
};
as("owner", "owner");
ignore await app.createCandle({ candleOf with name = ?"Beeswax"; price = ??250 });
ignore await app.createCandle({ candleOf with name = ?"Soy"; price = ??400 });`;

test('the lines of an order count for its day, and go with it only where there is room', () => {
  const said = told(cart(), `${CART}
as("visitor", "ana");
tell(await app.createOrderWithOrderLines(on("2030-01-02"), [line(1, 6), line(2, 5)]));
tell(await app.createOrderWithOrderLines(on("2030-01-02"), [line(1, 3), line(2, 4)]));
tell(await app.createOrderWithOrderLines(on("2030-01-02"), [line(1, 4)]));
tell(await app.createOrderWithOrderLines(on("2030-01-03"), [line(1, 2), line(2, 2)]));
as("owner", "owner");
tell(await app.updateOrder(2, on("2030-01-02")));
tell(await app.updateOrder(1, { orderOf with state = ??"cancelled" }));
tell(await app.updateOrder(2, on("2030-01-02")));`);
  assert.deepEqual(said, [
    '2030-01-02: 4 of 10 left (Pick-up day). That is not enough.',
    'ok',
    '2030-01-02: 3 of 10 left (Pick-up day). That is not enough.',
    'ok',
    '2030-01-02: 3 of 10 left (Pick-up day). That is not enough.',
    'ok',
    'ok',
  ]);
});

test('whatever is ordered, moved, cancelled and taken back, no day takes more than it may', () => {
  const script = (make, sum) => `
var seed = 7;
func next(most : Nat) : Nat { seed := (seed * 1_103_515_245 + 12_345) % 2_147_483_648; seed / 65_536 % most };
var turn = 0;
var taken = 0;
while (turn < 60) {
  as("owner", "owner");
  let day = if (next(2) == 0) "2030-01-02" else "2030-01-03";
  ${make}
  for (day in ["2030-01-02", "2030-01-03"].values()) {
    var all : Int = 0;
    ${sum}
    if (all > 10) say("too many");
    if (all > 7) taken += 1;
  };
  turn += 1;
};
say(if (taken > 20) "full days" else "idle");`;
  const state = 'switch (next(5)) { case 0 ??"cancelled"; case 1 ??"ordered"; case _ null }';
  const single = script(
    `if (next(3) < 2) ignore await app.createOrder(order(next(2) + 1, next(4) + 1, day))
     else ignore await app.updateOrder(next(turn + 1) + 1, { order(next(2) + 1, next(6) + 1, day) with state = ${state} });`,
    `var rye : Int = 0;
     for (one in (await app.listOrders(null)).values()) {
       let count = switch (one.quantity) { case (?count) count; case null 0 };
       if (one.pickUp == ?day and one.state != ?"cancelled") { all += count; if (one.bread == ?1) rye += count };
     };
     if (rye > 6) say("too much rye");`,
  );
  const lines = script(
    `if (next(3) < 2) ignore await app.createOrderWithOrderLines(on(day), [line(1, next(3) + 1), line(2, next(3) + 1)])
     else ignore await app.updateOrder(next(turn + 1) + 1, { on(day) with state = ${state} });`,
    `for (one in (await app.listOrders(null)).values()) {
       for (part in (await app.listOrderLines(null)).values()) {
         let count = switch (part.quantity) { case (?count) count; case null 0 };
         if (part.order == ?one.id and one.pickUp == ?day and one.state != ?"cancelled") all += count;
       };
     };`,
  );
  // What was cancelled may be taken back, so that it comes to count again.
  const free = (app) => {
    app.rules.find(({ type }) => type === 'steps').steps.push({ from: 'cancelled', to: 'ordered' });
    return app;
  };
  assert.deepEqual(told(free(spec('bakery')), BAKERY + single), ['full days']);
  assert.deepEqual(told(free(cart()), CART + lines), ['full days']);
});

test('what a rule of days needs is archived: the rule rests, the rest still compiles', () => {
  for (const [entity, field] of [['order', 'quantity'], ['order', 'pickUp'], ['bread', 'perDay']]) {
    const app = spec('bakery');
    app.entities.find(({ id }) => id === entity).fields.find(({ id }) => id === field).archived = true;
    assert.deepEqual(compiled(generate(app)).diagnostics, [], field);
  }
});

test('what is over counts no more towards what a person may have', () => {
  const app = spec('bakery');
  app.rules = app.rules.filter(({ type }) => !['daily', 'open'].includes(type));
  app.rules.push({ type: 'atMost', entity: 'order', most: 2, until: 'pickUp' });
  const said = told(app, `${BAKERY}
tell(await app.createOrder(order(1, 1, "2030-01-02")));
tell(await app.createOrder(order(1, 1, "2030-01-03")));
tell(await app.createOrder(order(1, 1, "2030-01-04")));
wait(60 * 48 - 1);
tell(await app.createOrder(order(1, 1, "2030-01-05")));
wait(1);
tell(await app.createOrder(order(1, 1, "2030-01-05")));
tell(await app.createOrder(order(1, 1, "2030-01-05")));`);
  assert.deepEqual(said.map((sentence) => sentence === 'ok'), [true, true, false, false, true, false]);
});
