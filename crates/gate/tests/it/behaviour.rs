//! Recorded calls, accepted behaviours and a declared touch, on a scripted fork.

use candid::Principal;
use gate::{Caller, Check, Checks, Options, Recorded, Side, Verdict, judge_with};

use crate::{
    fake::{
        Fake,
        Phase::{Empty, Live, Upgraded},
    },
    fixtures::lines,
};

const CANDID: &str = "service : { find : (nat) -> (opt text) query; name : (nat) -> (text) query }";

fn recorded(method: &str, number: u64) -> Recorded {
    let arg = candid_parser::parse_idl_args(&format!("({number} : nat)")).unwrap().to_bytes().unwrap();
    Recorded { method: method.into(), arg, caller: Principal::anonymous(), update: false }
}

fn judged(options: &Options, mut fork: Fake) -> Verdict {
    let side = Side { candid: CANDID, stable_types: "" };
    judge_with(options, Some(side), side, b"wasm", &mut fork, &[])
}

fn asking(methods: &[&str]) -> Options {
    Options { recorded: methods.iter().map(|method| recorded(method, 1)).collect(), ..Options::default() }
}

fn says(fork: Fake, callers: &[Caller], phases: &[crate::fake::Phase], answer: &str) -> Fake {
    callers.iter().fold(fork, |fork, caller| fork.says(phases, caller.clone(), "find", answer))
}

#[test]
fn what_fails_for_everybody_refuses_and_what_fails_for_some_asks() {
    let both = [Caller::Owner, Caller::Anonymous];
    let broken = judged(&asking(&["find"]), says(Fake::default(), &both, &[Live], "(opt \"Anna\")"));
    assert_eq!(
        lines(&broken.behaviour),
        [
            "Refuses call_fails: “find” now fails for people who are not signed in, who use it: 1 of 1 recorded call that worked. trapped: denied."
        ]
    );
    let closed = says(Fake::default(), &both, &[Live], "(opt \"Anna\")");
    let closed = judged(&asking(&["find"]), says(closed, &both[..1], &[Upgraded], "(opt \"Anna\")"));
    assert!(lines(&closed.behaviour)[0].starts_with("Asks call_fails: “find” now fails"), "{closed:#?}");
}

#[test]
fn what_answers_the_same_or_never_worked_says_nothing() {
    let both = [Caller::Owner, Caller::Anonymous];
    let same = says(Fake::default(), &both, &[Live, Upgraded], "(opt \"Anna\")");
    assert_eq!(lines(&judged(&asking(&["find", "name", "unknown"]), same).behaviour), Vec::<String>::new());
}

#[test]
fn what_answers_less_informs() {
    let less = says(Fake::default(), &[Caller::Anonymous], &[Live], "(opt \"Anna\")");
    let less = judged(&asking(&["find"]), says(less, &[Caller::Anonymous], &[Upgraded], "(null)"));
    assert_eq!(
        lines(&less.behaviour),
        [
            "Informs answers_less: “find” would show people who are not signed in less than it does now, for example “Anna”."
        ]
    );
}

#[test]
fn the_order_of_recording_changes_nothing() {
    let fork = || says(Fake::default(), &[Caller::Owner, Caller::Anonymous], &[Live], "(opt \"Anna\")");
    let mut options =
        Options { recorded: (0..900).map(|number| recorded("find", number)).collect(), ..Options::default() };
    let once = judged(&options, fork());
    options.recorded.reverse();
    options.recorded.extend(options.recorded.clone());
    assert_eq!(judged(&options, fork()), once);
    assert_eq!(once.behaviour[0].count, Some(300));
}

fn check(on: &str, steps: &str) -> Check {
    Check::parse(&format!("[[check]]\nname = \"It is so\"\non = \"{on}\"\nsteps = [{steps}]")).unwrap().remove(0)
}

#[test]
fn a_check_holds_by_what_it_names_and_no_more() {
    let answer = "(vec { record { id = 1 : nat; name = opt \"Anna\"; state = variant { open } } })";
    let candid = "service : { list : () -> (vec record { id : nat; name : opt text; state : variant { open; err : text } }) query; add : (nat) -> (variant { ok; err : text }) query }";
    let tried = |steps: &str| {
        let checks = Checks::of(Vec::new(), vec![check("empty", steps)]);
        let options = Options { checks, ..Options::default() };
        let mut fork =
            Fake::default().owner(&[Empty], "list", answer).owner(&[Empty], "add", "(variant { err = \"no\" })");
        let verdict = judge_with(&options, None, Side { candid, stable_types: "" }, b"wasm", &mut fork, &[]);
        verdict
            .behaviour
            .iter()
            .filter(|finding| finding.kind == "check_fails")
            .map(|f| f.message.clone())
            .collect::<Vec<_>>()
    };
    let holds = [
        "{ call = \"list\" }",
        "{ call = \"list\", expect = '(vec { record { name = opt \"Anna\" } })' }",
        "{ call = \"list\", expect = '(vec { record { state = variant { open } } })', contains = \"Ann\" }",
        "{ call = \"add\", args = \"(1)\", fails = true }",
        "{ call = \"add\", args = \"(1)\", expect = \"(variant { err })\" }",
        "{ call = \"add\", args = \"(1)\", contains = \"no\" }",
        "{ as = \"stranger\", call = \"list\", fails = true }",
    ];
    for steps in holds {
        assert_eq!(tried(steps), Vec::<String>::new(), "{steps}");
    }
    let fails = [
        ("{ call = \"list\", expect = \"(vec {})\" }", "should have answered (vec {})"),
        ("{ call = \"list\", expect = '(vec { record { name = opt \"Ben\" } })' }", "should have answered"),
        ("{ call = \"list\", contains = \"Ben\" }", "should have answered with “Ben”"),
        ("{ call = \"list\", fails = true }", "should have been refused"),
        ("{ call = \"add\", args = \"(1)\" }", "is refused"),
        ("{ call = \"add\", args = '(\"x\")' }", "can't be called"),
        ("{ call = \"nothing\" }", "there is no such method"),
        ("{ as = \"stranger\", call = \"list\" }", "as a stranger, fails: trapped"),
    ];
    for (steps, reason) in fails {
        let messages = tried(steps);
        assert!(messages.len() == 1 && messages[0].contains(reason), "{steps}: {messages:?}");
    }
}

#[test]
fn what_never_held_on_the_live_data_only_informs() {
    let steps = "{ call = \"find\", args = \"(1)\", expect = '(opt \"Anna\")' }";
    let options = || Options { checks: Checks::of(vec![check("live", steps)], Vec::new()), ..Options::default() };
    let fork = |before: &str| Fake::default().owner(&[Live], "find", before).owner(&[Upgraded], "find", "(null)");
    let kinds = |verdict: Verdict| -> Vec<String> {
        verdict.behaviour.iter().map(|f| format!("{:?} {}", f.effect, f.kind)).collect()
    };
    assert_eq!(kinds(judged(&options(), fork("(opt \"Anna\")"))), ["Asks check_dropped", "Asks check_fails"]);
    assert_eq!(kinds(judged(&options(), fork("(null)"))), ["Asks check_dropped", "Informs check_fails"]);
}
