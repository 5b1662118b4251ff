//! Answers of a node as calm sentences and small tables, for people.
//!
//! Everything here reads the answer leniently: what is missing is left out, never guessed.

use std::fmt::Write as _;

use serde_json::Value;

use super::tables;

/// Sections of a verdict, in the gate's order.
const SECTIONS: [&str; 5] = ["build", "interface", "data", "access", "behaviour"];

/// What became of a proposal. `again` is the command that made it, for approvals.
pub(super) fn outcome(answer: &Value, again: &str) -> String {
    let app = text(answer, "app");
    let total = answer["seconds"]["total"].as_f64();
    let pause = answer["seconds"]["pause"].as_f64().map(|seconds| format!(", paused for {:.0} ms", seconds * 1000.0));
    let pause = pause.unwrap_or_default();
    let after = total.map(|seconds| format!(" ({seconds:.1} s{pause})")).unwrap_or_default();
    let version = answer["version"].as_u64().map(|number| format!(", version {number}")).unwrap_or_default();
    let message = text(answer, "message");
    let mut out = match text(answer, "outcome") {
        "live" => format!("{app} is live at {}{version}{after}\n", text(answer, "url")),
        "ok" if again.starts_with("autograph erase") => format!("erased from {app}{after}\n"),
        "ok" if answer["approve"].is_string() => format!("{app} stays as it is until you say yes{after}\n"),
        "ok" if !message.is_empty() => format!("{}\n", message.trim_end()),
        "ok" => format!("the gate lets it pass{after}\n"),
        "refused" if app.is_empty() => format!("refused{after}\n"),
        "refused" => format!("refused; {app} stays as it is{after}\n"),
        _ if message.is_empty() => format!("not done{after}\n"),
        _ => format!("not done: {}{after}\n", message.trim_end_matches('.')),
    };
    for (title, key) in [("Understood", "understood"), ("Assumed", "assumed"), ("Not understood", "not_understood")] {
        let same = |entry: &String| entry.trim_end_matches('.') == message.trim_end_matches('.');
        list(&mut out, title, strings(&answer[key]).into_iter().filter(|entry| !same(entry)).collect());
    }
    list(&mut out, "What becomes different", items(&answer["changes"]).map(difference).collect());
    list(&mut out, "In the way", findings(answer, &["refuses", "asks"]));
    list(&mut out, "Noted", findings(answer, &["informs"]));
    list(&mut out, "Tried", items(&answer["tried"]).map(tried).collect());
    list(&mut out, "Ways on", ways(answer, again));
    questions(&mut out, answer, app);
    out
}

/// What a change makes of one thing.
fn difference(entry: &Value) -> String {
    match text(entry, "what") {
        "new" => format!("new: {}", text(entry, "text")),
        "gone" => format!("gone: {}", text(entry, "text")),
        _ => format!("{} (it was: {})", text(entry, "text"), text(entry, "before")),
    }
}

/// The apps.
pub(super) fn apps(answer: &Value) -> String {
    let rows = items(&answer["apps"])
        .map(|app| ["app", "version", "status", "updated_at", "url"].map(|key| cell(&app[key])).to_vec());
    table(
        &["APP", "VERSION", "STATUS", "UPDATED", "ADDRESS"],
        rows,
        "there are no apps yet; `autograph new TEXT` writes one",
    )
}

/// Where a look is.
pub(super) fn look(answer: &Value) -> String {
    format!("{}\n{}\n", text(answer, "url"), text(answer, "message"))
}

/// An app's versions.
pub(super) fn history(answer: &Value) -> String {
    let rows = items(&answer["versions"]).map(|version| {
        let mark = if version["current"] == true { "current" } else { "" };
        vec![cell(&version["version"]), cell(&version["at"]), mark.into(), cell(&version["message"])]
    });
    tables::table(&["VERSION", "AT", "", "MESSAGE"], rows, "there are no versions")
}

/// Who may do what.
pub(super) fn access(answer: &Value) -> String {
    let label = |role: &Value| {
        let known = items(&answer["roles"]).find(|known| known["id"] == *role);
        known.map_or_else(|| cell(role), |known| cell(&known["label"]))
    };
    let declared =
        items(&answer["matrix"]).map(|row| vec![label(&row["role"]), cell(&row["entity"]), cell(&row["sentence"])]);
    let mut out = tables::table(&["ROLE", "WHAT", "MAY"], declared, "the app declares nothing about access");
    // What somebody can't use is left out: it is in the JSON.
    let observed = items(&answer["observed"]).filter(|row| row["answers"] != "no");
    let sentence = |row: &Value| tables::wrapped(&cell(&row["sentence"]), 4);
    list(&mut out, "What was seen when every role tried every method", observed.map(sentence).collect());
    out
}

/// What an app logged.
pub(super) fn logs(answer: &Value) -> String {
    let line = |entry: &Value| format!("{}  {}\n", cell(&entry["at"]), text(entry, "text").trim_end());
    let lines: String = items(&answer["entries"]).map(line).collect();
    if lines.is_empty() { "the app has logged nothing\n".into() } else { lines }
}

