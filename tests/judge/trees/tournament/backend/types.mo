/// A tournament: teams, and a bracket that contains itself.
module {
  public type Team = { name : Text; players : [Text]; paid : Bool };
  public type Bracket = { #team : Nat; #match : { left : Bracket; right : Bracket; score : ?(Nat, Nat) } };
};
