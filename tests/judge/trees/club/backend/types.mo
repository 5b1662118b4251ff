/// A sports club: members by their principal, fees as they came in.
module {
  public type Level = { #junior; #full; #honorary };
  public type Member = { name : Text; level : Level; paidUntil : Int; town : Text };
  public type Fee = { by : Principal; cents : Nat; at : Int };
};
