/// Volunteers by email, shifts as a linked list, hours with big numbers.
module {
  public type Person = { name : Text; skills : [Text]; phone : ?Text; trusted : Bool };
  public type Shift = { place : Text; day : Int; people : [Text]; minutes : Nat };
};
