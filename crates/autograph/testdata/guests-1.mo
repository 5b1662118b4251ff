// A list of guests, by number.
import Map "mo:core/Map";
import Nat "mo:core/Nat";

actor {
  let guests = Map.empty<Nat, Text>();
  public func add(id : Nat, name : Text) : async () { guests.add(id, name) };
  public query func size() : async Nat { guests.size() };
};
