/// A wedding: who comes, where they sit, what it costs.
module {
  public type Reply = { #yes; #no; #unknown };
  public type Meal = { #meat; #fish; #vegetarian };
  public type Guest = { name : Text; email : Text; phone : Text; reply : Reply; meal : ?Meal; seat : ?Nat };
  public type Table = { title : Text; seats : Nat };
  public type Cost = { what : Text; cents : Nat; paid : Bool };
};
