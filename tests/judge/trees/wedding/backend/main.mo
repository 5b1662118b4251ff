import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Iter "mo:core/Iter";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Guest; type Table; type Cost } "types";

actor {
  let guests = Map.empty<Nat, Guest>();
  let tables = Map.empty<Nat, Table>();
  let costs = Map.empty<Nat, Cost>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the couple") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      guests.add(i, {
        name = Sample.name(i);
        email = Sample.email(i);
        phone = "+49 " # Sample.mix(i).toText();
        reply = if (i % 3 == 0) #yes else if (i % 3 == 1) #no else #unknown;
        meal = if (i % 6 == 0) ?#fish else if (i % 6 == 3) ?#vegetarian else null;
        seat = if (i % 3 == 0) ?(i % 12) else null;
      });
      costs.add(i, { what = "Bill " # i.toText(); cents = Sample.mix(i); paid = i % 4 == 0 });
    };
    for (i in Nat.range(0, 12)) tables.add(i, { title = "Table " # i.toText(); seats = 6 + i % 3 });
  };

  public query func coming() : async Nat { guests.values().filter(func guest = guest.reply == #yes).size() };
  public query func places() : async [Text] { tables.values().map(func table = table.title).toArray() };
  public composite query ({ caller }) func names() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    guests.values().map(func guest = guest.name).toArray();
  };
  public composite query ({ caller }) func budget() : async [(Text, Nat)] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    costs.values().map(func cost = (cost.what, cost.cents)).toArray();
  };
  public shared func pay(id : Nat) : async () {
    owner<system>();
    let ?cost = costs.get(id) else Runtime.trap("no such bill");
    costs.add(id, { cost with paid = true });
  };
  public shared func remove(id : Nat) : async () {
    owner<system>();
    guests.remove(id);
  };
};
