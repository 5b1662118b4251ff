import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Iter "mo:core/Iter";
import Text "mo:core/Text";
import Principal "mo:core/Principal";
import Set "mo:core/Set";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Slot; type Stylist } "types";

actor {
  let days = Map.empty<Text, Map.Map<Nat, Slot>>();
  let desk = Set.empty<Principal>();
  var stylists : [Stylist] = [];

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the owner") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    stylists := [{ name = "Mia"; from = 9; until = 17 }, { name = "Teo"; from = 10; until = 18 }];
    for (i in Nat.range(0, n)) {
      let day = "2026-" # (1 + i % 12).toText() # "-" # (1 + i % 28).toText();
      let hours = switch (days.get(day)) {
        case (?hours) hours;
        case null { let hours = Map.empty<Nat, Slot>(); days.add(day, hours); hours };
      };
      hours.add(i, {
        who = Sample.name(i);
        phone = "0" # Sample.mix(i).toText();
        service = if (i % 2 == 0) #cut else if (i % 5 == 0) #colour else #shave;
        minutes = 30 + 15 * (i % 3);
      });
    };
  };

  public shared func hire(person : Principal) : async () {
    owner<system>();
    desk.add(person);
  };
  public query func team() : async [Text] { stylists.values().map(func stylist = stylist.name).toArray() };
  public query func busy(day : Text) : async [Nat] {
    switch (days.get(day)) { case (?hours) hours.keys().toArray(); case null [] };
  };
  public query func minutes() : async Nat {
    var sum = 0;
    for (hours in days.values()) for (slot in hours.values()) sum += slot.minutes;
    sum;
  };
  public composite query ({ caller }) func customers(day : Text) : async [Text] {
    if (not desk.contains(caller) and (await Platform.registry.standing(caller)).role != Platform.owner) return [];
    switch (days.get(day)) { case (?hours) hours.values().map(func slot = slot.who).toArray(); case null [] };
  };
  public shared ({ caller }) func free(day : Text, hour : Nat) : async () {
    if (not desk.contains(caller)) owner<system>();
    let ?hours = days.get(day) else Runtime.trap("nothing on that day");
    hours.remove(hour);
  };
};
