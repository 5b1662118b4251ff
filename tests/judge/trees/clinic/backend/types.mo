/// A clinic: patients with their visits.
module {
  public type Date = { day : Nat; month : Nat; year : Nat };
  public type Visit = { at : Int; reason : Text; notes : ?Text };
  public type Patient = { name : Text; born : Date; allergies : [Text]; visits : [Visit]; weight : Float };
};
