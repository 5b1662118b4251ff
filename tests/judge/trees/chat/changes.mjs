/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, ownersOnly, table, variable } from '../../lib/edit.mjs';

export const calls = ['rooms()', 'said()', 'log("hall")', 'who()', 'read("hall")'];

/** Every message of every room through `body`, which sees `row`. */
const each = (body) =>
  variable('messages', 'Map.Map<Text, List.List<Old.Message>>', 'Map.Map<Text, List.List<New.Message>>',
    'Map.map<Text, List.List<Old.Message>, List.List<New.Message>>(old.messages, func (_, said) = ' +
      `List.map<Old.Message, New.Message>(said, func row = ${body}))`);
const messages = (data, f) => table(data, 'messages', (said) => said.map(f));

export const changes = {
  add: {
    types: [['replyTo : ?Nat }', 'replyTo : ?Nat; edited : Bool }']],
    main: [['replyTo = if', 'edited = false; replyTo = if'], ['replyTo = null', 'replyTo = null; edited = false']],
    migrate: [each('{ row with edited = false }')],
    expect: (data) => messages(data, (message) => ({ ...message, edited: false })),
  },
  split: {
    main: [
      ['let nicks = Map.empty<Principal, Text>();', 'let nicks = Map.empty<Principal, { given : Text; family : Text }>();'],
      ['nicks.add(by, Sample.name(i % 60))', "nicks.add(by, { given = Sample.before(Sample.name(i % 60), ' '); family = Sample.after(Sample.name(i % 60), ' ') })"],
      ['nicks.values().toArray()', 'nicks.values().map(func nick = nick.given # " " # nick.family).toArray()'],
    ],
    migrate: [variable('nicks', 'Map.Map<Principal, Text>', 'Map.Map<Principal, { given : Text; family : Text }>',
      "Map.map<Principal, Text, { given : Text; family : Text }>(old.nicks, func (_, nick) = { given = Sample.before(nick, ' '); family = Sample.after(nick, ' ') })")],
    expect: (data) => table(data, 'nicks', (nick) => ({ given: halves(nick)[0], family: halves(nick)[1] })),
  },
  retype: {
    types: [['text : Text; at', 'body : { #text : Text; #picture : Blob }; at']],
    main: [
      ['text = "message " # i.toText()', 'body = #text("message " # i.toText())'],
      ['by = caller; text;', 'by = caller; body = #text(text);'],
      ['    said.values().map(func message = message.text).toArray();\n', '    said.values().map(shown).toArray();\n'],
      ['said.values().map(func message = message.text)', 'said.values().map(shown)'],
      declared('  func shown(message : Message) : Text { switch (message.body) { case (#text(text)) text; case (#picture _) "a picture" } };'),
    ],
    migrate: [each('{ row with body = #text(row.text) }')],
    expect: (data) => messages(data, ({ text, ...message }) => ({ ...message, body: { '#text': text } })),
  },
  tighten: { main: [ownersOnly('rooms() : async [Text]', '[]')], denied: 'rooms()' },
  relate: {
    main: [
      ['  let nicks', '  let likes = Map.empty<Text, Map.Map<Nat, Set.Set<Principal>>>();\n  let nicks'],
      declared(`  public shared ({ caller }) func like(room : Text, message : Nat) : async () {
    let (?said, ?inside) = (messages.get(room), members.get(room)) else Runtime.trap("no such room");
    if (not inside.contains(caller) or message >= said.size()) Runtime.trap("not possible");
    let liked = switch (likes.get(room)) { case (?liked) liked; case null { let liked = Map.empty<Nat, Set.Set<Principal>>(); likes.add(room, liked); liked } };
    switch (liked.get(message)) { case (?who) who.add(caller); case null liked.add(message, Set.singleton<Principal>(caller)) };
  };`),
    ],
    expect: (data) => ({ ...data, likes: [] }),
  },
};
