import Array "mo:core/Array";
import List "mo:core/List";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Iter "mo:core/Iter";
import Principal "mo:core/Principal";
import Set "mo:core/Set";
import Text "mo:core/Text";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Book; type Loan } "types";

actor {
  let books = Map.empty<Text, Book>();
  let loans = List.empty<Loan>();
  let librarians = Set.empty<Principal>();

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the head librarian") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      let isbn = "978-" # (100_000 + i).toText();
      books.add(isbn, {
        title = "Book " # i.toText();
        authors = Array.tabulate(1 + i % 2, func k = Sample.name(i + k));
        year = if (i % 5 == 0) null else ?(1950 + i % 70);
        shelf = Sample.pick(["A", "B", "C"], i) # "-" # (i % 20).toText();
      });
      loans.add({ isbn; by = Sample.person(i % 30); from = 1_650_000_000 + i; back = if (i % 3 == 0) null else ?(1_660_000_000 + i) });
    };
  };

  public shared func employ(person : Principal) : async () {
    owner<system>();
    librarians.add(person);
  };
  public query func titles() : async [Text] { books.values().map(func book = book.title).toArray() };
  public query func shelfOf(isbn : Text) : async Text { switch (books.get(isbn)) { case (?book) book.shelf; case null "" } };
  public query func out() : async Nat { loans.values().filter(func loan = loan.back == null).size() };
  public composite query ({ caller }) func borrowers() : async [Principal] {
    if (not librarians.contains(caller) and (await Platform.registry.standing(caller)).role != Platform.owner) return [];
    loans.values().map(func loan = loan.by).toArray();
  };
  public shared ({ caller }) func lend(isbn : Text, by : Principal) : async () {
    if (not librarians.contains(caller)) owner<system>();
    loans.add({ isbn; by; from = 0; back = null });
  };
};
