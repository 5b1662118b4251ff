/// The sentences that people read when something is not possible.
module {
  public let denied = "You may not do this here.";
  public let unknown = "Open your own invitation link first, so that the answer is yours.";
  public let notInvited = "There is nothing here for you to answer yet. Ask whoever invited you.";
  public let already = "You have already answered. Change your answer instead.";
  public let archived = "This part of the app was archived.";
  public let gone = "It is no longer there, or it is not yours.";
  public func full(plural : Text) : Text = "There is no room for more under " # plural # ".";
  public func missing(what : Text) : Text = what # " is missing.";
  public func tooLong(what : Text, most : Text) : Text = what # " is longer than " # most # " characters.";
  public func notEmail(what : Text) : Text = what # " does not look like an e-mail address.";
  public func notPhone(what : Text) : Text = what # " does not look like a telephone number.";
  public func notUrl(what : Text) : Text = what # " must be a web address that begins with https:// or http://.";
  public func notDate(what : Text) : Text = what # " is not a date.";
  public func notTime(what : Text) : Text = what # " is not a time of day.";
  public func tooSmall(what : Text, least : Text) : Text = what # " must be at least " # least # ".";
  public func tooLarge(what : Text, most : Text) : Text = what # " must be at most " # most # ".";
  public func notOption(what : Text) : Text = what # " is not one of the choices.";
  public func noSuch(what : Text) : Text = what # " is no longer there. Choose another.";
  public func taken(what : Text) : Text = what # " is already taken.";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # " has " # places # " places, and " # free # " of them are free: not enough.";
  public func tooFew(what : Text, taken : Text) : Text = what # " can't be that small: " # taken # " places are taken.";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " is still used " # count # " times under " # plural # ". Change those first.";
};
