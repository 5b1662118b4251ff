/// A warehouse: stock in an immutable map, movements in a list.
module {
  public type Item = { title : Text; pieces : Nat; bin : Text; price : Nat };
  public type Move = { sku : Text; pieces : Int; why : { #bought; #sold; #lost : Text } };
};
