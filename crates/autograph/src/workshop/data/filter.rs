//! Which rows are wanted: words that occur in a row, and conditions on its fields.
//!
//! `bread "rye flour" pieces>2 at>=2026-05-01 state=open` wants all of it at once. Letters' case makes no difference.
//! A filter is read once and then made ready for each table, whose kinds say what can be compared with what.

use std::cmp::Ordering;

use gate::Kind;
use serde_json::{Map, Value};

use super::table::{Part, Table, bare, iso, time_of};
use crate::workshop::answer::Problem;

/// Characters of a filter.
const TEXT_MAX: usize = 1000;
/// Words and conditions of one.
const TERMS_MAX: usize = 20;
const HINT: &str = "write words, \"words in quotes\", or conditions such as name=Anna, pieces>2, at<2026-05-01";

/// A filter as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    /// It must occur somewhere; in lower case.
    Word(String),
    Condition {
        field: String,
        op: Op,
        value: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Is,
    IsNot,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// The longer ones first, since they begin with the shorter ones.
const OPS: [(&str, Op); 6] =
    [("!=", Op::IsNot), ("<=", Op::AtMost), (">=", Op::AtLeast), ("=", Op::Is), ("<", Op::Less), (">", Op::More)];

impl Op {
    fn sign(self) -> &'static str {
        OPS.iter().find(|(_, op)| *op == self).map_or("", |(sign, _)| sign)
    }

    fn takes(self, ordering: Ordering) -> bool {
        match self {
            Op::Is => ordering.is_eq(),
            Op::IsNot => ordering.is_ne(),
            Op::Less => ordering.is_lt(),
            Op::AtMost => ordering.is_le(),
            Op::More => ordering.is_gt(),
            Op::AtLeast => ordering.is_ge(),
        }
    }

    fn orders(self) -> bool {
        !matches!(self, Op::Is | Op::IsNot)
    }
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote it.
    pub(super) fn parse(text: &str) -> Result<Filter, Problem> {
        if text.chars().count() > TEXT_MAX {
            return Err(Problem::usage(format!("the filter is longer than {TEXT_MAX} characters"), HINT));
        }
        let terms = pieces(text)?.into_iter().map(term).collect::<Result<Vec<_>, _>>()?;
        if terms.len() > TERMS_MAX {
            return Err(Problem::usage(format!("the filter has more than {TERMS_MAX} words and conditions"), HINT));
        }
        Ok(Filter { terms })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The filter for the rows of a table.
    ///
    /// # Errors
    /// Why none of its rows can be meant.
    pub(super) fn on(&self, table: &Table) -> Result<Tests, Unfit> {
        let test = |term: &Term| match term {
            Term::Word(word) => Ok(Test::Word(word.clone())),
            Term::Condition { field, op, value } => condition(table, field, *op, value),
        };
        Ok(Tests(self.terms.iter().map(test).collect::<Result<_, _>>()?))
    }
}

/// Why a filter can't be used on a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Unfit {
    /// It has no such field.
    NoField(String),
    /// The field can't be compared so.
    NotComparable(String),
}

impl Unfit {
    /// In words, with the fields that there are.
    pub(super) fn problem(self, fields: &[String]) -> Problem {
        match self {
            Unfit::NoField(field) => {
                let known: Vec<&str> = fields.iter().take(40).map(String::as_str).collect();
                let hint = match known.as_slice() {
                    [] => "the app keeps nothing yet".to_owned(),
                    known => format!("there are: {}", known.join(", ")),
                };
                Problem::usage(format!("no data has a field `{field}`"), hint)
            }
            Unfit::NotComparable(text) => Problem::usage(text, HINT),
        }
    }
}

/// A piece of the text between spaces: its characters, and which of them stood in quotes.
type Piece = Vec<(char, bool)>;

fn pieces(text: &str) -> Result<Vec<Piece>, Problem> {
    let mut pieces = Vec::new();
    let mut piece = None::<Piece>;
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                piece.get_or_insert_default();
            }
            letter if letter.is_whitespace() && !quoted => pieces.extend(piece.take()),
            letter => piece.get_or_insert_default().push((letter, quoted)),
        }
    }
    if quoted {
        return Err(Problem::usage("a quote in the filter is not closed", "put a second \" behind the words"));
    }
    pieces.extend(piece);
    Ok(pieces)
}

