// A small app: rows in a map, a timer, a call to itself, and the platform's word on who calls.
import Error "mo:core/Error";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Principal "mo:core/Principal";
import Runtime "mo:core/Runtime";
import Timer "mo:core/Timer";
import Prim "mo:⛔";

actor Self {
  type Standing = { role : Text; member : Text; name : Text };
  let guests = Map.empty<Nat, Text>();
  var next = 0;
  var ticks = 0;
  transient let registry = actor "rwlgt-iiaaa-aaaaa-aaaaa-cai" : actor { standing : shared query (Principal) -> async Standing };

  public shared func add(name : Text) : async Nat {
    let id = next;
    next += 1;
    guests.add(id, name);
    id;
  };
  public shared func put(id : Nat, name : Text) : async () { guests.add(id, name) };
  public shared func role() : async Text {
    if (Prim.callerInfoSigner<system>() != Principal.toBlob(Principal.fromActor(registry))) return "unknown";
    let ?standing : ?Standing = from_candid (Prim.callerInfoData<system>()) else return "unreadable";
    standing.role;
  };
  public shared func addTwo(a : Text, b : Text) : async Nat {
    ignore await Self.add(a);
    await Self.add(b);
  };
  public shared func addThenTrap(name : Text) : async () {
    guests.add(next, name);
    Runtime.trap("on purpose");
  };
  /// Asks another app and waits a second at most.
  public shared func askOther(other : Principal) : async Text {
    let app = actor (Principal.toText(other)) : actor { add : (Text) -> async Nat };
    try { debug_show (await (with timeout = 1) app.add("from elsewhere")) } catch (error) {
      debug_show (Error.code(error));
    };
  };
  /// The same, however long it takes.
  public shared func askOtherForever(other : Principal) : async Text {
    let app = actor (Principal.toText(other)) : actor { add : (Text) -> async Nat };
    try { debug_show (await app.add("from elsewhere")) } catch (error) { debug_show (Error.code(error)) };
  };
  public shared func spin() : async () { var i = 0; loop { i += 1 } };
  public shared func startTimer() : async () {
    ignore Timer.setTimer<system>(#seconds 1, func() : async () { ticks += 1 });
  };
  public query func size() : async Nat { guests.size() };
  public query func tickCount() : async Nat { ticks };
  public query func get(id : Nat) : async ?Text { guests.get(id) };
  public composite query ({ caller }) func roleSeen() : async Text { (await registry.standing(caller)).role };
};
