/// A small shop: products, and orders with their lines.
module {
  public type Line = { sku : Text; pieces : Nat; cents : Nat };
  public type State = { #open; #paid : Int; #shipped : { at : Int; parcel : Text } };
  public type Address = { street : Text; city : Text };
  public type Order = { customer : Principal; lines : [Line]; state : State; address : Address };
  public type Product = { title : Text; cents : Nat; stock : Nat };
};