fn term(piece: Piece) -> Result<Term, Problem> {
    let text = |part: &[(char, bool)]| part.iter().map(|(letter, _)| *letter).collect::<String>();
    let sign = |at: usize| {
        let starts =
            |sign: &str| sign.chars().enumerate().all(|(step, letter)| piece.get(at + step) == Some(&(letter, false)));
        OPS.into_iter().find(|(sign, _)| starts(sign))
    };
    let Some((at, (sign, op))) = (0..piece.len()).find_map(|at| Some((at, sign(at)?))) else {
        return Ok(Term::Word(text(&piece).to_lowercase()));
    };
    let (field, value) = (text(&piece[..at]), text(&piece[at + sign.len()..]));
    if field.is_empty() {
        return Err(Problem::usage(
            format!("`{sign}{value}` in the filter names no field"),
            "write the field right before it, as in pieces>2; put words with such signs in quotes",
        ));
    }
    if op.orders() && value.is_empty() {
        return Err(Problem::usage(
            format!("`{field}{sign}` in the filter says no value"),
            format!("write the value right behind it, as in {field}{sign}2"),
        ));
    }
    Ok(Term::Condition { field, op, value })
}

/// A filter that is ready for the rows of one table.
#[derive(Debug)]
pub(super) struct Tests(Vec<Test>);

#[derive(Debug)]
enum Test {
    Word(String),
    Condition { part: Part, inner: Vec<String>, op: Op, value: Wanted },
}

/// A condition's value, as what it is compared with.
#[derive(Debug)]
enum Wanted {
    Nothing,
    Whole(Decimal),
    Float(f64),
    /// A day or another beginning of a time as it is shown, and the time it begins at.
    Time(String, i128),
    Bool(bool),
    Text(String),
}

fn condition(table: &Table, field: &str, op: Op, value: &str) -> Result<Test, Unfit> {
    let none = || Unfit::NoField(field.to_owned());
    let columns = table.columns();
    // The whole name first: a key's column may have a dot in it.
    let whole = columns.iter().find(|column| same(&column.name, field)).map(|column| (column, ""));
    let found = whole.or_else(|| {
        let (first, rest) = field.split_once('.')?;
        columns.iter().find(|column| same(&column.name, first)).map(|column| (column, rest))
    });
    let (column, rest) = found.ok_or_else(none)?;
    let mut kind = &column.kind;
    let mut inner = Vec::new();
    for step in rest.split('.').filter(|step| !step.is_empty()) {
        let Kind::Record(fields) = bare(kind) else { return Err(none()) };
        let (name, next) = fields.iter().find(|(name, _)| same(name, step)).ok_or_else(none)?;
        inner.push(name.clone());
        kind = next;
    }
    let element = match bare(kind) {
        Kind::List(element) => bare(element),
        kind => kind,
    };
    let value = wanted(field, element, op, value)?;
    Ok(Test::Condition { part: column.part.clone(), inner, op, value })
}

/// Names are the same whatever their case and the signs between their words.
fn same(one: &str, other: &str) -> bool {
    let letters = |name: &str| {
        name.chars().filter(|letter| *letter != '_' && *letter != '-').flat_map(char::to_lowercase).collect::<String>()
    };
    letters(one) == letters(other)
}

fn wanted(field: &str, kind: &Kind, op: Op, value: &str) -> Result<Wanted, Unfit> {
    let no =
        |what: &str| Err(Unfit::NotComparable(format!("`{field}{}{value}` can't be: `{field}` is {what}", op.sign())));
    if value.is_empty() {
        return Ok(Wanted::Nothing);
    }
    match kind {
        Kind::Whole => match (Decimal::parse(value), instant(value)) {
            (Some(number), _) => Ok(Wanted::Whole(number)),
            (None, Some(ns)) => Ok(Wanted::Time(value.to_uppercase(), ns)),
            _ => no("a number"),
        },
        Kind::Float => value.parse().map(Wanted::Float).or_else(|_| no("a number")),
        Kind::Bool if op.orders() => no("yes or no"),
        Kind::Bool => match value.to_lowercase().as_str() {
            "true" | "yes" => Ok(Wanted::Bool(true)),
            "false" | "no" => Ok(Wanted::Bool(false)),
            _ => no("yes or no"),
        },
        Kind::Text => Ok(Wanted::Text(value.to_lowercase())),
        Kind::Principal if !op.orders() => Ok(Wanted::Text(value.to_lowercase())),
        Kind::Variant(_) if !op.orders() => Ok(Wanted::Text(value.trim_start_matches('#').to_lowercase())),
        Kind::Principal => no("a principal"),
        Kind::Variant(_) => no("a choice of several"),
        Kind::Record(_) => no("a record; name one of its fields behind a dot"),
        _ => no("nothing that can be compared"),
    }
}

