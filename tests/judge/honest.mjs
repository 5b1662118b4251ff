/**
 * Versions that only look dangerous, besides the hundred changes: refactors, moves, narrowing, growth. None may be
 * refused; what merely asks is counted, with the gate's words.
 */
import { arrayRows, declared, linkedRows, listRows, mapRows, method, ownersOnly, pureRows, signedIn, variable } from './lib/edit.mjs';

const importing = (name) => ['import Runtime', `import ${name} "mo:core/${name}";\nimport Runtime`];
const ownerOnly = 'if ((await Platform.registry.standing(caller)).role != Platform.owner)';
/** A variable under another name, everywhere in the program. */
const renamed = (from, to, places) => places.map((place) => [place, place.replace(from, to)]);
const moved = (name, type) => variable(name, type, type, `old.${name}`);

export const honest = [
  {
    app: 'gym', name: 'a variable under a new name, with its data',
    change: {
      main: renamed('clients', 'customers', ['let clients =', 'clients.add(client', 'clients.values()', 'clients.remove']),
      migrate: [
        variable('clients', 'Map.Map<Principal, Old.Client>', null),
        variable('customers', null, 'Map.Map<Principal, New.Client>', 'old.clients'),
      ],
    },
  },
  {
    app: 'rentals', name: 'a field under a new name, with its values',
    change: {
      types: [['rent : Nat', 'price : Nat']],
      main: [['rent = 500', 'price = 500'], ['home.rent', 'home.price']],
      migrate: [mapRows('homes', 'Nat', 'Home', '{ row with price = row.rent }')],
    },
  },
  {
    app: 'wedding', name: 'a mutable map becomes an immutable one',
    change: {
      main: [
        ['import Runtime', 'import PureMap "mo:core/pure/Map";\nimport Runtime'],
        ['let tables = Map.empty<Nat, Table>()', 'var tables = PureMap.empty<Nat, Table>()'],
        ['tables.add(i, {', 'tables := tables.add(i, {'],
      ],
      migrate: [
        variable('tables', 'Map.Map<Nat, Old.Table>', null),
        variable('tables', null, 'PureMap.Map<Nat, New.Table>', 'PureMap.fromIter<Nat, New.Table>(Map.entries(old.tables), Nat.compare)', true),
      ],
    },
  },
  {
    app: 'ledger', name: 'an array becomes a list',
    change: {
      main: [
        ['import Runtime', 'import List "mo:core/List";\nimport Runtime'],
        ['var entries : [Entry] = [];', 'let entries = List.empty<Entry>();'],
        ['entries := Array.tabulate(n, func i = {', 'for (i in Nat.range(0, n)) entries.add({'],
      ],
      migrate: [
        variable('entries', '[Old.Entry]', null, '', true),
        variable('entries', null, 'List.List<New.Entry>', 'List.fromArray<New.Entry>(old.entries)'),
      ],
    },
  },
  {
    app: 'inventory', name: 'a list becomes an array, in the same order',
    change: {
      main: [
        ['import Runtime', 'import Array "mo:core/Array";\nimport Runtime'],
        ['let moves = List.empty<Move>();', 'var moves : [Move] = [];'],
        ['moves.add({ sku; pieces = if (i % 2 == 0) i % 50 else -(i % 50 : Int); why = if (i % 2 == 0) #bought else if (i % 3 == 0) #lost("rust") else #sold })',
          'moves := moves.concat([{ sku; pieces = if (i % 2 == 0) i % 50 else -(i % 50 : Int); why = if (i % 2 == 0) #bought else if (i % 3 == 0) #lost("rust") else #sold }])'],
        ['moves.add({ sku; pieces; why = #sold })', 'moves := moves.concat([{ sku; pieces; why = #sold }])'],
      ],
      migrate: [
        variable('moves', 'List.List<Old.Move>', null),
        variable('moves', null, '[New.Move]', 'List.toArray<Old.Move>(old.moves)', true),
      ],
    },
  },
  {
    app: 'library', name: 'a list is put in another order',
    change: {
      migrate: [variable('loans', 'List.List<Old.Loan>', 'List.List<New.Loan>',
        'List.fromIter<New.Loan>(List.reverseValues(old.loans))')],
    },
  },
  { app: 'crm', name: 'a migration that only copies', change: { migrate: [mapRows('deals', 'Nat', 'Deal', 'row')] } },
  {
    app: 'shop', name: 'declarations and methods in another order',
    change: { main: [['  let orders = Map.empty<Nat, Order>();\n  let products = Map.empty<Text, Product>();', '  let products = Map.empty<Text, Product>();\n  let orders = Map.empty<Nat, Order>();']] },
  },
  {
    app: 'blog', name: 'a method split into two helpers',
    change: {
      main: [
        ['let ?post = posts.get(slug) else return null;\n    if (post.state == #draft) null else ?post.body;', 'shown(slug);'],
        declared(`  func found(slug : Text) : ?Post { posts.get(slug) };
  func shown(slug : Text) : ?Text { let ?post = found(slug) else return null; if (post.state == #draft) null else ?post.body };`),
      ],
    },
  },
  {
    app: 'tournament', name: 'a loop written as recursion, answers the same',
    change: {
      main: [['case (#match { left; right; score }) played(left) + played(right) + (if (score == null) 0 else 1);', `case (#match { left; right; score }) {
        let own = switch score { case null 0; case (?_) 1 };
        own + played(right) + played(left);
      };`]],
    },
  },
  {
    app: 'bookings', name: 'a role of its own for trainees, who may do nothing yet',
    change: {
      main: [declared(`  let trainees = Set.empty<Principal>();
  public shared func train(person : Principal) : async () { owner<system>(); trainees.add(person) };`)],
    },
  },
  { app: 'clinic', name: 'doctors can be dismissed', change: { main: [method('  public shared func dismiss(person : Principal) : async () { owner<system>(); doctors.remove(person) };')] } },
  { app: 'school', name: 'the number of pupils is for the head alone', change: { main: [ownersOnly('size() : async Nat', '0')] } },
  { app: 'volunteers', name: 'the plan is for who is signed in', change: { main: [['import Runtime', 'import Principal "mo:core/Principal";\nimport Runtime'], signedIn('plan() : async [(Text, Int)]', '[]')] } },
  {
    app: 'library', name: 'librarians no longer lend, the head alone does',
    change: { main: [['    if (not librarians.contains(caller)) owner<system>();\n    loans.add', '    owner<system>();\n    loans.add'], ['public shared ({ caller }) func lend', 'public shared func lend']] },
  },
  {
    app: 'sensors', name: 'an empty variable that nothing uses is deleted',
    change: {
      main: [
        ['  let devices = Set.empty<Principal>();\n', ''],
        ['    owner<system>();\n    devices.add(device);', '    owner<system>();\n    ignore device;'],
        ['    if (not devices.contains(caller)) owner<system>();\n', '    ignore caller;\n    owner<system>();\n'],
      ],
      migrate: [variable('devices', 'Set.Set<Principal>', null)],
    },
  },
  { app: 'rentals', name: 'a number that may now be negative', change: { main: [['var agencyFee : Nat', 'var agencyFee : Int'], ['{ agencyFee }', '{ Int.abs(agencyFee) }']] } },
  {
    app: 'wedding', name: 'another choice of meal',
    change: { types: [['#vegetarian };', '#vegetarian; #vegan };']], migrate: [mapRows('guests', 'Nat', 'Guest', 'row')] },
  },
  {
    app: 'polls', name: 'another state',
    change: {
      types: [['closed : Bool; ends : Int }', 'closed : Bool; ends : Int; hidden : Bool }']],
      main: [['ends = 1_700_000_000 + i', 'ends = 1_700_000_000 + i; hidden = false']],
      migrate: [mapRows('polls', 'Nat', 'Poll', '{ row with hidden = row.closed }')],
    },
  },
  {
    app: 'shop', name: 'a timer that only counts',
    change: { main: [importing('Timer'), declared('  var hours = 0;\n  ignore Timer.recurringTimer<system>(#seconds 3_600, func() : async () { hours += 1 });')] },
  },
  {
    app: 'chat', name: 'a timer that writes a greeting each day',
    change: {
      main: [importing('Timer'), declared(`  var greetings = List.empty<Text>();
  ignore Timer.recurringTimer<system>(#seconds 86_400, func() : async () { greetings.add("Good morning") });`)],
    },
  },
  {
    app: 'polls', name: 'polls that ran out are closed by a timer, as they should be',
    change: {
      main: [importing('Timer'), importing('Time'), declared(`  ignore Timer.recurringTimer<system>(#seconds 3_600, func() : async () {
    for ((id, poll) in polls.entries().toArray().values()) if (poll.ends * 1_000_000_000 < Time.now() - 400 * 365 * 86_400_000_000_000) polls.add(id, { poll with closed = true });
  });`)],
    },
  },
  {
    app: 'crm', name: 'a total that is kept instead of summed each time',
    change: {
      main: [declared(`  transient let total = do { var sum = 0; for (deal in deals.values()) if (deal.stage == #won) sum += deal.euros; sum };
  public composite query ({ caller }) func wonAtStart() : async Nat { ${ownerOnly} return 0; total };`)],
    },
  },
  {
    app: 'ledger', name: 'balances worked out again from the entries',
    change: {
      prelude: `  func sums(entries : [Old.Entry]) : Map.Map<Text, Int> {
    let balances = Map.empty<Text, Int>();
    for (entry in entries.values()) {
      let before = switch (Map.get(balances, Text.compare, entry.by)) { case (?sum) sum; case null 0 };
      Map.add(balances, Text.compare, entry.by, before + entry.cents);
    };
    balances;
  };
`,
      migrate: [
        variable('balances', 'Map.Map<Text, Int>', 'Map.Map<Text, Int>', 'sums(old.entries)'),
        variable('entries', '[Old.Entry]', '[New.Entry]', 'old.entries', true),
      ],
    },
  },
  {
    app: 'recipes', name: 'who likes a recipe is kept the other way round as well',
    change: {
      main: [['let favourites =', 'let fansOf = Map.empty<Nat, [Principal]>();\n  let favourites =']],
      prelude: `  func turned(favourites : Map.Map<Principal, Set.Set<Nat>>) : Map.Map<Nat, [Principal]> {
    let fans = Map.empty<Nat, [Principal]>();
    for ((who, liked) in Map.entries(favourites)) for (id in Set.values(liked)) {
      let before = switch (Map.get(fans, Nat.compare, id)) { case (?all) all; case null [] };
      Map.add(fans, Nat.compare, id, Array.concat<Principal>(before, [who]));
    };
    fans;
  };
`,
      migrate: [
        moved('favourites', 'Map.Map<Principal, Set.Set<Nat>>'),
        variable('fansOf', null, 'Map.Map<Nat, [Principal]>', 'turned(old.favourites)'),
      ],
    },
  },
  {
    app: 'volunteers', name: 'emails gain a default skill list where there was none',
    change: { migrate: [mapRows('people', 'Text', 'Person', 'if (row.skills.size() == 0) { { row with skills = ["anything"] } } else row')] },
  },
  {
    app: 'inventory', name: 'a second price for dealers',
    change: {
      types: [['price : Nat }', 'price : Nat; dealer : Nat }']], main: [['price = 10 + i', 'price = 10 + i; dealer = 9 + i']],
      migrate: [pureRows('stock', 'Text', 'Item', '{ row with dealer = row.price - row.price / 10 }')],
    },
  },
  {
    app: 'tickets', name: 'tickets get a number that people can read',
    change: {
      types: [['title : Text;', 'title : Text; number : Text;']], main: [['title = Sample.pick', 'number = "T-" # i.toText();\n        title = Sample.pick']],
      migrate: [mapRows('tickets', 'Nat', 'Ticket', '{ row with number = "T-" # Nat.toText(key); var status = row.status; var log = row.log; var assignee = row.assignee }')],
    },
  },
  {
    app: 'school', name: 'guardians may have an email',
    change: {
      types: [['guardian : { name : Text; phone : Text }', 'guardian : { name : Text; phone : Text; email : ?Text }']],
      main: [['phone = "0" # Sample.mix(i).toText() }', 'phone = "0" # Sample.mix(i).toText(); email = null }']],
      migrate: [mapRows('pupils', 'Nat', 'Pupil', '{ row with guardian = { row.guardian with email = null } }')],
    },
  },
  {
    app: 'rentals', name: 'leases have an end worked out from their start',
    change: {
      types: [['months : Nat;', 'months : Nat; until : Int;']],
      main: [['months = 6 + k;', 'months = 6 + k; until = 0;'], ['months = 12;', 'months = 12; until = 0;']],
      migrate: [mapRows('homes', 'Nat', 'Home', '{ row with leases = PureList.map<Old.Lease, New.Lease>(row.leases, func one = { one with until = one.from + one.months * 2_592_000 }) }')],
    },
  },
  {
    app: 'volunteers', name: 'shifts carry their length in hours too',
    change: {
      types: [['minutes : Nat }', 'minutes : Nat; hours : Nat }']], main: [['minutes = 60 + i', 'minutes = 60 + i; hours = 1 + i / 60']],
      migrate: [linkedRows('shifts', 'Shift', '{ row with hours = row.minutes / 60 }')],
    },
  },
  {
    app: 'gym', name: 'classes get a length',
    change: {
      types: [['places : Nat }', 'places : Nat; minutes : Nat }']], main: [['places = 8 + i % 5', 'places = 8 + i % 5; minutes = 60']],
      migrate: [arrayRows('classes', 'Class', '{ row with minutes = 60 }')],
    },
  },
  {
    app: 'club', name: 'fees get a running number',
    change: {
      types: [['at : Int };', 'at : Int; number : Nat };']], main: [['at = 1_690_000_000 + i', 'at = 1_690_000_000 + i; number = i']],
      prelude: '', migrate: [listRows('fees', 'Fee', '{ row with number = row.cents - 2_500 }')],
    },
  },
  {
    app: 'sensors', name: 'a place for what sensors say of themselves, empty at first',
    change: { main: [declared('  let remarks = Map.empty<Text, [Text]>();\n  public shared func remark(id : Text, text : Text) : async () { owner<system>(); remarks.add(id, [text]) };')] },
  },
  { app: 'tournament', name: 'one more rule can be written down', change: { main: [method('  public shared func rule(at : Nat, text : Text) : async () { owner<system>(); rules[at] := text };')] } },
  { app: 'blog', name: 'how many posts there are, of those that everybody sees', change: { main: [method('  public query func size() : async Nat { posts.values().filter(func post = post.state != #draft).size() };')] } },
  { app: 'shop', name: 'how many products there are, which the catalogue shows anyway', change: { main: [method('  public query func variety() : async Nat { products.size() };')] } },
  { app: 'wedding', name: 'the couple sees who has not answered', change: { main: [method(`  public composite query ({ caller }) func silent() : async [Text] {
    ${ownerOnly} return [];
    guests.values().filter(func guest = guest.reply == #unknown).map(func guest = guest.name).toArray();
  };`)] } },
  { app: 'clinic', name: 'the clinic lists who has allergies', change: { main: [method(`  public composite query ({ caller }) func allergic() : async [Text] {
    ${ownerOnly} return [];
    patients.values().filter(func patient = patient.allergies.size() > 0).map(func patient = patient.name).toArray();
  };`)] } },
  { app: 'chat', name: 'who is in a room can leave it', change: { main: [method(`  public shared ({ caller }) func leave(room : Text) : async () {
    let ?inside = members.get(room) else Runtime.trap("no such room");
    inside.remove(caller);
  };`)] } },
  { app: 'polls', name: 'a vote can be taken back by who cast it', change: { main: [method(`  public shared ({ caller }) func withdraw(id : Nat) : async () {
    let ?own = votes.get(id) else Runtime.trap("no such poll");
    own.remove(caller);
  };`)] } },
  { app: 'gym', name: 'a client gives up a class', change: { main: [method(`  public shared ({ caller }) func giveUp(id : Nat) : async () {
    let ?own = taken.get(caller) else Runtime.trap("not a client");
    own.remove(id);
  };`)] } },
  {
    app: 'bookings', name: 'hours are checked before they are given free',
    change: { main: [['let ?hours = days.get(day) else Runtime.trap("nothing on that day");', 'let ?hours = days.get(day) else Runtime.trap("nothing on that day");\n    if (not hours.containsKey(hour)) Runtime.trap("nothing at that hour");']] },
  },
  {
    app: 'inventory', name: 'a movement of nothing is refused',
    change: { main: [['let ?item = stock.get(sku)', 'if (pieces == 0) Runtime.trap("nothing to move");\n    let ?item = stock.get(sku)']] },
  },
  {
    app: 'recipes', name: 'a page where there was none',
    change: { files: { 'frontend/index.html': '<!doctype html><html lang="en"><title>Recipes</title><h1>Recipes</h1></html>' } },
  },
  {
    app: 'library', name: 'a longer answer beside the short one',
    change: { main: [method('  public query func found(isbn : Text) : async ?{ title : Text; shelf : Text } { let ?book = books.get(isbn) else return null; ?{ title = book.title; shelf = book.shelf } };')] },
  },
  {
    app: 'crm', name: 'an optional argument more',
    change: { main: [['func note(id : Nat, text : Text) : async ()', 'func note(id : Nat, text : Text, urgent : ?Bool) : async ()'], ['deals.add(id, { deal with', 'ignore urgent;\n    deals.add(id, { deal with']] },
  },
  {
    app: 'tickets', name: 'events beyond a hundred thousand would be thinned out, but there are none',
    change: { main: [declared('  func thin() { for (ticket in tickets.values()) if (ticket.log.size() > 100_000) ticket.log := [] };\n  thin();')] },
  },
  {
    app: 'school', name: 'spaces around names are cut off, and there are none',
    change: { migrate: [mapRows('pupils', 'Nat', 'Pupil', "{ row with name = Text.trim(row.name, #char ' ') }")] },
  },
  { app: 'ledger', name: 'comments alone', change: { main: [['  var currency', '  // ISO 4217, as the bank writes it.\n  var currency']] } },
];
