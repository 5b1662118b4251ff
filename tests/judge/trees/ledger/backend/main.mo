import Array "mo:core/Array";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Text "mo:core/Text";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Entry } "types";

actor {
  var entries : [Entry] = [];
  let balances = Map.empty<Text, Int>();
  var currency = "EUR";

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the treasurer") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    let people = ["Ada", "Bo", "Cy", "Di"];
    entries := Array.tabulate(n, func i = {
      what = Sample.pick(["rent", "food", "power"], i) # " " # i.toText();
      cents = if (i % 10 == 0) -(Sample.mix(i) : Int) else Sample.mix(i);
      by = Sample.pick(people, i);
      shares = Array.tabulate(1 + i % 4, func k = (Sample.pick(people, i + k), k + 1));
      settled = i % 3 == 0;
    });
    for (entry in entries.values()) {
      let old = switch (balances.get(entry.by)) { case (?sum) sum; case null 0 };
      balances.add(entry.by, old + entry.cents);
    };
  };

  public query func unit() : async Text { currency };
  public query func open() : async Nat { entries.values().filter(func entry = not entry.settled).size() };
  public composite query ({ caller }) func sums() : async [(Text, Int)] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    balances.entries().toArray();
  };
  public composite query ({ caller }) func items() : async [(Text, Int)] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    entries.values().map(func entry = (entry.what, entry.cents)).toArray();
  };
  public shared func convert(to : Text) : async () {
    owner<system>();
    currency := to;
  };
};
