/// Sample values that depend on a number alone, and the few text helpers that the sample apps share.

import Blob "mo:core/Blob";
import Iter "mo:core/Iter";
import Nat "mo:core/Nat";
import Nat8 "mo:core/Nat8";
import Principal "mo:core/Principal";
import Text "mo:core/Text";

module {
  let first = ["Anna", "Bela", "Chidi", "Dana", "Emeka", "Farah", "Goran", "Hana", "Ines", "Jonas", "Keiko", "Lars"];
  let last = ["Berg", "Costa", "Diaz", "Eze", "Fischer", "Garcia", "Haas", "Ito", "Jansen", "Kaya", "Lind"];

  /// The word that falls to `i`.
  public func pick(words : [Text], i : Nat) : Text = words[i % words.size()];

  /// A number below a million that looks like chance.
  public func mix(i : Nat) : Nat = (i * 2_654_435_761 + 12_345) % 999_983;

  /// Given name and family name.
  public func name(i : Nat) : Text = pick(first, i) # " " # pick(last, mix(i));

  /// An address that no two numbers share.
  public func email(i : Nat) : Text = pick(first, i).toLower() # i.toText() # "@example.org";

  /// A principal that no two numbers share.
  public func person(i : Nat) : Principal {
    Principal.fromBlob(Blob.fromArray([7, Nat8.fromNat(i / 65_536 % 256), Nat8.fromNat(i / 256 % 256), Nat8.fromNat(i % 256), 1]));
  };

  /// A few bytes.
  public func bytes(i : Nat) : Blob = Blob.fromArray([Nat8.fromNat(i % 256), 0, 255, Nat8.fromNat(mix(i) % 256)]);

  /// What stands before the first `mark`.
  public func before(text : Text, mark : Char) : Text {
    switch (text.split(#char mark).next()) { case (?part) part; case null "" };
  };

  /// What stands after the first `mark`.
  public func after(text : Text, mark : Char) : Text {
    let parts = text.split(#char mark);
    ignore parts.next();
    Text.join(parts, Text.fromChar(mark));
  };
};