/// A day (`2026-05-01`) or a time (RFC 3339), as ns since 1970.
fn instant(text: &str) -> Option<i128> {
    use time::format_description::well_known::Rfc3339;
    let time = |text: &str| time::OffsetDateTime::parse(text, &Rfc3339).ok();
    let upper = text.to_uppercase();
    time(&upper).or_else(|| time(&format!("{upper}T00:00:00Z"))).map(time::OffsetDateTime::unix_timestamp_nanos)
}

impl Tests {
    /// Whether a row is wanted.
    pub(super) fn take(&self, table: &Table, row: &Value) -> bool {
        self.0.iter().all(|test| match test {
            Test::Word(word) => occurs(word, row),
            Test::Condition { part, inner, op, value } => {
                let cell = table.cell(row, part);
                let cell = inner.iter().try_fold(cell, |cell, name| cell.get(name)).unwrap_or(&Value::Null);
                matches(cell, *op, value)
            }
        })
    }
}

/// Whether a word occurs in a text, a number or the tag of a choice within a value.
fn occurs(word: &str, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => value.to_string() == word,
        Value::Number(number) => number.to_string().contains(word),
        Value::String(text) => {
            text.to_lowercase().contains(word) || time_of(value).is_some_and(|ns| iso(ns).to_lowercase().contains(word))
        }
        Value::Array(parts) => parts.iter().any(|part| occurs(word, part)),
        Value::Object(parts) => {
            let tag = |name: &str| name.strip_prefix('#').is_some_and(|tag| tag.to_lowercase().contains(word));
            !is_blob(parts) && parts.iter().any(|(name, part)| tag(name) || occurs(word, part))
        }
    }
}

/// The JSON of a blob, whose letters mean nothing.
fn is_blob(parts: &Map<String, Value>) -> bool {
    parts.len() == 2 && parts.contains_key("base64") && parts.contains_key("length")
}

fn matches(cell: &Value, op: Op, wanted: &Wanted) -> bool {
    if op == Op::IsNot {
        return !matches(cell, Op::Is, wanted);
    }
    match (cell, wanted) {
        (cell, Wanted::Nothing) => {
            cell.is_null() || cell.as_str() == Some("") || cell.as_array().is_some_and(Vec::is_empty)
        }
        (Value::Array(parts), wanted) => parts.iter().any(|part| matches(part, op, wanted)),
        (Value::Object(parts), Wanted::Text(tag)) => {
            parts.keys().any(|key| key.strip_prefix('#').is_some_and(|known| known.to_lowercase() == *tag))
        }
        (cell, wanted) => compared(cell, op, wanted).unwrap_or(false),
    }
}

fn compared(cell: &Value, op: Op, wanted: &Wanted) -> Option<bool> {
    let ordering = match wanted {
        Wanted::Whole(number) => Decimal::parse(cell.as_str()?)?.cmp(number),
        // A float that no JSON number can say comes as text.
        Wanted::Float(number) => cell.as_f64().or_else(|| cell.as_str()?.parse().ok())?.partial_cmp(number)?,
        Wanted::Time(text, ns) => {
            let at: i128 = cell.as_str()?.parse().ok()?;
            if op == Op::Is {
                return Some(iso(at).starts_with(text.as_str()) || at == *ns);
            }
            at.cmp(ns)
        }
        Wanted::Bool(value) => cell.as_bool()?.cmp(value),
        Wanted::Text(text) => cell.as_str()?.to_lowercase().as_str().cmp(text),
        Wanted::Nothing => return None,
    };
    Some(op.takes(ordering))
}

/// A decimal number of any size: its sign, and its digits without zeros that say nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    whole: String,
    part: String,
}

