import Array "mo:core/Array";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Iter "mo:core/Iter";
import Text "mo:core/Text";
import Principal "mo:core/Principal";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Order; type Product } "types";

actor {
  let orders = Map.empty<Nat, Order>();
  let products = Map.empty<Text, Product>();
  var nextOrder = 0;

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the shopkeeper") };
  func sku(i : Nat) : Text = "SKU-" # i.toText();

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      products.add(sku(i), { title = Sample.pick(["Bread", "Cake", "Tart"], i) # " " # i.toText(); cents = 100 + i; stock = i % 9 });
      orders.add(nextOrder, {
        customer = Sample.person(i % 40);
        lines = Array.tabulate(1 + i % 3, func k = { sku = sku((i + k) % n); pieces = 1 + k; cents = 100 + (i + k) % n });
        state = if (i % 3 == 0) #open else if (i % 3 == 1) #paid(-i) else #shipped({ at = 1_700_000_000 + i; parcel = "P" # i.toText() });
        address = { street = i.toText() # " Long Street"; city = Sample.pick(["Porto", "Lagos", "Kyoto"], i) };
      });
      nextOrder += 1;
    };
  };

  public query func catalogue() : async [(Text, Nat)] {
    products.values().map(func product = (product.title, product.cents)).toArray();
  };
  public query ({ caller }) func mine() : async Nat {
    orders.values().filter(func order = order.customer == caller).size();
  };
  public query func turnover() : async Nat {
    var sum = 0;
    for (order in orders.values()) for (line in order.lines.values()) sum += line.pieces * line.cents;
    sum;
  };
  public composite query ({ caller }) func parcels() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    orders.values().map(func order = order.address.street # ", " # order.address.city).toArray();
  };
  public shared ({ caller }) func cancel(id : Nat) : async () {
    let ?order = orders.get(id) else Runtime.trap("no such order");
    if (order.customer != caller) Runtime.trap("not yours");
    orders.remove(id);
  };
};
