import Array "mo:core/Array";
import Float "mo:core/Float";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Set "mo:core/Set";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Patient } "types";

actor {
  let patients = Map.empty<Nat, Patient>();
  let doctors = Set.empty<Principal>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the clinic") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      patients.add(1000 + i, {
        name = Sample.name(i);
        born = { day = 1 + i % 28; month = 1 + i % 12; year = 1940 + i % 80 };
        allergies = if (i % 4 == 0) ["nuts", "pollen"] else if (i % 4 == 1) ["latex"] else [];
        visits = Array.tabulate(i % 4, func k = {
          at = 1_600_000_000 + i * 1000 + k;
          reason = Sample.pick(["check", "pain", "vaccine"], i + k);
          notes = if (k % 2 == 0) ?("seen by " # Sample.name(k)) else null;
        });
        weight = Float.fromInt(40 + i % 60) + 0.5;
      });
    };
  };

  public shared func appoint(person : Principal) : async () {
    owner<system>();
    doctors.add(person);
  };
  public query func size() : async Nat { patients.size() };
  public query func visitsMade() : async Nat {
    var sum = 0;
    for (patient in patients.values()) sum += patient.visits.size();
    sum;
  };
  public composite query ({ caller }) func file(id : Nat) : async ?(Text, [Text]) {
    if (not doctors.contains(caller) and (await Platform.registry.standing(caller)).role != Platform.owner) return null;
    let ?patient = patients.get(id) else return null;
    ?(patient.name, patient.allergies);
  };
  public shared ({ caller }) func visit(id : Nat, reason : Text) : async () {
    if (not doctors.contains(caller)) owner<system>();
    let ?patient = patients.get(id) else Runtime.trap("no such patient");
    patients.add(id, { patient with visits = patient.visits.concat([{ at = 0; reason; notes = null }]) });
  };
};
