import Array "mo:core/Array";
import Float "mo:core/Float";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Set "mo:core/Set";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Recipe } "types";

actor {
  let recipes = Map.empty<Nat, Recipe>();
  let favourites = Map.empty<Principal, Set.Set<Nat>>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the cook") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      recipes.add(i, {
        title = Sample.pick(["Soup", "Stew", "Pie", "Salad"], i) # " No. " # i.toText();
        serves = 1 + i % 6;
        steps = Array.tabulate(2 + i % 3, func k = "Step " # k.toText() # " of " # i.toText());
        ingredients = Array.tabulate(1 + i % 4, func k = { what = Sample.pick(["salt", "flour", "oil", "leek"], i + k); amount = Float.fromInt(i + k) / 4; unit = "g" });
        tags = if (i % 2 == 0) ["vegan"] else [];
        picture = Sample.bytes(i);
      });
      let fan = Sample.person(i % 15);
      switch (favourites.get(fan)) {
        case (?liked) liked.add(i);
        case null favourites.add(fan, Set.singleton<Nat>(i));
      };
    };
  };

  public query func titles() : async [Text] { recipes.values().map(func recipe = recipe.title).toArray() };
  public query func steps(id : Nat) : async [Text] { switch (recipes.get(id)) { case (?recipe) recipe.steps; case null [] } };
  public query func liked() : async Nat {
    var sum = 0;
    for (one in favourites.values()) sum += one.size();
    sum;
  };
  public shared ({ caller }) func like(id : Nat) : async () {
    switch (favourites.get(caller)) {
      case (?liked) liked.add(id);
      case null favourites.add(caller, Set.singleton<Nat>(id));
    };
  };
  public composite query ({ caller }) func fans() : async [Principal] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    favourites.keys().toArray();
  };
  public shared func drop(id : Nat) : async () {
    owner<system>();
    recipes.remove(id);
  };
};
