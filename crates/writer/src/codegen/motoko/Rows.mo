/// What every table of rows has in common: ids that only grow, rows that belong to a member, pages of bounded size.

import Map "mo:core/Map";
import Text "mo:core/Text";
import Platform "mo:autograph/Platform";
import Prim "mo:⛔";
import Access "Access";

module {
  /// A stored table.
  public type Rows<Row> = Map.Map<Nat, Row>;

  /// The most rows that a table may have.
  public let most = 100_000;

  /// The order of ids.
  public func compare(a : Nat, b : Nat) : { #less; #equal; #greater } {
    if (a < b) #less else if (a == b) #equal else #greater
  };

  /// Nanoseconds since 1970.
  public func now() : Int = Prim.nat64ToNat(Prim.time());

  /// The first `length` rows after the id `after` that `reach` lets through, as `view` shows them.
  public func page<Row, View>(rows : Rows<Row>, after : ?Nat, length : Nat, reach : Row -> Bool, view : Row -> View) : [View] {
    let found = Prim.Array_init<?View>(length, null);
    var size = 0;
    let first = switch after { case (?id) id + 1; case null 0 };
    label search for ((_, row) in rows.entriesFrom(compare, first)) {
      if (size == length) break search;
      if (reach(row)) {
        found[size] := ?view(row);
        size += 1;
      };
    };
    Prim.Array_tabulate<View>(size, func(index) { let ?view = found[index] else Prim.trap("a page has a hole"); view });
  };

  /// The row with this id, if `reach` lets it through.
  public func reached<Row>(rows : Rows<Row>, id : Nat, reach : Row -> Bool) : ?Row {
    let ?row = rows.get(compare, id) else return null;
    if (reach(row)) ?row else null;
  };

  /// The row to which a reference points.
  public func at<Row>(rows : Rows<Row>, id : ?Nat) : ?Row {
    let ?known = id else return null;
    rows.get(compare, known);
  };

  /// Whether the row to which a reference points is the member's own.
  public func belongs<Row <: { member : Text }>(rows : Rows<Row>, id : ?Nat, who : Platform.Standing) : Bool {
    switch (at(rows, id)) { case (?row) Access.owns(who, row.member); case null false };
  };

  /// The first reference, or the second where the first points nowhere.
  public func either(one : ?Nat, other : ?Nat) : ?Nat {
    switch one { case null other; case _ one };
  };

  /// The first row that `found` picks.
  public func find<Row>(rows : Rows<Row>, found : Row -> Bool) : ?Row {
    for (row in rows.values()) { if (found(row)) return ?row };
    null;
  };

  /// The row of this member; strangers have none. Who was added by a host is called after the row, so it is looked at
  /// first.
  public func ofMember<Row <: { member : Text }>(rows : Rows<Row>, member : Text) : ?Row {
    if (member == "") return null;
    switch (numberOf(member)) {
      case (?id) switch (rows.get(compare, id)) {
        case (?row) if (row.member == member) return ?row;
        case null {};
      };
      case null {};
    };
    find<Row>(rows, func row = row.member == member);
  };

  /// The number behind the colon of a member's id.
  func numberOf(member : Text) : ?Nat {
    var number : ?Nat = null;
    for (char in member.chars()) {
      switch number {
        case (?sum) {
          if (char < '0' or char > '9') return null;
          number := ?(sum * 10 + Prim.nat32ToNat(Prim.charToNat32(char) - 48));
        };
        case null if (char == ':') number := ?0;
      };
    };
    number;
  };

  /// Whether there is a row with this id; no id refers to nothing amiss.
  public func has<Row>(rows : Rows<Row>, id : ?Nat) : Bool {
    switch id { case (?id) rows.containsKey(compare, id); case null true };
  };

  /// How many rows `counted` picks.
  public func count<Row>(rows : Rows<Row>, counted : Row -> Bool) : Nat {
    var sum = 0;
    for (row in rows.values()) { if (counted(row)) sum += 1 };
    sum;
  };

  /// The ids of all rows.
  public func ids<Row>(rows : Rows<Row>) : [Nat] {
    let all = rows.keys();
    Prim.Array_tabulate<Nat>(rows.size(), func _ = switch (all.next()) { case (?id) id; case null Prim.trap("a table has a hole") });
  };

  /// What `value` says of the rows that refer to one, by what they refer to.
  public func grouped<Row>(rows : Rows<Row>, reference : Row -> ?Nat, value : Row -> ?Nat) : Map.Map<Nat, [Nat]> {
    let groups = Map.empty<Nat, [Nat]>();
    for (row in rows.values()) {
      switch (reference(row), value(row)) {
        case (?id, ?one) {
          let known = switch (groups.get(compare, id)) { case (?some) some; case null [] };
          groups.add(compare, id, Prim.Array_tabulate<Nat>(known.size() + 1, func at = if (at < known.size()) known[at] else one));
        };
        case _ {};
      };
    };
    groups;
  };

  /// The ids to which `share` leads.
  public func given<Row>(rows : Rows<Row>, share : Row -> ?Nat) : Map.Map<Nat, ()> {
    let found = Map.empty<Nat, ()>();
    for (row in rows.values()) {
      switch (share(row)) { case (?id) found.add(compare, id, ()); case null {} };
    };
    found;
  };

  /// Whether `id` is among those given.
  public func isGiven(given : Map.Map<Nat, ()>, id : Nat) : Bool = given.containsKey(compare, id);

  /// Those named for `id`, or the others where nobody is.
  public func namedOr(named : Map.Map<Nat, [Nat]>, id : Nat, others : [Nat]) : [Nat] {
    switch (named.get(compare, id)) { case (?some) some; case null others };
  };

  /// Adds an amount to who paid it and takes it from those who share it, the same from each; what can't be shared out
  /// evenly goes by one unit to as many, beginning elsewhere for each `turn`, so that nobody bears it always.
  public func share(balances : Map.Map<Nat, Int>, payer : Nat, amount : Int, people : [Nat], turn : Nat) {
    let many = people.size();
    if (many == 0) return;
    func move(id : Nat, by : Int) = balances.add(compare, id, owed(balances, id) + by);
    let each = amount / many;
    let rest = amount - each * many : Int;
    move(payer, amount);
    for (at in people.keys()) {
      let more = (at + many - turn % many : Nat) % many < Prim.abs(rest);
      move(people[at], -(each + (if (not more) 0 else if (rest < 0) -1 else 1)));
    };
  };

  /// What somebody is owed.
  public func owed(balances : Map.Map<Nat, Int>, id : Nat) : Int {
    switch (balances.get(compare, id)) { case (?balance) balance; case null 0 };
  };

  /// The last row that `found` picks.
  public func last<Row>(rows : Rows<Row>, found : Row -> Bool) : ?Row {
    var latest : ?Row = null;
    for (row in rows.values()) { if (found(row)) latest := ?row };
    latest;
  };

  /// The sum of what `amount` says of each row.
  public func sum<Row>(rows : Rows<Row>, amount : Row -> Int) : Int {
    var total : Int = 0;
    for (row in rows.values()) total += amount(row);
    total;
  };

  /// `each` times `count`, of which `one` is one whole; rounded to the nearest.
  public func times(each : ?Int, count : ?Int, one : Nat) : ?Int {
    let (?price, ?many) = (each, count) else return null;
    let product = price * many;
    let size = (Prim.abs(product) + one / 2) / one;
    ?(if (product < 0) -size else size);
  };

  /// The largest number that `number` finds in a row, at least 0.
  public func largest<Row>(rows : Rows<Row>, number : Row -> ?Int) : Nat {
    var found = 0;
    for (row in rows.values()) {
      switch (number(row)) { case (?value) if (value > found) found := Prim.abs(value); case null {} };
    };
    found;
  };

  /// How many people `counted` picks rows of; nobody's rows are not counted.
  public func people<Row <: { member : Text }>(rows : Rows<Row>, counted : Row -> Bool) : Nat {
    let found = Map.empty<Text, ()>();
    for (row in rows.values()) { if (row.member != "" and counted(row)) found.add(Text.compare, row.member, ()) };
    found.size();
  };

  /// How many places a number says: none below zero, `missing` where none is given.
  public func places(number : ?Int, missing : Nat) : Nat {
    switch number { case (?number) if (number > 0) Prim.abs(number) else 0; case null missing };
  };

  /// Adds `places` to what is counted for `id`.
  public func tally(counts : Map.Map<Nat, Nat>, id : Nat, places : Nat) {
    counts.add(compare, id, counted(counts, id) + places);
  };

  /// What is counted for `id`.
  public func counted(counts : Map.Map<Nat, Nat>, id : Nat) : Nat {
    switch (counts.get(compare, id)) { case (?places) places; case null 0 };
  };
};
