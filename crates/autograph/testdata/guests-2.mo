// The same, which takes over all guests but those called "nobody".
import Map "mo:core/Map";
import Nat "mo:core/Nat";

(with migration = func(old : { guests : Map.Map<Nat, Text> }) : { guests : Map.Map<Nat, Text> } {
  { guests = Map.filter(old.guests, Nat.compare, func(_ : Nat, name : Text) : Bool { name != "nobody" }) };
})
actor {
  let guests = Map.empty<Nat, Text>();
  public func add(id : Nat, name : Text) : async () { guests.add(id, name) };
  public query func size() : async Nat { guests.size() };
};
