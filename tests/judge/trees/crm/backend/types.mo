/// Sales: companies, contacts and deals, each with the person it belongs to.
module {
  public type Company = { name : Text; site : ?Text };
  public type Contact = { name : Text; company : Nat; emails : [Text] };
  public type Stage = { #lead; #qualified; #offer; #won; #lost };
  public type Deal = { company : Nat; stage : Stage; euros : Nat; of : Principal; notes : [Text] };
};
