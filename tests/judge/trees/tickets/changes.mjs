/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { halves, mapRows, ownersOnly, table, variable } from '../../lib/edit.mjs';

export const calls = ['open()', 'titles()', 'events()', 'mine()'];

/** A row again, with what `more` says of it: fields that change in place are not copied by `with`. */
const again = (more) => `{ row with var status = row.status; var log = row.log; var assignee = row.assignee; ${more} }`;

export const changes = {
  add: {
    types: [['urgent : Bool;', 'urgent : Bool; var due : ?Int;']],
    main: [['urgent = i % 8 == 0;', 'urgent = i % 8 == 0;\n        var due = null : ?Int;']],
    migrate: [mapRows('tickets', 'Nat', 'Ticket', again('var due = null : ?Int'))],
    expect: (data) => table(data, 'tickets', (ticket) => ({ ...ticket, due: null })),
  },
  split: {
    types: [['title : Text;', 'kind : Text; title : Text;']],
    main: [
      ['title = Sample.pick(["Printer", "Login", "Invoice"], i) # " #" # i.toText();', 'kind = Sample.pick(["Printer", "Login", "Invoice"], i); title = "#" # i.toText();'],
      ['func ticket = ticket.title).toArray();\n  };\n  public composite', 'func ticket = ticket.kind # " " # ticket.title).toArray();\n  };\n  public composite'],
      ['tickets.values().map(func ticket = ticket.title)', 'tickets.values().map(func ticket = ticket.kind # " " # ticket.title)'],
    ],
    migrate: [mapRows('tickets', 'Nat', 'Ticket', again("kind = Sample.before(row.title, ' '); title = Sample.after(row.title, ' ')"))],
    expect: (data) => table(data, 'tickets', (ticket) => ({ ...ticket, kind: halves(ticket.title)[0], title: halves(ticket.title)[1] })),
  },
  retype: {
    types: [['urgent : Bool', 'urgency : { #normal; #high }']],
    main: [['urgent = i % 8 == 0', 'urgency = if (i % 8 == 0) #high else #normal']],
    migrate: [mapRows('tickets', 'Nat', 'Ticket', again('urgency = if (row.urgent) #high else #normal'))],
    expect: (data) => table(data, 'tickets', ({ urgent, ...ticket }) => ({ ...ticket, urgency: { [urgent ? '#high' : '#normal']: null } })),
  },
  tighten: { main: [ownersOnly('events() : async Nat', '0')], denied: 'events()' },
  relate: {
    types: [['  public type Ticket', '  public type Team = { title : Text; people : [Principal] };\n  public type Ticket']],
    main: [
      ['type Ticket }', 'type Ticket; type Team }'],
      ['  let agents', '  let teams = Map.empty<Nat, Team>();\n  let agents'],
    ],
    migrate: [
      variable('tickets', 'Map.Map<Nat, Old.Ticket>', 'Map.Map<Nat, New.Ticket>', 'old.tickets'),
      variable('teams', null, 'Map.Map<Nat, New.Team>', 'Map.singleton<Nat, New.Team>(0, { title = "Everybody"; people = [] })'),
    ],
    expect: (data) => ({ ...data, teams: [['0', { title: 'Everybody', people: [] }]] }),
  },
};
