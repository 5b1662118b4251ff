/**
 * Versions that would do harm, written by hand. Each says where the gate must name the harm (`rooms`), by which words,
 * and, where that is known exactly, how many rows or values (`count`, from the data as it lies).
 */
import { declared, listRows, mapKept, mapRows, variable } from './lib/edit.mjs';

/** An edit that takes a check out of the source. */
const without = (check) => [check, ''];
const owned = 'if ((await Platform.registry.standing(caller)).role != Platform.owner) ';
const timed = (body) => [
  ['import Runtime', 'import Timer "mo:core/Timer";\nimport Runtime'],
  declared(`  ${body}`),
];

/** Steps that each take the whole over and add to it, as a chain of migrations does that nobody ever folded. */
function chain(steps) {
  const step = (n) => `  func step${n}(all : [Old.Class]) : [Old.Class] = Array.concat<Old.Class>(all, all);\n`;
  return Array.from({ length: steps }, (_, n) => step(n)).join('');
}
const chained = (steps) => Array.from({ length: steps }).reduce((inner, _, n) => `step${n}(${inner})`, 'old.classes');

export const hostile = [
  {
    app: 'wedding', name: 'a migration that empties a list',
    change: { migrate: [variable('guests', 'Map.Map<Nat, Old.Guest>', 'Map.Map<Nat, New.Guest>', 'Map.empty<Nat, New.Guest>()')] },
    rooms: ['data'], words: ['guests'], count: (data) => data.guests.length,
  },
  {
    app: 'shop', name: 'a migration that keeps the first hundred',
    change: { migrate: [mapKept('orders', 'Nat', 'Order', 'key < 100')] },
    rooms: ['data'], words: ['orders'], count: (data) => data.orders.length - 100,
  },
  {
    app: 'club', name: 'a migration that swaps two people',
    change: {
      migrate: [mapRows('members', 'Principal', 'Member', `do {
        let other = if (key == Sample.person(3)) Sample.person(4) else if (key == Sample.person(4)) Sample.person(3) else key;
        switch (Map.get(old.members, Principal.compare, other)) { case (?found) found; case null row };
      }`)],
    },
    rooms: ['data'], words: ['members'],
  },
  {
    app: 'library', name: 'a migration that keeps one loan a person',
    change: {
      migrate: [variable('loans', 'List.List<Old.Loan>', 'List.List<New.Loan>', `do {
        let seen = Set.empty<Principal>();
        List.filter<Old.Loan>(old.loans, func loan {
          let first = not Set.contains(seen, Principal.compare, loan.by);
          Set.add(seen, Principal.compare, loan.by);
          first;
        });
      }`)],
    },
    rooms: ['data'], words: ['loans'], count: (data) => data.loans.length - new Set(data.loans.map((loan) => loan.by)).size,
  },
  {
    app: 'recipes', name: 'a migration that gives rows new keys, so that what points at them points elsewhere',
    change: {
      migrate: [variable('recipes', 'Map.Map<Nat, Old.Recipe>', 'Map.Map<Nat, New.Recipe>',
        'Map.fromIter<Nat, New.Recipe>(Iter.map<(Nat, Old.Recipe), (Nat, New.Recipe)>(Map.entries(old.recipes), func (key, row) = ((key + 1) % Map.size(old.recipes), row)), Nat.compare)')],
    },
    rooms: ['data'], words: ['recipes'],
  },
  {
    app: 'clinic', name: 'a migration that overwrites with defaults',
    change: { migrate: [mapRows('patients', 'Nat', 'Patient', '{ row with allergies = [] }')] },
    rooms: ['data'], words: ['allergies'],
  },
  {
    app: 'crm', name: 'a migration that loses rows on a rare condition',
    change: { migrate: [mapKept('deals', 'Nat', 'Deal', 'row.euros < 980_000')] },
    rooms: ['data'], words: ['deals'], count: (data) => data.deals.filter(([, deal]) => Number(deal.euros) >= 980_000).length,
  },
  {
    app: 'tickets', name: 'a migration that keeps the count but not the values',
    change: {
      migrate: [mapRows('tickets', 'Nat', 'Ticket', '{ row with title = "Ticket " # Nat.toText(key); var status = row.status; var log = row.log; var assignee = row.assignee }')],
    },
    rooms: ['data'], words: ['title'], count: (data) => data.tickets.length,
  },
  {
    app: 'chat', name: 'a timer that empties the rooms hours later',
    change: { main: timed('ignore Timer.setTimer<system>(#seconds(3 * 3_600), func() : async () { messages.clear() });') },
    rooms: ['data'], words: ['messages'],
  },
  {
    app: 'polls', name: 'a timer that takes one away each day',
    change: {
      main: timed('ignore Timer.recurringTimer<system>(#seconds 86_400, func() : async () { switch (polls.keys().next()) { case (?id) polls.remove(id); case null {} } });'),
    },
    rooms: ['data'], words: ['polls'],
  },
  {
    app: 'blog', name: 'a variable that is declared transient',
    change: { main: [['var motto', 'transient var motto']] },
    rooms: ['data'], words: ['motto'],
  },
  {
    app: 'gym', name: 'a variable under a new name, without its data',
    change: { main: ['let clients =', 'clients.add(client', 'clients.values()', 'clients.remove'].map((text) => [text, text.replace('clients', 'customers')]) },
    rooms: ['data'], words: ['clients'],
  },
  {
    app: 'rentals', name: 'a field under a new name, with nothing in it',
    change: {
      types: [['rent : Nat', 'price : Nat']],
      main: [['rent = 500', 'price = 500'], ['home.rent', 'home.price']],
      migrate: [mapRows('homes', 'Nat', 'Home', '{ row with price = 0 }')],
    },
    rooms: ['data'], words: ['rent'], count: (data) => data.homes.length,
  },
  {
    app: 'library', name: 'a field dropped on the way, under a migration that compiles',
    change: {
      types: [['by : Principal; from : Int; back', 'by : Principal; back']],
      main: [['from = 1_650_000_000 + i; ', ''], ['from = 0; ', '']],
      migrate: [listRows('loans', 'Loan', 'row')],
    },
    rooms: ['data'], words: ['from'], count: (data) => data.loans.length,
  },
  {
    app: 'wedding', name: 'a method that shows everybody what was for the owner',
    change: { main: [[`func budget() : async [(Text, Nat)] {\n    ${owned}return [];`, 'func budget() : async [(Text, Nat)] {']] },
    rooms: ['access'], words: ['budget'],
  },
  {
    app: 'clinic', name: 'a dropped guard on a method that takes an id',
    change: { main: [without('if (not doctors.contains(caller) and (await Platform.registry.standing(caller)).role != Platform.owner) return null;')] },
    rooms: ['access'], words: ['file'],
  },
  {
    app: 'volunteers', name: 'a dropped guard on a method that changes rows',
    change: { main: [['func trust(email : Text) : async () {\n    owner<system>();', 'func trust(email : Text) : async () {']] },
    rooms: ['access'], words: ['trust'],
  },
  {
    app: 'shop', name: 'a guard that trusts an argument',
    change: {
      main: [declared(`  public query func parcelsFor(role : Text) : async [Text] {
    if (role != "owner") return [];
    orders.values().map(func order = order.address.street # ", " # order.address.city).toArray();
  };`)],
    },
    rooms: ['access'], words: ['parcels'],
  },
  {
    app: 'inventory', name: 'an update method that trusts a principal it is told',
    change: {
      main: [
        ['import Runtime', 'import Principal "mo:core/Principal";\nimport Runtime'],
        declared(`  let keepers : [Principal] = [Sample.person(1)];
  public shared func correct(who : Principal, sku : Text, pieces : Nat) : async () {
    if (keepers.find(func keeper = keeper == who) == null and not who.isAnonymous()) Runtime.trap("not a keeper");
    let ?item = stock.get(sku) else Runtime.trap("no such part");
    stock := stock.add(sku, { item with pieces });
  };`),
        ['import List', 'import Array "mo:core/Array";\nimport List'],
      ],
    },
    rooms: ['access'], words: ['correct'],
  },
  {
    app: 'bookings', name: 'a claim of ownership that can be made twice',
    change: { main: [declared('  public shared ({ caller }) func claim() : async () { if (desk.size() < 2) desk.add(caller) };')] },
    rooms: ['access'], words: ['claim'],
  },
  {
    app: 'school', name: 'the first caller becomes the head',
    change: {
      main: [declared(`  var head : ?Principal = null;
  public shared ({ caller }) func start() : async () {
    if (head == null) { head := ?caller; teachers.add(caller, "maths") };
  };`)],
    },
    rooms: ['access'], words: ['start'],
  },
  {
    app: 'ledger', name: 'a guard that is only in the page',
    change: {
      main: [['func convert(to : Text) : async () {\n    owner<system>();', 'func convert(to : Text) : async () {']],
      files: { 'frontend/index.html': '<!doctype html><title>Ledger</title><button id="convert" hidden>Convert</button><script>if (localStorage.role === "owner") document.getElementById("convert").hidden = false;</script>' },
    },
    rooms: ['access'], words: ['convert'],
  },
  {
    app: 'tournament', name: 'an upgrade that traps on the real data only',
    change: { migrate: [mapRows('teams', 'Nat', 'Team', 'if (row.paid or key < 119) row else Runtime.trap("a team that has not paid: " # row.name)')] },
    rooms: ['build'], words: ['not paid'],
  },
  {
    app: 'sensors', name: 'an upgrade that never ends',
    change: { migrate: [mapRows('sensors', 'Text', 'Sensor', 'do { var n = 0; while (n < 1 or Text.size(key) > 0) n += 1; row }')] },
    rooms: ['build'], words: ['start'],
  },
  {
    app: 'sensors', name: 'an upgrade that grows without end',
    change: { migrate: [variable('readings', 'List.List<Old.Reading>', 'List.List<New.Reading>', 'do { let all = List.clone(old.readings); while (List.size(all) > 0) List.add<New.Reading>(all, ("s1", 0, 0.0)); all }')] },
    rooms: ['build'], words: ['start'],
  },
  {
    app: 'gym', name: 'a chain of migrations that outgrows what can be installed',
    change: { prelude: chain(24), migrate: [variable('classes', '[Old.Class]', '[New.Class]', chained(24), true)] },
    rooms: ['build'], words: ['start'],
  },
  {
    app: 'ledger', name: 'a list that traps on the real data',
    change: { main: [['(entry.what, entry.cents)', '(entry.what, if (entry.cents < -1) Runtime.trap("no credits here") else entry.cents)']] },
    rooms: ['behaviour', 'data', 'access'], words: ['items'],
  },
  {
    app: 'wedding', name: 'a backend without the method that the page calls',
    change: { main: [['  public query func coming() : async Nat { guests.values().filter(func guest = guest.reply == #yes).size() };\n', '']] },
    rooms: ['interface'], words: ['coming'],
  },
  {
    app: 'blog', name: 'a page that calls what the backend does not have',
    change: {
      files: {
        'frontend/src/main.tsx':
          'import { Actor, HttpAgent } from "@icp-sdk/core/agent";\nimport { idlFactory } from "@app/backend";\n' +
          'const env = await (await fetch("/env.json")).json();\n' +
          'const rootKey = Uint8Array.from(env.root_key.match(/../g), (pair: string) => parseInt(pair, 16));\n' +
          'const agent = HttpAgent.createSync({ host: location.origin, rootKey });\n' +
          'const backend = Actor.createActor(idlFactory, { agent, canisterId: env.backend_canister_id });\n' +
          'void (backend.newest() as Promise<string[]>).then((all) => { document.body.textContent = all.join(", "); });\n',
      },
    },
    rooms: ['interface', 'behaviour', 'build'], words: ['newest'],
  },
];
