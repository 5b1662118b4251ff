import Array "mo:core/Array";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Set "mo:core/Set";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Class; type Client } "types";

actor {
  var classes : [Class] = [];
  let taken = Map.empty<Principal, Set.Set<Nat>>();
  let clients = Map.empty<Principal, Client>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the gym") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    classes := Array.tabulate(n, func i = { title = Sample.pick(["Yoga", "Spin", "Box"], i) # " " # i.toText(); room = Sample.pick(["Hall", "Loft"], i); day = i % 7; places = 8 + i % 5 });
    for (i in Nat.range(0, n)) {
      let client = Sample.person(i);
      clients.add(client, { name = Sample.name(i); since = 1_500_000_000 + i; card = 40_000 + i });
      let own = Set.empty<Nat>();
      for (k in Nat.range(0, 1 + i % 4)) own.add(Sample.mix(i + k) % n);
      taken.add(client, own);
    };
  };

  public query func timetable() : async [(Text, Nat)] { classes.values().map(func one = (one.title, one.day)).toArray() };
  public query func places() : async Nat { var sum = 0; for (one in classes.values()) sum += one.places; sum };
  public query ({ caller }) func mine() : async [Nat] { switch (taken.get(caller)) { case (?own) own.toArray(); case null [] } };
  public composite query ({ caller }) func names() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    clients.values().map(func client = client.name).toArray();
  };
  public shared ({ caller }) func take(id : Nat) : async () {
    let ?own = taken.get(caller) else Runtime.trap("not a client");
    if (id >= classes.size()) Runtime.trap("no such class");
    own.add(id);
  };
  public shared func leave(client : Principal) : async () {
    owner<system>();
    clients.remove(client);
    taken.remove(client);
  };
};
