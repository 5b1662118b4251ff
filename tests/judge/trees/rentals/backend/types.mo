/// Homes to let, with their leases as linked lists.
import List "mo:core/pure/List";

module {
  public type Place = { city : Text; lat : Float; lon : Float };
  public type Lease = { tenant : Principal; from : Int; months : Nat; deposit : ?Nat };
  public type Home = { title : Text; rent : Nat; place : Place; leases : List.List<Lease>; pets : Bool };
};
