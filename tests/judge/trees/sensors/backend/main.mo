import Float "mo:core/Float";
import List "mo:core/List";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Set "mo:core/Set";
import Text "mo:core/Text";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Sensor; type Reading } "types";

actor {
  let sensors = Map.empty<Text, Sensor>();
  let readings = List.empty<Reading>();
  let devices = Set.empty<Principal>();
  var checksum : Nat = 0;

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the operator") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, 20)) sensors.add("s" # i.toText(), { place = Sample.pick(["cellar", "roof"], i) # "/" # i.toText(); unit = if (i % 2 == 0) #celsius else #percent; limits = (-5.5, Float.fromInt(20 + i)) });
    for (i in Nat.range(0, n)) {
      readings.add(("s" # (i % 20).toText(), 1_700_000_000 + i * 60, Float.fromInt(Sample.mix(i) % 400) / 10 - 10.0));
      checksum := (checksum * 31 + Sample.mix(i)) % 1_000_000_007_000_000_009_000_000_011;
    };
  };

  public shared func register(device : Principal) : async () {
    owner<system>();
    devices.add(device);
  };
  public query func places() : async [Text] { sensors.values().map(func sensor = sensor.place).toArray() };
  public query func count() : async Nat { readings.size() };
  public query func sum() : async Nat { checksum };
  public composite query ({ caller }) func series(id : Text) : async [Float] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    readings.values().filter(func(of, _, _) = of == id).map(func(_, _, value) = value).toArray();
  };
  public shared ({ caller }) func report(id : Text, at : Int, value : Float) : async () {
    if (not devices.contains(caller)) owner<system>();
    if (sensors.get(id) == null) Runtime.trap("no such sensor");
    readings.add((id, at, value));
  };
};
