// Keeps all that it is asked to, until it is told that memory is getting scarce.
import List "mo:core/List";
import VarArray "mo:core/VarArray";

actor {
  let kept = List.empty<[var Nat64]>();
  var told = 0;

  public func keep(words : Nat) : async () { kept.add(VarArray.repeat<Nat64>(0, words)) };
  public query func seen() : async [Nat] { [told, kept.size()] };
  system func lowmemory() : async* () {
    told += 1;
    kept.clear();
  };
};
