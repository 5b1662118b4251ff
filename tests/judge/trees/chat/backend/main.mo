import List "mo:core/List";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Set "mo:core/Set";
import Text "mo:core/Text";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Message } "types";

actor {
  let messages = Map.empty<Text, List.List<Message>>();
  let members = Map.empty<Text, Set.Set<Principal>>();
  let nicks = Map.empty<Principal, Text>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the host") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      let room = Sample.pick(["hall", "garden", "kitchen", "attic", "office"], i);
      let by = Sample.person(i % 60);
      if (not messages.containsKey(room)) { messages.add(room, List.empty<Message>()); members.add(room, Set.empty<Principal>()) };
      let (?said, ?inside) = (messages.get(room), members.get(room)) else Runtime.unreachable();
      inside.add(by);
      nicks.add(by, Sample.name(i % 60));
      said.add({ by; text = "message " # i.toText(); at = 1_690_000_000 + i; replyTo = if (i % 5 == 0) ?(i / 10) else null });
    };
  };

  public query func rooms() : async [Text] { messages.keys().toArray() };
  public query func said() : async Nat { var sum = 0; for (all in messages.values()) sum += all.size(); sum };
  public query ({ caller }) func read(room : Text) : async [Text] {
    let (?said, ?inside) = (messages.get(room), members.get(room)) else return [];
    if (not inside.contains(caller)) return [];
    said.values().map(func message = message.text).toArray();
  };
  public composite query ({ caller }) func log(room : Text) : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    switch (messages.get(room)) { case (?said) said.values().map(func message = message.text).toArray(); case null [] };
  };
  public composite query ({ caller }) func who() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    nicks.values().toArray();
  };
  public shared ({ caller }) func say(room : Text, text : Text) : async () {
    let (?said, ?inside) = (messages.get(room), members.get(room)) else Runtime.trap("no such room");
    if (not inside.contains(caller)) Runtime.trap("not a member");
    said.add({ by = caller; text; at = 0; replyTo = null });
  };
};
