/// A hairdresser's book: for each day the slots by hour.
module {
  public type Service = { #cut; #colour; #shave };
  public type Slot = { who : Text; phone : Text; service : Service; minutes : Nat };
  public type Stylist = { name : Text; from : Nat; until : Nat };
};