impl Decimal {
    fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let digits = digits.replace('_', "");
        let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(part) {
            return None;
        }
        let (whole, part) = (whole.trim_start_matches('0').to_owned(), part.trim_end_matches('0').to_owned());
        let zero = whole.is_empty() && part.is_empty();
        Some(Decimal { negative: negative && !zero, whole, part })
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        let size = |one: &Decimal, other: &Decimal| {
            let whole = one.whole.len().cmp(&other.whole.len()).then_with(|| one.whole.cmp(&other.whole));
            whole.then_with(|| one.part.cmp(&other.part))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::table::{tables, tests::store};
    use super::*;

    /// The keys of the orders that a filter takes.
    fn taken(text: &str) -> Vec<String> {
        let (kind, value) = store();
        let orders = tables("store", &kind, &value).remove(1);
        let tests = Filter::parse(text).unwrap().on(&orders).unwrap();
        let rows = orders.rows(&value).iter().filter(|row| tests.take(&orders, row));
        rows.map(|row| row[0].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn words_and_conditions_count_together() {
        for (text, keys) in [
            ("", "0 1 2"),
            ("BREAD", "0"),
            ("\"cake, \"", "1"),
            ("ca ke", "1"),
            ("open", "0 2"),
            ("what", ""),
            ("pieces>2", "1 2"),
            ("pieces>=3 open", "2"),
            ("pieces<10", "0 2"),
            ("Pieces=012", "1"),
            ("pieces!=2", "1 2"),
            ("price<0", "2"),
            ("price>=2.5", "0 1"),
            ("key=1", "1"),
            ("state=open", "0 2"),
            ("state=#paid", "1"),
            ("state!=paid", "0 2"),
            ("tags=rye", "0"),
            ("tags=", "1"),
            ("at=", "1"),
            ("at!=", "0 2"),
            ("at>2026-11-20", "0"),
            ("at=2026-11-20", "0"),
            ("at<2026-11-18T11:06:40Z", ""),
            ("at<=2026-11-18T11:06:41Z", "2"),
            ("2026-11-18", "2"),
            ("what=bread", "0"),
            ("what>c", "1"),
            ("what=\"=1+1\"", "2"),
            ("\"=1\"", "2"),
        ] {
            assert_eq!(taken(text).join(" "), keys, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |text: &str| Filter::parse(text).unwrap_err().message;
        assert_eq!(wrong("\"open"), "a quote in the filter is not closed");
        assert_eq!(wrong("bread >2"), "`>2` in the filter names no field");
        assert_eq!(wrong("pieces> 2"), "`pieces>` in the filter says no value");
        assert_eq!(wrong(&"a ".repeat(21)), "the filter has more than 20 words and conditions");
        assert_eq!(wrong(&"a".repeat(1001)), "the filter is longer than 1000 characters");
        let (kind, value) = store();
        let orders = tables("store", &kind, &value).remove(1);
        let unfit = |text: &str| Filter::parse(text).unwrap().on(&orders).unwrap_err();
        assert_eq!(unfit("colour=red"), Unfit::NoField("colour".into()));
        assert_eq!(unfit("what.of=red"), Unfit::NoField("what.of".into()));
        let no = |text: &str| Unfit::NotComparable(text.into());
        assert_eq!(unfit("pieces>many"), no("`pieces>many` can't be: `pieces` is a number"));
        assert_eq!(unfit("state<open"), no("`state<open` can't be: `state` is a choice of several"));
        let problem = unfit("colour=red").problem(&["what".into(), "pieces".into()]);
        assert_eq!(
            (problem.message.as_str(), problem.hint.as_str()),
            ("no data has a field `colour`", "there are: what, pieces")
        );
    }

    #[test]
    fn fields_within_fields_and_lists_of_them() {
        let place = Kind::Record(vec![("cityName".into(), Kind::Text)]);
        let row = Kind::Record(vec![("place".into(), Kind::Option(Box::new(place)))]);
        let value = json!([{ "place": { "cityName": "Ghent" } }, { "place": null }]);
        let table = tables("rows", &Kind::List(Box::new(row)), &value).remove(0);
        let taken = |text: &str| {
            let tests = Filter::parse(text).unwrap().on(&table).unwrap();
            table.rows(&value).iter().map(|row| tests.take(&table, row)).collect::<Vec<_>>()
        };
        assert_eq!(taken("place.city_name=ghent"), [true, false]);
        assert_eq!(taken("place.cityname="), [false, true]);
        assert!(matches!(Filter::parse("place=x").unwrap().on(&table), Err(Unfit::NotComparable(_))));
    }

    proptest! {
        #[test]
        fn numbers_are_ordered_as_numbers(a in any::<i128>(), b in any::<i128>(), zeros in 0usize..4) {
            let padded = format!("{}{}{}", if a < 0 { "-" } else { "" }, "0".repeat(zeros), a.unsigned_abs());
            let (one, other) = (Decimal::parse(&padded).unwrap(), Decimal::parse(&b.to_string()).unwrap());
            prop_assert_eq!(one.cmp(&other), a.cmp(&b));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}|[a-z=<>!\"# .0-9-]{0,40}") {
            let (kind, value) = store();
            for table in tables("store", &kind, &value) {
                if let Ok(Ok(tests)) = Filter::parse(&text).map(|filter| filter.on(&table)) {
                    table.rows(&value).iter().for_each(|row| { tests.take(&table, row); });
                }
            }
        }
    }
}
