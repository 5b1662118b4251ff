import Array "mo:core/Array";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Poll } "types";

actor {
  let polls = Map.empty<Nat, Poll>();
  let votes = Map.empty<Nat, Map.Map<Principal, Nat>>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the chair") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      polls.add(i, { question = "Shall we do " # i.toText() # "?"; choices = Array.tabulate(2 + i % 3, func k = "Choice " # k.toText()); closed = i % 4 == 0; ends = 1_700_000_000 + i });
      let own = Map.empty<Principal, Nat>();
      for (k in Nat.range(0, i % 6)) own.add(Sample.person(i + k), k % 2);
      votes.add(i, own);
    };
  };

  public query func questions() : async [Text] { polls.values().map(func poll = poll.question).toArray() };
  public query func cast() : async Nat { var sum = 0; for (own in votes.values()) sum += own.size(); sum };
  public query ({ caller }) func my(id : Nat) : async ?Nat { let ?own = votes.get(id) else return null; own.get(caller) };
  public composite query ({ caller }) func voters(id : Nat) : async [Principal] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    switch (votes.get(id)) { case (?own) own.keys().toArray(); case null [] };
  };
  public shared ({ caller }) func vote(id : Nat, choice : Nat) : async () {
    let (?poll, ?own) = (polls.get(id), votes.get(id)) else Runtime.trap("no such poll");
    if (poll.closed or choice >= poll.choices.size()) Runtime.trap("not possible");
    own.add(caller, choice);
  };
  public shared func end(id : Nat) : async () {
    owner<system>();
    let ?poll = polls.get(id) else Runtime.trap("no such poll");
    polls.add(id, { poll with closed = true });
  };
};
