/// A gym: its classes in an array, and who takes which.
module {
  public type Class = { title : Text; room : Text; day : Nat; places : Nat };
  public type Client = { name : Text; since : Int; card : Nat };
};
