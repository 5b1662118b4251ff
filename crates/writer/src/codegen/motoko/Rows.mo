/// What every table of rows has in common: ids that only grow, rows that belong to a member, pages of bounded size.

import Map "mo:core/Map";
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

  /// The first `length` rows after the id `after` that `who` may reach, as `view` shows them.
  public func page<Row <: { member : Text }, View>(
    rows : Rows<Row>,
    after : ?Nat,
    length : Nat,
    scope : Access.Scope,
    who : Platform.Standing,
    view : Row -> View,
  ) : [View] {
    let found = Prim.Array_init<?View>(length, null);
    var size = 0;
    let first = switch after { case (?id) id + 1; case null 0 };
    label search for ((_, row) in rows.entriesFrom(compare, first)) {
      if (size == length) break search;
      if (Access.reaches(scope, who, row.member)) {
        found[size] := ?view(row);
        size += 1;
      };
    };
    Prim.Array_tabulate<View>(size, func(index) { let ?view = found[index] else Prim.trap("a page has a hole"); view });
  };

  /// The row with this id, where `who` may reach it.
  public func reached<Row <: { member : Text }>(rows : Rows<Row>, id : Nat, scope : Access.Scope, who : Platform.Standing) : ?Row {
    let ?row = rows.get(compare, id) else return null;
    if (Access.reaches(scope, who, row.member)) ?row else null;
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

  /// Adds `places` to what is counted for `id`.
  public func tally(counts : Map.Map<Nat, Nat>, id : Nat, places : Nat) {
    counts.add(compare, id, counted(counts, id) + places);
  };

  /// What is counted for `id`.
  public func counted(counts : Map.Map<Nat, Nat>, id : Nat) : Nat {
    switch (counts.get(compare, id)) { case (?places) places; case null 0 };
  };
};
