import List "mo:core/pure/List";
import Float "mo:core/Float";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Home; type Lease } "types";

actor {
  let homes = Map.empty<Nat, Home>();
  var agencyFee : Nat = 12;

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the agency") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      var leases = List.empty<Lease>();
      for (k in Nat.range(0, i % 4)) leases := leases.pushFront({ tenant = Sample.person(i + k); from = 1_550_000_000 + i * 7 + k; months = 6 + k; deposit = if (k == 0) null else ?(k * 500) });
      homes.add(i, {
        title = Sample.pick(["Flat", "House", "Studio"], i) # " " # i.toText();
        rent = 500 + i * 3;
        place = { city = Sample.pick(["Oslo", "Rome"], i); lat = Float.fromInt(i) / 10; lon = -(Float.fromInt(i) / 8) };
        leases;
        pets = i % 2 == 0;
      });
    };
  };

  public query func offers() : async [(Text, Nat)] { homes.values().map(func home = (home.title, home.rent)).toArray() };
  public query func fee() : async Nat { agencyFee };
  public query func leased() : async Nat { var sum = 0; for (home in homes.values()) sum += home.leases.size(); sum };
  public composite query ({ caller }) func tenants(id : Nat) : async [Principal] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    switch (homes.get(id)) { case (?home) home.leases.values().map(func lease = lease.tenant).toArray(); case null [] };
  };
  public shared func let_(id : Nat, tenant : Principal) : async () {
    owner<system>();
    let ?home = homes.get(id) else Runtime.trap("no such home");
    homes.add(id, { home with leases = home.leases.pushFront({ tenant; from = 0; months = 12; deposit = null }) });
  };
};
