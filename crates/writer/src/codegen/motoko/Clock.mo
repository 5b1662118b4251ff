/// Dates and times as stretches of minutes, so that they can be compared and measured.
///
/// Times are those on the wall where something happens; nothing is known of zones. What is no date gives nothing.

import Map "mo:core/Map";
import Prim "mo:⛔";
import Text "mo:core/Text";

module {
  /// From the first minute up to the second, which no longer belongs to it; counted from 1970.
  public type Stretch = (Int, Int);

  let dayLength : Int = 1_440;
  let minuteLength : Int = 60_000_000_000;

  /// From one day to the end of another; without an end, the first day.
  public func days(start : ?Text, end : ?Text) : ?Stretch {
    let ?from = minutes(start) else return null;
    ?(from, latest(from, minutes(end)) + dayLength);
  };

  /// From one time to another. Nothing is shorter than a minute, so that a missing end is no way around a rule.
  public func times(start : ?Text, end : ?Text) : ?Stretch {
    let ?from = minutes(start) else return null;
    ?(from, latest(from + 1, minutes(end)));
  };

  /// From a time on for `length` minutes, at least one.
  public func lasting(start : ?Text, length : ?Int) : ?Stretch {
    let ?from = minutes(start) else return null;
    ?(from, latest(from + 1, do ? { from + length! }));
  };

  /// Whether two stretches have a minute in common.
  public func meet(a : ?Stretch, b : ?Stretch) : Bool {
    switch (a, b) {
      case (?(start, end), ?(otherStart, otherEnd)) start < otherEnd and otherStart < end;
      case _ false;
    };
  };

  /// Whether `stretch` lies within the hours of a day. Hours that close before they open go past midnight; unknown
  /// hours exclude nothing.
  public func within(stretch : ?Stretch, opens : ?Text, closes : ?Text) : Bool {
    let (?(start, end), ?open, ?closing) = (stretch, ofDay(opens), ofDay(closes)) else return true;
    let close = if (closing > open) closing else closing + dayLength;
    let first = (start % dayLength + dayLength) % dayLength;
    let last = first + end - start;
    first >= open and last <= close or first + dayLength >= open and last + dayLength <= close;
  };

  /// Whether `stretch` lies within the hours of one of these days of the week, 1 for Monday to 7 for Sunday; without
  /// hours, whether it begins and ends on them. What has no time is never out of hours.
  public func open(stretch : ?Stretch, days : [Nat], opens : ?Text, closes : ?Text) : Bool {
    let ?(start, end) = stretch else return true;
    let (?open, ?closing) = (ofDay(opens), ofDay(closes)) else return falls(start, days) and falls(end - 1, days);
    let close = if (closing > open) closing else closing + dayLength;
    func during(midnight : Int) : Bool = falls(midnight, days) and start >= midnight + open and end <= midnight + close;
    let midnight = dayAt(start) * dayLength;
    during(midnight) or during(midnight - dayLength);
  };

  /// Whether `stretch` begins or ends between two days, both included: `MM-DD` of every year, or `YYYY-MM-DD`.
  public func touches(stretch : ?Stretch, first : Text, last : Text) : Bool {
    let ?(start, end) = stretch else return false;
    func between(minute : Int) : Bool {
      let (whole, ofYear) = written(dayAt(minute));
      let date = if (first.size() == 5) ofYear else whole;
      if (first <= last) first <= date and date <= last else first <= date or date <= last;
    };
    between(start) or between(end - 1);
  };

  /// Whether `start` is less than `hours` after `now` (nanoseconds since 1970), or past.
  public func near(start : ?Text, hours : Nat, now : Int) : Bool {
    let ?from = minutes(start) else return false;
    from * minuteLength < now + hours * 60 * minuteLength;
  };

  /// Whether `now` (nanoseconds since 1970) is no longer `ahead` minutes before a day begins.
  public func late(day : ?Text, ahead : Int, now : Int) : Bool {
    let ?from = minutes(day) else return false;
    (from - ahead) * minuteLength <= now;
  };

  /// Whether a day is over at `now` (nanoseconds since 1970); none never is.
  public func over(day : ?Text, now : Int) : Bool {
    let ?from = minutes(day) else return false;
    (from + dayLength) * minuteLength <= now;
  };

  /// Stretches by group, start and id, each with its end.
  public type Plan = Map.Map<(Text, Int, Nat), Int>;

  /// A plan with nothing in it.
  public func plan() : Plan = Map.empty<(Text, Int, Nat), Int>();

  /// Puts a stretch into a plan, unless it was over a day before `now`, whatever the zone: what is past is past.
  public func put(plan : Plan, group : Text, id : Nat, stretch : ?Stretch, now : Int) {
    let ?(start, end) = stretch else return;
    if ((end + dayLength) * minuteLength >= now) plan.add(order, (group, start, id), end);
  };

  /// How many stretches begin while an earlier one of their group lasts.
  public func crossings(plan : Plan) : Nat {
    var count = 0;
    var last : ?(Text, Int) = null;
    for (((group, start, _), end) in plan.entries()) {
      switch last {
        case (?(same, busy)) if (same == group) {
          if (start < busy) count += 1;
          last := ?(group, if (busy > end) busy else end);
        } else last := ?(group, end);
        case null last := ?(group, end);
      };
    };
    count;
  };

  func order(a : (Text, Int, Nat), b : (Text, Int, Nat)) : { #less; #equal; #greater } {
    switch (Text.compare(a.0, b.0)) {
      case (#equal) if (a.1 == b.1) compared(a.2, b.2) else compared(a.1, b.1);
      case other other;
    };
  };

  func compared(a : Int, b : Int) : { #less; #equal; #greater } {
    if (a < b) #less else if (a == b) #equal else #greater
  };

  /// The minutes of a date, or of a date and time, since 1970. It is asked for every row of a table, so it counts
  /// bytes and does not look at characters.
  func minutes(text : ?Text) : ?Int {
    let ?given = text else return null;
    let bytes = Prim.encodeUtf8(given);
    let size = bytes.size();
    if (size != 10 and size != 16) return null;
    let midnight = day(pair(bytes, 0) * 100 + pair(bytes, 2), pair(bytes, 5), pair(bytes, 8)) * dayLength;
    ?(if (size == 10) midnight else midnight + pair(bytes, 11) * 60 + pair(bytes, 14));
  };

  /// The day of a minute, since 1970.
  func dayAt(minute : Int) : Int = (minute - (minute % dayLength + dayLength) % dayLength) / dayLength;

  /// Whether a minute lies on one of these days of the week. The first day of 1970 was a Thursday.
  func falls(minute : Int, days : [Nat]) : Bool {
    let weekday = ((dayAt(minute) + 3) % 7 + 7) % 7 + 1;
    for (day in days.values()) if (day == weekday) return true;
    false;
  };

  /// A day since 1970 as `YYYY-MM-DD` and as `MM-DD`: the inverse of `day`, in eras of 400 years.
  func written(since1970 : Int) : (Text, Text) {
    let days = since1970 + 719_468;
    let era = (if (days >= 0) days else days - 146_096 : Int) / 146_097;
    let ofEra = days - era * 146_097 : Int;
    let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100) : Int;
    let sinceMarch = (5 * ofYear + 2) / 153;
    let month = if (sinceMarch < 10) sinceMarch + 3 else sinceMarch - 9 : Int;
    let year = yearOfEra + era * 400 + (if (month <= 2) 1 else 0);
    let date = two(month) # "-" # two(ofYear - (153 * sinceMarch + 2) / 5 + 1);
    (two(year / 100) # two(year % 100) # "-" # date, date);
  };

  func two(number : Int) : Text = (if (number < 10) "0" else "") # debug_show (Prim.abs number);

  func ofDay(time : ?Text) : ?Int {
    let ?given = time else return null;
    let bytes = Prim.encodeUtf8(given);
    if (bytes.size() == 5) ?(pair(bytes, 0) * 60 + pair(bytes, 3)) else null;
  };

  /// Two digits as a number.
  func pair(bytes : Blob, at : Nat) : Int = digit(bytes[at]) * 10 + digit(bytes[at + 1]);

  func digit(byte : Nat8) : Int = Prim.nat8ToNat(byte) - 48 : Int;

  func latest(one : Int, other : ?Int) : Int {
    switch other { case (?other) if (other > one) other else one; case null one };
  };

  /// Days since 1970. Years are counted from March, so that a leap day is the last one.
  func day(year : Int, month : Int, day : Int) : Int {
    let early = month <= 2;
    let years = if early year - 1 else year;
    let sinceMarch = (153 * (if early month + 9 else month - 3) + 2) / 5 + day - 1;
    years * 365 + years / 4 - years / 100 + years / 400 + sinceMarch - 719_468;
  };
};
