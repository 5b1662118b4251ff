/// Shared expenses: entries in one array, balances by name.
module {
  public type Entry = { what : Text; cents : Int; by : Text; shares : [(Text, Nat)]; settled : Bool };
};
