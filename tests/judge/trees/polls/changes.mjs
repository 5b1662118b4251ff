/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { mapRows, ownersOnly, table, variable } from '../../lib/edit.mjs';

export const calls = ['questions()', 'cast()', 'voters(5)', 'my(5)'];

export const changes = {
  add: {
    types: [['ends : Int }', 'ends : Int; about : Text }']],
    main: [['ends = 1_700_000_000 + i', 'ends = 1_700_000_000 + i; about = ""']],
    migrate: [mapRows('polls', 'Nat', 'Poll', '{ row with about = "" }')],
    expect: (data) => table(data, 'polls', (poll) => ({ ...poll, about: '' })),
  },
  split: {
    types: [['question : Text;', 'question : Text; mark : Text;']],
    main: [
      ['question = "Shall we do " # i.toText() # "?";', 'question = "Shall we do " # i.toText(); mark = "?";'],
      ['func poll = poll.question)', 'func poll = poll.question # poll.mark)'],
    ],
    migrate: [mapRows('polls', 'Nat', 'Poll', '{ row with question = Text.trimEnd(row.question, #char \'?\'); mark = "?" }')],
    expect: (data) => table(data, 'polls', (poll) => ({ ...poll, question: poll.question.slice(0, -1), mark: '?' })),
  },
  retype: {
    types: [['closed : Bool; ends : Int', 'state : { #open; #closed }; ends : Int']],
    main: [['closed = i % 4 == 0', 'state = if (i % 4 == 0) #closed else #open'], ['poll.closed or', 'poll.state == #closed or'], ['with closed = true', 'with state = #closed']],
    migrate: [mapRows('polls', 'Nat', 'Poll', '{ row with state = if (row.closed) #closed else #open }')],
    expect: (data) => table(data, 'polls', ({ closed, ...poll }) => ({ ...poll, state: { [closed ? '#closed' : '#open']: null } })),
  },
  tighten: { main: [ownersOnly('cast() : async Nat', '0')], denied: 'cast()' },
  relate: {
    types: [['  public type Poll', '  public type Vote = { choice : Nat; weight : Nat };\n  public type Poll']],
    main: [
      ['type Poll }', 'type Poll; type Vote }'],
      ['Map.Map<Principal, Nat>>();', 'Map.Map<Principal, Vote>>();'],
      ['Map.empty<Principal, Nat>();', 'Map.empty<Principal, Vote>();'],
      ['own.add(Sample.person(i + k), k % 2)', 'own.add(Sample.person(i + k), { choice = k % 2; weight = 1 })'],
      ['else return null; own.get(caller)', 'else return null; let ?vote = own.get(caller) else return null; ?vote.choice'],
      ['own.add(caller, choice)', 'own.add(caller, { choice; weight = 1 })'],
    ],
    migrate: [variable('votes', 'Map.Map<Nat, Map.Map<Principal, Nat>>', 'Map.Map<Nat, Map.Map<Principal, New.Vote>>',
      `Map.map<Nat, Map.Map<Principal, Nat>, Map.Map<Principal, New.Vote>>(old.votes, func (_, own) =
        Map.map<Principal, Nat, New.Vote>(own, func (_, choice) = { choice; weight = 1 }))`)],
    expect: (data) => table(data, 'votes', (own) => own.map(([who, choice]) => [who, { choice, weight: '1' }])),
  },
};
