// The next release of the guest list: a new field, a new method, and still the ways to look at a running actor that the tests need.
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Principal "mo:core/Principal";
import Text "mo:core/Text";
import Prim "mo:⛔";

actor Guests {
  type Guest = { name : Text; email : Text; attending : Bool };
  let guests = Map.empty<Text, Guest>();
  var version = 1;
  var note : Text = "new";

  public func rsvp(name : Text, email : Text, attending : Bool) : async Nat {
    Map.add(guests, Text.compare, email, { name; email; attending });
    Map.size(guests);
  };
  public query func count() : async Nat { Map.size(guests) };
  public query func list() : async [(Text, Guest)] { Map.toArray(guests) };
  public func fail(name : Text) : async () {
    Map.add(guests, Text.compare, name, { name; email = name; attending = false });
    Prim.trap("refused");
  };
  public func churn(words : Nat) : async Nat { Prim.Array_init<Nat>(words, 7).size() };
  public query func allocated() : async Nat { Prim.rts_total_allocation() };
  public shared ({ caller }) func who() : async Text {
    if (Prim.callerInfoSigner<system>() == Principal.toBlob(Principal.fromText("rwlgt-iiaaa-aaaaa-aaaaa-cai"))) {
      switch (from_candid (Prim.callerInfoData<system>()) : ?{ role : Text; name : Text }) {
        case (?standing) standing.role # ":" # standing.name;
        case null "unreadable";
      };
    } else { "nobody " # Principal.toText(caller) };
  };
  public func ask() : async Nat { await count() };
  public query func release() : async Nat { version + 1 };
  public query func noted() : async Text { note };
};
