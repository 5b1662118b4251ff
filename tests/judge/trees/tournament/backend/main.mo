import Array "mo:core/Array";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Team; type Bracket } "types";

actor {
  let teams = Map.empty<Nat, Team>();
  let captains = Map.empty<Principal, Nat>();
  var bracket : ?Bracket = null;
  var rules : [var Text] = [var "be kind", "be fair", "be quick"];

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the referee") };
  func drawn(from : Nat, until : Nat) : Bracket {
    if (from + 1 >= until) return #team(from);
    let middle = (from + until) / 2;
    #match({ left = drawn(from, middle); right = drawn(middle, until); score = if (until - from == 2) ?(from % 5, until % 4) else null });
  };
  func played(bracket : Bracket) : Nat {
    switch (bracket) {
      case (#team _) 0;
      case (#match { left; right; score }) played(left) + played(right) + (if (score == null) 0 else 1);
    };
  };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      teams.add(i, { name = "Team " # i.toText(); players = Array.tabulate(1 + i % 3, func k = Sample.name(i + k)); paid = i % 3 != 0 });
      captains.add(Sample.person(i), i);
    };
    bracket := ?drawn(0, n);
  };

  public query func names() : async [Text] { teams.values().map(func team = team.name).toArray() };
  public query func results() : async Nat { switch (bracket) { case (?all) played(all); case null 0 } };
  public query func law() : async [Text] { rules.values().toArray() };
  public query ({ caller }) func captainOf() : async ?Nat { captains.get(caller) };
  public composite query ({ caller }) func players() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    teams.values().map(func team = team.players[0]).toArray();
  };
  public shared ({ caller }) func rename(name : Text) : async () {
    let ?id = captains.get(caller) else Runtime.trap("not a captain");
    let ?team = teams.get(id) else Runtime.trap("no such team");
    teams.add(id, { team with name });
  };
};
