/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, mapRows, signedIn, table, variable } from '../../lib/edit.mjs';

export const calls = ['names()', 'results()', 'law()', 'players()', 'captainOf()'];

/** A bracket with every match through `f`. */
const matches = (bracket, f) =>
  '#team' in bracket ? bracket
  : { '#match': f({ ...bracket['#match'], left: matches(bracket['#match'].left, f), right: matches(bracket['#match'].right, f) }) };

export const changes = {
  add: {
    types: [['paid : Bool }', 'paid : Bool; colour : ?Text }']],
    main: [['paid = i', 'colour = null; paid = i']],
    migrate: [mapRows('teams', 'Nat', 'Team', '{ row with colour = null }')],
    expect: (data) => table(data, 'teams', (team) => ({ ...team, colour: null })),
  },
  split: {
    types: [['players : [Text]', 'players : [{ given : Text; family : Text }]']],
    main: [
      ['func k = Sample.name(i + k))', "func k = { given = Sample.before(Sample.name(i + k), ' '); family = Sample.after(Sample.name(i + k), ' ') })"],
      ['func team = team.players[0])', 'func team = team.players[0].given # " " # team.players[0].family)'],
    ],
    migrate: [mapRows('teams', 'Nat', 'Team', `{
        row with players = Array.map<Text, { given : Text; family : Text }>(row.players, func name = { given = Sample.before(name, ' '); family = Sample.after(name, ' ') })
      }`)],
    expect: (data) =>
      table(data, 'teams', (team) => ({ ...team, players: team.players.map((name) => ({ given: halves(name)[0], family: halves(name)[1] })) })),
  },
  retype: {
    types: [['score : ?(Nat, Nat)', 'result : { #open; #played : { left : Nat; right : Nat } }']],
    main: [
      ['score = if (until - from == 2) ?(from % 5, until % 4) else null', 'result = if (until - from == 2) #played({ left = from % 5; right = until % 4 }) else #open'],
      ['{ left; right; score }', '{ left; right; result }'],
      ['score == null', 'result == #open'],
    ],
    prelude: `  func renewed(bracket : Old.Bracket) : New.Bracket {
    switch (bracket) {
      case (#team(id)) #team(id);
      case (#match { left; right; score }) #match({
        left = renewed(left);
        right = renewed(right);
        result = switch (score) { case (?(left, right)) #played({ left; right }); case null #open };
      });
    };
  };
`,
    migrate: [variable('bracket', '?Old.Bracket', '?New.Bracket', 'switch (old.bracket) { case (?all) ?renewed(all); case null null }', true)],
    expect: (data) => ({
      ...data,
      bracket: matches(data.bracket, ({ score, ...match }) => ({
        ...match,
        result: score === null ? { '#open': null } : { '#played': { left: score[0], right: score[1] } },
      })),
    }),
  },
  tighten: { main: [signedIn('results() : async Nat', '0')], denied: 'results()' },
  relate: {
    types: [['  public type Bracket', '  public type Card = { team : Nat; colour : { #yellow; #red } };\n  public type Bracket']],
    main: [
      ['type Bracket }', 'type Bracket; type Card }'],
      declared(`  let cards = Map.empty<Nat, Card>();
  public shared func book(team : Nat) : async () {
    owner<system>();
    if (not teams.containsKey(team)) Runtime.trap("no such team");
    cards.add(cards.size(), { team; colour = #yellow });
  };`),
    ],
    expect: (data) => ({ ...data, cards: [] }),
  },
};