/// Whether a node can serve and write.
pub(super) fn status(answer: &Value) -> String {
    if answer["ok"] != true {
        return "the node can't serve and write\n".into();
    }
    let apps = answer["apps"].as_u64().map(|count| match count {
        1 => ", with 1 app".to_owned(),
        count => format!(", with {count} apps"),
    });
    let mut out = format!("the node at {} serves and writes{}\n", text(answer, "url"), apps.unwrap_or_default());
    list(&mut out, "Altered outside of this program, and not served", items(&answer["damaged"]).map(damage).collect());
    out
}

fn damage(entry: &Value) -> String {
    let app = if entry["app"].is_string() { text(entry, "app") } else { text(entry, "canister") };
    match entry["version"].as_u64() {
        Some(version) => format!("the restore point of {app}, version {version} ({})", text(entry, "what")),
        None => format!("{app} ({}); `autograph restore` brings back an earlier version", text(entry, "what")),
    }
}

/// One app.
pub(super) fn show(answer: &Value) -> String {
    let mut out =
        format!("{} is version {} at {}\n", text(answer, "app"), cell(&answer["version"]), text(answer, "url"));
    let _ = writeln!(out, "canister {}", text(answer, "canister_id"));
    if answer["damage"].is_string() {
        let _ = writeln!(
            out,
            "its data was altered outside of this program ({}); it is not served",
            text(answer, "damage")
        );
    }
    match &answer["description"] {
        Value::String(sentence) => list(&mut out, "What it is", vec![sentence.clone()]),
        several => list(&mut out, "What it is", strings(several)),
    }
    list(&mut out, "Files", strings(&answer["files"]));
    out
}

/// Anything else: JSON, made readable.
pub(super) fn anything(answer: &Value) -> String {
    serde_json::to_string_pretty(answer).unwrap_or_else(|_| answer.to_string())
}

/// An argument as a shell takes it.
pub(super) fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', "'\\''"))
}

fn findings(answer: &Value, effects: &[&str]) -> Vec<String> {
    let of_section = |section| items(&answer["verdict"][section]).map(move |finding| (section, finding));
    let all = SECTIONS.into_iter().flat_map(of_section);
    all.filter(|(_, finding)| effects.contains(&text(finding, "effect")))
        .map(|(section, finding)| sentence(section, finding))
        .collect()
}

fn sentence(section: &str, finding: &Value) -> String {
    let mut out = format!("{section}: {}", text(finding, "message").trim_end());
    let examples: Vec<String> = items(&finding["examples"]).take(3).map(cell).collect();
    if !examples.is_empty() {
        let _ = write!(out, " (for example {})", examples.join(", "));
    }
    out
}

/// A way that the writer tried, and what the gate found in it.
fn tried(way: &Value) -> String {
    let message = text(way, "message").trim_end_matches('.');
    match strings(&way["found"]).as_slice() {
        [] => format!("{message}: the gate lets it pass"),
        found => format!("{message}: {}", found.join(" ")),
    }
}

fn ways(answer: &Value, again: &str) -> Vec<String> {
    let way = |message: &str, token: &str| format!("{message}:\n{again} --approve {}", quoted(token));
    let gentler =
        items(&answer["alternatives"]).map(|one| way(text(one, "message").trim_end_matches('.'), text(one, "approve")));
    let yes = if text(answer, "outcome") == "ok" { "do it" } else { "do exactly what was asked" };
    let literally = answer["approve"].as_str().map(|token| way(yes, token));
    gentler.chain(literally).collect()
}

fn questions(out: &mut String, answer: &Value, app: &str) {
    let asked = items(&answer["questions"]).map(|question| {
        let mut lines = text(question, "text").to_owned();
        for answer in items(&question["answers"]) {
            let label = text(answer, "label");
            let _ = match text(answer, "change") {
                "" => write!(lines, "\n{label}: as it is"),
                change => write!(lines, "\n{label}: autograph change {} {}", quoted(app), quoted(change)),
            };
        }
        lines
    });
    list(out, "Questions", asked.collect());
}

fn list(out: &mut String, title: &str, entries: Vec<String>) {
    if entries.is_empty() {
        return;
    }
    let _ = write!(out, "\n{title}\n");
    for entry in entries {
        let _ = writeln!(out, "  - {}", entry.trim_end().replace('\n', "\n    "));
    }
}

/// Columns as wide as their widest cell; a cell is one line.
fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, none: &str) -> String {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return format!("{none}\n");
    }
    let head: Vec<String> = head.iter().map(|&title| title.to_owned()).collect();
    let width = |column: usize| rows.iter().chain([&head]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    [&head].into_iter().chain(&rows).map(line).collect()
}

pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn strings(value: &Value) -> Vec<String> {
    items(value).map(cell).collect()
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A value in one line.
pub(super) fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.split(['\n', '\r']).map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_live_app() {
        let answer = json!({
            "outcome": "live", "app": "wedding", "version": 1, "url": "http://wedding.localhost:4943",
            "seconds": { "total": 3.21, "pause": 0.038 }, "understood": ["Guests have a name."], "assumed": [], "not_understood": [],
            "questions": [{ "text": "May guests see each other?", "answers": [
                { "label": "yes", "change": "guests may see all guests" }, { "label": "no", "change": "it's private" }, { "label": "later", "change": "" }] }],
        });
        let expected = "\
wedding is live at http://wedding.localhost:4943, version 1 (3.2 s, paused for 38 ms)

Understood
  - Guests have a name.

Questions
  - May guests see each other?
    yes: autograph change wedding 'guests may see all guests'
    no: autograph change wedding 'it'\\''s private'
    later: as it is
";
        assert_eq!(outcome(&answer, ""), expected);
    }

    #[test]
    fn a_refusal_shows_what_is_in_the_way_and_the_gentlest_way_first() {
        let answer = json!({
            "outcome": "refused", "app": "shop",
            "verdict": { "data": [{ "effect": "asks", "message": "3 prices would be gone", "examples": ["5", "7"] }],
                         "access": [{ "effect": "informs", "message": "a new method" }] },
            "tried": [{ "message": "archive them.", "found": [] }, { "message": "hide them", "found": ["It opens more."] }],
            "alternatives": [{ "message": "archive them.", "approve": "t1" }], "approve": "t2",
        });
        let expected = "\
refused; shop stays as it is

In the way
  - data: 3 prices would be gone (for example 5, 7)

Noted
  - access: a new method

Tried
  - archive them: the gate lets it pass
  - hide them: It opens more.

Ways on
  - archive them:
    autograph change shop x --approve t1
  - do exactly what was asked:
    autograph change shop x --approve t2
";
        assert_eq!(outcome(&answer, "autograph change shop x"), expected);
    }

    #[test]
    fn tables_line_up() {
        let answer = json!({ "apps": [
            { "app": "a", "version": 12, "status": "live", "updated_at": "2026-11-21T05:00:00Z", "url": "http://a.localhost" },
            { "app": "längere", "version": 1, "status": "frozen", "updated_at": "x", "url": "u" },
        ] });
        let expected = "\
APP      VERSION  STATUS  UPDATED               ADDRESS
a        12       live    2026-11-21T05:00:00Z  http://a.localhost
längere  1        frozen  x                     u
";
        assert_eq!(apps(&answer), expected);
        assert_eq!(apps(&json!({ "apps": [] })), "there are no apps yet; `autograph new TEXT` writes one\n");
        let versions = json!({ "versions": [{ "version": 1, "at": "x", "current": true, "message": "one\ntwo" }] });
        assert_eq!(history(&versions), "VERSION  AT           MESSAGE\n1        x   current  one / two\n");
    }

    #[test]
    fn access_says_what_is_declared_and_what_was_seen() {
        let answer = json!({
            "roles": [{ "id": "guest", "label": "Guest" }],
            "matrix": [{ "role": "guest", "entity": "Orders", "sentence": "can see their own orders" }],
            "observed": [{ "role": "guest", "method": "list", "answers": "yes", "sentence": "Members with the role “guest” can see “orders” (at, name, pieces, price, state) by “list”." },
                         { "role": "anonymous", "method": "list", "answers": "no", "sentence": "Anyone can't use “list”." }],
        });
        let expected = "\
ROLE   WHAT    MAY
Guest  Orders  can see their own orders

What was seen when every role tried every method
  - Members with the role “guest” can see “orders” (at, name, pieces, price,
    state) by “list”.
";
        assert_eq!(access(&answer), expected);
        assert_eq!(access(&json!({})), "the app declares nothing about access\n");
    }

    #[test]
    fn shells_take_what_is_quoted() {
        for (argument, expected) in [("plain-1", "plain-1"), ("", "''"), ("a b", "'a b'"), ("$(x)'", "'$(x)'\\'''")] {
            assert_eq!(quoted(argument), expected);
        }
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from)
        ];
        let keys = prop_oneof![
            Just("app"),
            Just("apps"),
            Just("versions"),
            Just("verdict"),
            Just("data"),
            Just("questions"),
            Just("answers"),
            Just("outcome"),
            Just("examples"),
            Just("message"),
            Just("entries"),
            Just("matrix")
        ];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map(keys.clone().prop_map(str::to_owned), inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(answer in json_value()) {
            for words in [outcome, |answer: &Value, _: &str| apps(answer), |answer: &Value, _: &str| history(answer),
                |answer: &Value, _: &str| access(answer), |answer: &Value, _: &str| logs(answer),
                |answer: &Value, _: &str| status(answer), |answer: &Value, _: &str| show(answer)] {
                words(&answer, "again");
            }
        }
    }
}
