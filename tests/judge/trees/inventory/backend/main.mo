import List "mo:core/List";
import PureMap "mo:core/pure/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Text "mo:core/Text";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Item; type Move } "types";

actor {
  var stock = PureMap.empty<Text, Item>();
  let moves = List.empty<Move>();
  var worth : Nat = 0;

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the keeper") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      let sku = Sample.pick(["N", "S", "W"], i) # i.toText();
      stock := stock.add(sku, { title = "Part " # i.toText(); pieces = i % 50; bin = "R" # (i % 7).toText() # ":" # (i % 11).toText(); price = 10 + i });
      worth += (i % 50) * (10 + i);
      moves.add({ sku; pieces = if (i % 2 == 0) i % 50 else -(i % 50 : Int); why = if (i % 2 == 0) #bought else if (i % 3 == 0) #lost("rust") else #sold });
    };
  };

  public query func skus() : async [Text] { stock.keys().toArray() };
  public query func total() : async Nat { var sum = 0; for (item in stock.values()) sum += item.pieces; sum };
  public query func bins() : async [Text] { stock.values().map(func item = item.bin).toArray() };
  public composite query ({ caller }) func value() : async Nat {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return 0;
    worth;
  };
  public shared func move(sku : Text, pieces : Int) : async () {
    owner<system>();
    let ?item = stock.get(sku) else Runtime.trap("no such part");
    if (item.pieces + pieces < 0) Runtime.trap("not that many");
    stock := stock.add(sku, { item with pieces = Int.abs(item.pieces + pieces) });
    moves.add({ sku; pieces; why = #sold });
  };
};
