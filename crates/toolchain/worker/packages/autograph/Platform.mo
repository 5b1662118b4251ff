/// What an app asks the platform about whoever calls it.
///
/// The platform decides who somebody is to this app, so an app stores no owner's principal and a person may
/// change keys. In an update method ask `caller`; it needs no call to anyone. A query has no system capability:
/// make it a `composite query` and ask `await Platform.registry.standing(caller)`.

import Prim "mo:⛔";

module {
  /// Who a caller is to this app.
  ///
  /// `role` is `owner`, `visitor` or a role that the app declares. `member` is the lasting id of an invited
  /// person, the same whatever key they use, and empty for a visitor. `name` is what they are called.
  public type Standing = { role : Text; member : Text; name : Text };

  /// The system canister that knows apps, owners, members and invitations.
  public type Registry = actor {
    standing : shared query (Principal) -> async Standing;
  };

  /// The role of the person to whom the app belongs.
  public let owner = "owner";

  /// The role of everyone whom nobody invited.
  public let visitor = "visitor";

  /// The registry; it answers about the app that asks.
  public let registry : Registry = actor "rwlgt-iiaaa-aaaaa-aaaaa-cai";

  /// A stranger's standing.
  public let stranger : Standing = { role = "visitor"; member = ""; name = "" };

  /// The standing of the caller of this update method: what the registry vouched for, otherwise a stranger's.
  public func caller<system>() : Standing {
    if (Prim.callerInfoSigner<system>() != Prim.blobOfPrincipal(Prim.principalOfActor(registry))) return stranger;
    let vouched : ?Standing = from_candid (Prim.callerInfoData<system>());
    switch (vouched) {
      case (?standing) standing;
      case null stranger;
    };
  };
};
