import List "mo:core/List";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Member; type Fee } "types";

actor {
  let members = Map.empty<Principal, Member>();
  let fees = List.empty<Fee>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the board") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      members.add(Sample.person(i), {
        name = Sample.name(i);
        level = if (i % 5 == 0) #junior else if (i % 7 == 0) #honorary else #full;
        paidUntil = 1_700_000_000 + i * 86_400;
        town = Sample.pick(["Graz 8010", "Linz 4020", "Wels 4600"], i);
      });
      fees.add({ by = Sample.person(i); cents = 2_500 + i; at = 1_690_000_000 + i });
    };
  };

  public query func strength() : async Nat { members.size() };
  public query func towns() : async [Text] { members.values().map(func member = member.town).toArray() };
  public query ({ caller }) func amMember() : async Bool { members.get(caller) != null };
  public composite query ({ caller }) func income() : async Nat {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return 0;
    var sum = 0;
    for (fee in fees.values()) sum += fee.cents;
    sum;
  };
  public composite query ({ caller }) func roll() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    members.values().map(func member = member.name).toArray();
  };
  public shared func expel(person : Principal) : async () {
    owner<system>();
    members.remove(person);
  };
};
