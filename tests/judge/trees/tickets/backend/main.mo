import Array "mo:core/Array";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Set "mo:core/Set";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Event; type Ticket } "types";

actor {
  let tickets = Map.empty<Nat, Ticket>();
  let agents = Set.empty<Principal>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the lead") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      tickets.add(i, {
        title = Sample.pick(["Printer", "Login", "Invoice"], i) # " #" # i.toText();
        by = Sample.person(i % 50);
        urgent = i % 8 == 0;
        var status = if (i % 3 == 0) #open else if (i % 3 == 1) #waiting("parts") else #closed;
        var log = Array.tabulate<Event>(i % 4, func k = { at = 1_680_000_000 + i * 10 + k; text = "event " # k.toText() });
        var assignee = if (i % 2 == 0) ?Sample.person(i % 5) else null;
      });
    };
  };

  public shared func engage(person : Principal) : async () {
    owner<system>();
    agents.add(person);
  };
  public query func open() : async Nat { tickets.values().filter(func ticket = ticket.status != #closed).size() };
  public query ({ caller }) func mine() : async [Text] {
    tickets.values().filter(func ticket = ticket.by == caller).map(func ticket = ticket.title).toArray();
  };
  public composite query ({ caller }) func titles() : async [Text] {
    if (not agents.contains(caller) and (await Platform.registry.standing(caller)).role != Platform.owner) return [];
    tickets.values().map(func ticket = ticket.title).toArray();
  };
  public query func events() : async Nat { var sum = 0; for (ticket in tickets.values()) sum += ticket.log.size(); sum };
  public shared ({ caller }) func close(id : Nat) : async () {
    if (not agents.contains(caller)) owner<system>();
    let ?ticket = tickets.get(id) else Runtime.trap("no such ticket");
    ticket.status := #closed;
  };
};
