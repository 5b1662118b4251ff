import Array "mo:core/Array";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Company; type Contact; type Deal } "types";

actor {
  let companies = Map.empty<Nat, Company>();
  let contacts = Map.empty<Nat, Contact>();
  let deals = Map.empty<Nat, Deal>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the manager") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      companies.add(i, { name = Sample.pick(["Acme", "Orbit", "Delta"], i) # " " # i.toText(); site = if (i % 2 == 0) ?("https://c" # i.toText() # ".example") else null });
      contacts.add(i, { name = Sample.name(i); company = i; emails = Array.tabulate(i % 3, func k = Sample.email(i * 3 + k)) });
      deals.add(i, {
        company = i;
        stage = switch (i % 5) { case 0 #lead; case 1 #qualified; case 2 #offer; case 3 #won; case _ #lost };
        euros = 1_000 + Sample.mix(i);
        of = Sample.person(i % 12);
        notes = if (i % 4 == 0) ["called", "will think"] else [];
      });
    };
  };

  public query ({ caller }) func mine() : async [Nat] {
    deals.values().filter(func deal = deal.of == caller).map(func deal = deal.euros).toArray();
  };
  public composite query ({ caller }) func won() : async Nat {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return 0;
    var sum = 0;
    for (deal in deals.values()) if (deal.stage == #won) sum += deal.euros;
    sum;
  };
  public composite query ({ caller }) func people() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    contacts.values().map(func contact = contact.name).toArray();
  };
  public query func customers() : async [Text] { companies.values().map(func company = company.name).toArray() };
  public shared ({ caller }) func note(id : Nat, text : Text) : async () {
    let ?deal = deals.get(id) else Runtime.trap("no such deal");
    if (deal.of != caller) owner<system>();
    deals.add(id, { deal with notes = deal.notes.concat([text]) });
  };
};
