//! Tests of the format of accepted behaviours.

use proptest::prelude::*;

use super::*;

const FULL: &str = r#"
[[check]]
name = "A full table takes nobody else"

[[check.steps]]
call = "createTable"
args = '(record { name = opt "Window"; seats = opt opt 1 })'
expect = "(variant { ok })"

[[check.steps]]
as = "guest"
call = "createGuest"
fails = true
"#;

#[test]
fn a_file_says_who_calls_what_and_what_comes_of_it() {
    let checks = Check::parse(FULL).unwrap();
    assert_eq!(checks.len(), 1);
    assert_eq!((checks[0].on, checks[0].steps.len()), (On::Empty, 2));
    assert_eq!((checks[0].steps[0].caller.as_str(), checks[0].steps[1].args.as_str()), ("owner", "()"));
    assert!(checks[0].steps[1].fails);
    assert_eq!(Check::parse("").unwrap(), []);
}

#[test]
fn what_can_never_be_tried_is_said_with_its_place() {
    let wrong = [
        ("[[check]]\nname = \"a\"\nsteps = []", "“a” needs at least one step"),
        ("[[check]]\nname = \"\"\nsteps = [{ call = \"x\" }]", "needs a name"),
        (
            "[[check]]\nname = \"a\"\nsteps = [{ call = \"x\", args = \"(record {\" }]",
            "step 1 of “a”: `args` is not Candid",
        ),
        (
            "[[check]]\nname = \"a\"\nsteps = [{ call = \"x\" }, { call = \"y\", fails = true, expect = \"()\" }]",
            "step 2",
        ),
        ("[[check]]\nname = \"a\"\nwhen = \"never\"\nsteps = [{ call = \"x\" }]", "unknown field `when`"),
        ("[[check", "expected"),
    ];
    for (text, reason) in wrong {
        let error = Check::parse(text).unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
    let deep = format!("[[check]]\nname = \"a\"\nsteps = [{{ call = \"x\", args = \"({})\" }}]", "opt ".repeat(10_000));
    assert!(Check::parse(&deep).unwrap_err().to_string().contains("nested too deep"));
    assert!(Check::parse(&" ".repeat(MOST_BYTES + 1)).unwrap_err().to_string().contains("bytes"));
}

#[test]
fn what_was_accepted_is_run_and_never_dropped_in_silence() {
    let check = |name: &str, call: &str| {
        Check::parse(&format!("[[check]]\nname = \"{name}\"\nsteps = [{{ call = \"{call}\" }}]")).unwrap().remove(0)
    };
    let checks = Checks::of(vec![check("a", "x"), check("b", "x")], vec![check("b", "y"), check("a", "x")]);
    let names: Vec<(&str, &str)> =
        checks.run.iter().map(|check| (check.name.as_str(), check.steps[0].call.as_str())).collect();
    assert_eq!(names, [("a", "x"), ("b", "x"), ("b", "y")]);
    assert_eq!(checks.dropped, Vec::<String>::new());
    assert_eq!(Checks::of(vec![check("a", "x")], Vec::new()).dropped, ["a"]);
}

fn candid() -> impl Strategy<Value = String> {
    let leaf =
        prop_oneof!["[a-z]{0,4}", "[0-9]{1,3}", "\"[^\"]{0,6}\"", Just("null".to_owned()), Just("()".to_owned())];
    leaf.prop_recursive(6, 40, 4, |inner| {
        let field = ("[a-z]{1,3}", inner.clone()).prop_map(|(name, value)| format!("{name} = {value}"));
        prop_oneof![
            prop::collection::vec(field, 0..4).prop_map(|fields| format!("record {{ {} }}", fields.join("; "))),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|values| format!("vec {{ {} }}", values.join("; "))),
            inner.clone().prop_map(|value| format!("opt {value}")),
            inner.prop_map(|value| format!("({value})")),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,400}") {
        let _ = Check::parse(&text);
    }

    #[test]
    fn any_candid_in_a_step_is_read_or_refused(args in candid(), expect in candid(), noise in "[({})\"a-z ;=]{0,60}") {
        for args in [format!("({args})"), args, noise] {
            let text = toml::to_string(&toml::toml! { name = "a" }).unwrap();
            let step = Step {
                caller: "owner".into(),
                call: "x".into(),
                args,
                expect: Some(expect.clone()),
                contains: None,
                fails: false,
            };
            let check = Check { name: text, on: On::Live, steps: vec![step] };
            // What was written as a file is read as the same.
            let file = format!("[[check]]\n{}", toml::to_string(&check).unwrap().replace("[[steps]]", "[[check.steps]]"));
            if let Ok(read) = Check::parse(&file) {
                prop_assert_eq!(read, vec![check]);
            }
        }
    }
}
