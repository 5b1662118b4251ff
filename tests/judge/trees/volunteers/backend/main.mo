import Array "mo:core/Array";
import List "mo:core/pure/List";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Text "mo:core/Text";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Person; type Shift } "types";

actor {
  let people = Map.empty<Text, Person>();
  var shifts = List.empty<Shift>();
  var points : Nat = 340_282_366_920_938_463_463_374_607_431_768_211_456;

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the coordinator") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      people.add(Sample.email(i), {
        name = Sample.name(i);
        skills = if (i % 3 == 0) ["driving", "cooking"] else if (i % 3 == 1) ["first aid"] else [];
        phone = if (i % 2 == 0) ?("0" # Sample.mix(i).toText()) else null;
        trusted = i % 6 == 0;
      });
      shifts := shifts.pushFront({ place = Sample.pick(["School", "Pier", "Church"], i); day = 20_000 + i; people = Array.tabulate(i % 3, func k = Sample.email(i + k)); minutes = 60 + i });
    };
    points += n;
  };

  public query func helpers() : async Nat { people.size() };
  public query func score() : async Nat { points };
  public query func plan() : async [(Text, Int)] { shifts.values().map(func shift = (shift.place, shift.day)).toArray() };
  public composite query ({ caller }) func names() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    people.values().map(func person = person.name).toArray();
  };
  public composite query ({ caller }) func minutes() : async Nat {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return 0;
    var sum = 0;
    for (shift in shifts.values()) sum += shift.minutes;
    sum;
  };
  public shared func trust(email : Text) : async () {
    owner<system>();
    let ?person = people.get(email) else Runtime.trap("nobody of that address");
    people.add(email, { person with trusted = true });
  };
};
