/// How what people enter is taken over and checked. Each check answers with a sentence, or with nothing if all is well.
///
/// A value that was not given is not checked: it is already stored, or may be missing.

import Prim "mo:⛔";
import Words "Words";

module {
  /// Longest single line, in characters.
  public let line = 200;
  /// Longest text of several lines, in characters.
  public let paragraphs = 5_000;
  /// Largest number: what every browser still counts exactly.
  public let largest = 1_000_000_000_000_000;
  /// Longest picture, in characters of its data URL.
  public let largestPicture = 120_000;

  /// What was given, otherwise what is stored.
  public func keep<T>(given : ?T, stored : T) : T {
    switch given { case (?value) value; case null stored };
  };

  /// The same for texts: without blanks around them, and nothing instead of an empty one.
  public func keepText(given : ??Text, stored : ?Text) : ?Text {
    let ?change = given else return stored;
    let ?value = change else return null;
    let text = trimmed(value);
    if (text == "") null else ?text;
  };

  /// The same for a text that is always there.
  public func keepTitle(given : ?Text, stored : Text) : Text {
    switch given { case (?value) trimmed(value); case null stored };
  };

  /// The value of a change, if it sets one.
  public func given<T>(change : ??T) : ?T {
    switch change { case (?value) value; case null null };
  };

  /// The first sentence of several checks.
  public func first(problems : [?Text]) : ?Text {
    for (problem in problems.values()) { if (problem != null) return problem };
    null;
  };

  /// `what` must be there.
  public func present<T>(what : Text, value : ?T) : ?Text {
    switch value { case null ?Words.missing(what); case _ null };
  };

  /// A text of at most `most` characters.
  public func text(what : Text, given : ?Text, most : Nat) : ?Text {
    let ?value = given else return null;
    // Four bytes are the longest character: a cheap bound before counting.
    if (Prim.encodeUtf8(value).size() > 4 * most or value.size() > most) return ?Words.tooLong(what, debug_show most);
    null;
  };

  /// An e-mail address: something, one @, and a domain with a dot inside.
  public func email(what : Text, given : ?Text) : ?Text {
    verdict(what, given, isEmail, Words.notEmail);
  };

  /// A telephone number: 3 to 20 digits and the signs that people group them with.
  public func phone(what : Text, given : ?Text) : ?Text {
    verdict(what, given, isPhone, Words.notPhone);
  };

  /// A web address with http:// or https://.
  public func url(what : Text, given : ?Text) : ?Text {
    verdict(what, given, isUrl, Words.notUrl);
  };

  /// A calendar date, `YYYY-MM-DD`.
  public func date(what : Text, given : ?Text) : ?Text {
    verdict(what, given, isDate, Words.notDate);
  };

  /// A time of day, `HH:MM`.
  public func time(what : Text, given : ?Text) : ?Text {
    verdict(what, given, isTime, Words.notTime);
  };

  /// A date and a time of day, `YYYY-MM-DDTHH:MM`.
  public func dateTime(what : Text, given : ?Text) : ?Text {
    verdict(what, given, isDateTime, Words.notDateTime);
  };

  /// A picture as a data URL of at most `largestPicture` characters.
  public func picture(what : Text, given : ?Text) : ?Text {
    let ?value = given else return null;
    // One byte a character is all that a picture has; whatever is longer is no picture, or too large a one.
    if (Prim.encodeUtf8(value).size() > largestPicture) return ?Words.tooLargePicture(what, digits(largestPicture * 3 / 4_000));
    let text = trimmed(value);
    if (text == "" or isPicture(text)) null else ?Words.notPicture(what);
  };

  /// A colour, `#rrggbb`.
  public func colour(what : Text, given : ?Text) : ?Text {
    verdict(what, given, isColour, Words.notColour);
  };

  /// A whole number from `least` to `most`.
  public func number(what : Text, given : ?Int, least : Int, most : Int) : ?Text {
    let ?value = given else return null;
    if (value < least) return ?Words.tooSmall(what, digits(least));
    if (value > most) return ?Words.tooLarge(what, digits(most));
    null;
  };

  /// One of a list.
  public func oneOf(what : Text, given : ?Text, options : [Text]) : ?Text {
    let ?value = given else return null;
    for (option in options.values()) { if (option == value) return null };
    ?Words.notOption(what);
  };

  /// A number in words' company: without separators.
  public func digits(value : Int) : Text {
    var text = "";
    for (char in (debug_show value).chars()) { if (char != '_' and char != '+') text #= Prim.charToText(char) };
    text;
  };

  /// Whether two texts are the same but for upper and lower case.
  public func same(a : Text, b : Text) : Bool = Prim.textLowercase(a) == Prim.textLowercase(b);

  /// The same for texts that may be missing.
  public func sameText(a : ?Text, b : ?Text) : Bool {
    switch (a, b) { case (?a, ?b) same(a, b); case _ false };
  };

  /// Whether a limit became stricter.
  public func lowered(before : ?Int, after : ?Int) : Bool {
    switch (before, after) { case (?before, ?after) after < before; case (null, ?_) true; case _ false };
  };

  /// Whether there is a limit and `count` is over it.
  public func below(limit : ?Int, count : Int) : Bool {
    switch limit { case (?limit) limit < count; case null false };
  };

  /// `text` without blanks around it.
  public func trimmed(text : Text) : Text {
    if (not hasBlanks(text)) return text;
    var inner = "";
    var blanks = "";
    for (char in text.chars()) {
      let letter = Prim.charToText(char);
      if (not Prim.charIsWhitespace(char)) {
        inner #= blanks # letter;
        blanks := "";
      } else if (inner.size() > 0) blanks #= letter;
    };
    inner;
  };

  /// Whether `text` is a calendar date.
  public func isDate(text : Text) : Bool {
    let ?numbers = shaped(text, "0000-00-00") else return false;
    isDay(numbers);
  };

  /// Whether `text` is a time of day.
  public func isTime(text : Text) : Bool {
    let ?numbers = shaped(text, "00:00") else return false;
    isMinute(numbers);
  };

  /// Whether `text` is a date and a time of day.
  public func isDateTime(text : Text) : Bool {
    let ?numbers = shaped(text, "0000-00-00T00:00") else return false;
    isDay(numbers / 10_000) and isMinute(numbers % 10_000);
  };

  /// The date of a date with a time of day.
  public func dayOf(text : Text) : Text {
    var day = "";
    for (char in text.chars()) { if (char == 'T') return day; day #= Prim.charToText(char) };
    day;
  };

  /// `value` with the decimals that it is kept with, without zeros that say nothing.
  public func decimal(value : Int, decimals : Nat) : Text {
    let unit : Nat = 10 ** decimals;
    let size = Prim.abs(value);
    let whole = (if (value < 0) "-" else "") # digits(size / unit);
    var fraction = size % unit;
    if (fraction == 0) return whole;
    var base = unit;
    while (fraction % 10 == 0) { fraction /= 10; base /= 10 };
    // The leading 1 keeps the zeros behind it; in its place comes the point.
    let shown = digits(base + fraction).chars();
    ignore shown.next();
    var text = whole # ".";
    for (char in shown) text #= Prim.charToText(char);
    text;
  };

  /// A whole number in words, if `text` is one.
  public func parsed(text : Text) : ?Int {
    var value = 0;
    var count = 0;
    var negative = false;
    for (char in trimmed(text).chars()) {
      if (char == '-' and count == 0 and not negative) negative := true else {
        let ?digit = digitOf(char) else return null;
        value := value * 10 + digit;
        count += 1;
      };
    };
    if (count == 0 or count > 15) null else if negative ?(-value) else ?value;
  };

  func hasBlanks(text : Text) : Bool {
    for (char in text.chars()) { if (Prim.charIsWhitespace(char)) return true };
    false;
  };

  func verdict(what : Text, given : ?Text, fine : Text -> Bool, sentence : Text -> Text) : ?Text {
    let ?value = given else return null;
    let text = trimmed(value);
    if (text == "" or text.size() <= line and fine(text)) null else ?sentence(what);
  };

  func isEmail(text : Text) : Bool {
    var ats = 0;
    var before = 0;
    var last = '@';
    var dotInside = false;
    for (char in text.chars()) {
      if (Prim.charIsWhitespace(char)) return false;
      if (char == '@') ats += 1 else if (ats == 0) before += 1;
      if (ats == 1 and char == '.' and (last == '@' or last == '.')) return false;
      if (ats == 1 and last == '.' and char != '@') dotInside := true;
      last := char;
    };
    ats == 1 and before > 0 and dotInside and last != '.';
  };

  func isPhone(text : Text) : Bool {
    var count = 0;
    for (char in text.chars()) {
      switch char {
        case ('+' or ' ' or '-' or '.' or '/' or '(' or ')') {};
        case _ { if (digitOf(char) == null) return false; count += 1 };
      };
    };
    count >= 3 and count <= 20;
  };

  func isUrl(text : Text) : Bool {
    for (char in text.chars()) { if (Prim.charIsWhitespace(char)) return false };
    let lower = Prim.textLowercase(text);
    starts(lower, "http://") or starts(lower, "https://");
  };

  /// The start of a data URL of a picture that every browser shows, then base64 signs only: nothing else can hide in it.
  func isPicture(text : Text) : Bool {
    let chars = text.chars();
    var start = "";
    label head for (char in chars) {
      start #= Prim.charToText(char);
      if (char == ',' or start.size() > 30) break head;
    };
    switch start {
      case ("data:image/png;base64," or "data:image/jpeg;base64," or "data:image/webp;base64," or "data:image/gif;base64,") isBase64(chars);
      case _ false;
    };
  };

  /// Whether signs of base64 come, at least one, and at the end at most two equals signs.
  func isBase64(chars : { next : () -> ?Char }) : Bool {
    var count = 0;
    var ends = 0;
    for (char in chars) {
      if (char == '=') ends += 1 else {
        let known = char >= 'a' and char <= 'z' or char >= 'A' and char <= 'Z' or char >= '0' and char <= '9' or char == '+' or char == '/';
        if (not known or ends > 0) return false;
        count += 1;
      };
    };
    count > 0 and ends <= 2;
  };

  func isColour(text : Text) : Bool {
    var index = 0;
    for (char in Prim.textLowercase(text).chars()) {
      let hex = char >= '0' and char <= '9' or char >= 'a' and char <= 'f';
      if (if (index == 0) char != '#' else not hex) return false;
      index += 1;
    };
    index == 7;
  };

  /// Whether `text` goes on after `start`.
  func starts(text : Text, start : Text) : Bool {
    let chars = text.chars();
    for (char in start.chars()) { if (chars.next() != ?char) return false };
    chars.next() != null;
  };

  /// Whether digits such as 20240229 are a day of the calendar.
  func isDay(numbers : Nat) : Bool {
    let (year, month, day) = (numbers / 10_000, numbers / 100 % 100, numbers % 100);
    let leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0);
    let days = if (month == 2) (if leap 29 else 28) else if (month == 4 or month == 6 or month == 9 or month == 11) 30 else 31;
    month >= 1 and month <= 12 and day >= 1 and day <= days;
  };

  /// Whether digits such as 2359 are a minute of the day.
  func isMinute(numbers : Nat) : Bool = numbers / 100 < 24 and numbers % 100 < 60;

  /// The digits of `text` as one number, if it has the shape that `shape` shows with zeros.
  func shaped(text : Text, shape : Text) : ?Nat {
    let chars = text.chars();
    var number = 0;
    for (expected in shape.chars()) {
      let ?char = chars.next() else return null;
      if (expected == '0') {
        let ?digit = digitOf(char) else return null;
        number := number * 10 + digit;
      } else if (char != expected) return null;
    };
    if (chars.next() == null) ?number else null;
  };

  func digitOf(char : Char) : ?Nat {
    if (char < '0' or char > '9') return null;
    ?Prim.nat32ToNat(Prim.charToNat32(char) - Prim.charToNat32('0'));
  };
};
