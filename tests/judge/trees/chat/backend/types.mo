/// Rooms with their members and messages.
module {
  public type Message = { by : Principal; text : Text; at : Int; replyTo : ?Nat };
};
