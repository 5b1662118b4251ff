//! Between Candid text on the command line and bytes on the wire, by the types of the canister's `candid:service`.
//!
//! The interface and the replies come from apps, so they are read on a thread of its own: with enough stack for what
//! is deeply nested, within quotas, and a panic inside a library ends as a problem in words.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    time::Duration,
};

use candid::{
    DecoderConfig, IDLArgs, TypeEnv,
    types::{FuncMode, Function, Type},
};
use candid_parser::{IDLProg, check_prog, parse_idl_args};
use serde_json::Value;

use super::{problem::Problem, value::results_to_json};

/// A longer interface is not read, bytes; calls go without types then.
pub(crate) const INTERFACE_BYTES_MAX: usize = 256 << 10;
/// Room for what is deeply nested, bytes. It is only reserved, not used.
const STACK_BYTES: usize = 256 << 20;
/// Time that reading an interface and encoding or decoding by it may take.
const TIME_MAX: Duration = Duration::from_secs(20);
/// Work that reading a reply may take, in Candid's own measure.
const QUOTA: usize = 60_000_000;
/// How many of an app's methods an error names.
const METHODS_SHOWN: usize = 20;

/// A call, ready to be signed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Prepared {
    /// The encoded argument.
    pub(crate) arg: Vec<u8>,
    /// Whether the interface says that the method is a query (a composite one included).
    pub(crate) query: bool,
}

/// What a method answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    /// Candid text.
    pub(crate) candid: String,
    /// The JSON form of the command line's contract.
    pub(crate) value: Value,
}

/// Encodes the argument `text` for `method`, by the types of `interface` if there is one.
pub(crate) fn prepare(interface: Option<String>, method: &str, text: &str) -> Result<Prepared, Problem> {
    let (method, text) = (method.to_owned(), text.to_owned());
    in_room("the argument can't be encoded", TIME_MAX, move || {
        let args = parse(&text)?;
        let Some(types) = interface.as_deref().and_then(Types::read) else {
            let arg = args.to_bytes().map_err(|error| wrong_value(&error))?;
            return Ok(Prepared { arg, query: false });
        };
        let function = types.method(&method)?;
        let query = function.modes.iter().any(|mode| matches!(mode, FuncMode::Query | FuncMode::CompositeQuery));
        Ok(Prepared { arg: encode(args, &types.env, function, &method)?, query })
    })
}

/// Reads a reply of `method`, by the types of `interface` if there is one.
pub(crate) fn read_reply(interface: Option<String>, method: &str, bytes: Vec<u8>) -> Result<Reply, Problem> {
    let method = method.to_owned();
    in_room("the reply can't be read", TIME_MAX, move || {
        let types = interface.as_deref().and_then(Types::read);
        let function = types.as_ref().and_then(|types| Some((types, types.method(&method).ok()?)));
        let mut config = DecoderConfig::new();
        config.set_decoding_quota(QUOTA).set_skipping_quota(QUOTA);
        let typed = function.map(|(types, function)| {
            IDLArgs::from_bytes_with_types_with_config(&bytes, &types.env, &function.rets, &config)
        });
        // A reply that is not as the interface says is still shown, without its names.
        let args = match typed {
            Some(Ok(args)) => args,
            _ => IDLArgs::from_bytes_with_config(&bytes, &config).map_err(|error| {
                let message = format!("the reply is no Candid that can be read: {}", one_line(&error.to_string()));
                Problem::failed(message, "the canister may answer in a form of its own")
            })?,
        };
        let value = results_to_json(&args.args)
            .map_err(|error| Problem::failed(format!("the reply can't be shown: {error}"), "ask for less of it"))?;
        Ok(Reply { candid: args.to_string(), value })
    })
}

/// An app's interface.
struct Types {
    env: TypeEnv,
    service: Type,
}

impl Types {
    /// Reads an interface; one that can't be read is as good as none.
    fn read(text: &str) -> Option<Types> {
        if text.len() > INTERFACE_BYTES_MAX {
            return None;
        }
        let program: IDLProg = text.parse().ok()?;
        let mut env = TypeEnv::new();
        let service = check_prog(&mut env, &program).ok()??;
        env.as_service(&service).ok()?;
        Some(Types { env, service })
    }

    fn method(&self, name: &str) -> Result<&Function, Problem> {
        let methods = self.env.as_service(&self.service).unwrap_or_default();
        match methods.iter().find(|(known, _)| known == name) {
            Some((_, ty)) => self.env.as_func(ty).map_err(|error| Problem::failed(error.to_string(), "")),
            None => {
                let names: Vec<&str> = methods.iter().map(|(known, _)| known.as_str()).collect();
                let more = names.len().saturating_sub(METHODS_SHOWN);
                let mut hint = format!("it has {}", names[..names.len() - more].join(", "));
                if more > 0 {
                    hint.push_str(&format!(" and {more} more"));
                }
                if names.is_empty() {
                    hint = "it has no methods at all".into();
                }
                Err(Problem::usage(format!("the app has no method `{}`", name.escape_debug()), hint))
            }
        }
    }
}

fn encode(args: IDLArgs, env: &TypeEnv, function: &Function, method: &str) -> Result<Vec<u8>, Problem> {
    let types = &function.args;
    let wanted = || {
        let texts: Vec<String> = types.iter().map(|ty| one_line(&ty.to_string())).collect();
        format!("`{method}` takes ({})", texts.join(", "))
    };
    if args.args.len() > types.len() {
        return Err(Problem::usage(format!("{} arguments are too many", args.args.len()), wanted()));
    }
    for (at, (value, ty)) in args.args.iter().zip(types).enumerate() {
        value.annotate_type(true, env, ty).map_err(|error| {
            let why = one_line(&error.to_string());
            Problem::usage(format!("argument {} does not fit: {why}", at + 1), wanted())
        })?;
    }
    let given = args.args.len();
    let args = args.annotate_types(true, env, types).map_err(|_| {
        let message =
            if given == 0 { "the argument is missing".into() } else { format!("{given} arguments are too few") };
        Problem::usage(message, wanted())
    })?;
    args.to_bytes_with_types(env, types).map_err(|error| wrong_value(&error))
}

fn wrong_value(error: &candid::Error) -> Problem {
    let hint = "write it as Candid text in parentheses, as in '(\"Anna\", 3)'";
    Problem::usage(format!("the argument does not fit: {}", one_line(&error.to_string())), hint)
}

/// Parses an argument; what is wrong is named with its place.
fn parse(text: &str) -> Result<IDLArgs, Problem> {
    let text = if text.trim().is_empty() { "()" } else { text };
    parse_idl_args(text).map_err(|error| {
        let report = error.report();
        let label = report.labels.first();
        let at = label.map_or(text.len(), |label| label.range.start);
        let what = label.map_or_else(|| error.to_string(), |label| label.message.clone());
        let message =
            format!("the argument is not Candid text: {} at {}", one_line(&what).to_lowercase(), place(text, at));
        let note = report.notes.first().map(|note| one_line(note)).filter(|note| note.len() < 200);
        let hint = "write it in parentheses, as in '(\"Anna\", 3)'";
        Problem::usage(message, note.map_or_else(|| hint.to_owned(), |note| format!("{}; {hint}", note.to_lowercase())))
    })
}

/// A byte's place in words, counted in characters from 1.
fn place(text: &str, byte: usize) -> String {
    let before: String = text.bytes().take(byte).map(char::from).collect();
    let Some(before) = text.get(..byte.min(text.len())) else { return format!("byte {}", before.len() + 1) };
    if byte >= text.trim_end().len() {
        return "the end".into();
    }
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    if text.contains('\n') { format!("line {line}, character {column}") } else { format!("character {column}") }
}

fn one_line(text: &str) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 400 {
        line = line.chars().take(400).chain(['…']).collect();
    }
    line
}

/// Runs `work` where there is room for deep nesting, for a bounded time; a panic in it is a problem.
///
/// A thread that takes too long is left behind: the process is about to end.
fn in_room<T: Send + 'static>(
    what: &str,
    time_max: Duration,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (done, result) = mpsc::sync_channel(1);
    // Nobody waits any more if sending fails.
    let thread = move || drop(done.send(work()));
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(thread).map_err(|error| {
        Problem::failed(format!("{what}: no memory for it ({error})"), "free some memory and try again")
    })?;
    result.recv_timeout(time_max).unwrap_or_else(|error| {
        let why =
            if error == RecvTimeoutError::Timeout { "it takes too long" } else { "it is not made as it should be" };
        Err(Problem::failed(format!("{what}: {why}"), "the app's interface or what it answers may be unreasonable"))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::client::problem::Exit;

    const SHOP: &str = r#"
        type Tree = variant { leaf; node : record { Tree; nat; Tree } };
        service : (text) -> {
          add : (text, nat8, opt text) -> (nat);
          find : (record { name : text; "max" : opt nat }) -> (opt opt text) query;
          me : () -> (record { role : text; member : text }) composite_query;
          tree : (Tree) -> (Tree);
          price : (float64) -> (float64);
        }"#;

    fn prepared(method: &str, text: &str) -> Result<Prepared, Problem> {
        prepare(Some(SHOP.into()), method, text)
    }

    fn wrong(method: &str, text: &str) -> String {
        let problem = prepared(method, text).unwrap_err();
        assert_eq!(problem.exit, Exit::Usage, "{problem:?}");
        format!("{} | {}", problem.message, problem.hint)
    }

    #[test]
    fn arguments_take_the_types_of_the_method() {
        let bytes = candid::encode_args(("Anna", 3u8, None::<String>)).unwrap();
        assert_eq!(prepared("add", "(\"Anna\", 3)"), Ok(Prepared { arg: bytes.clone(), query: false }));
        assert_eq!(prepared("add", "(\"Anna\", 3, null)").unwrap().arg, bytes);
        assert!(prepared("find", "(record { name = \"A\" })").unwrap().query);
        assert!(prepared("me", "").unwrap().query, "a composite query is one");
        assert!(
            !prepared("tree", "(variant { node = record { variant { leaf }; 1; variant { leaf } } })").unwrap().query
        );
        assert!(prepared("price", "(1.5)").is_ok());
    }

    #[test]
    fn wrong_text_is_named_with_its_place() {
        assert!(
            wrong("add", "(\"Anna\", }").contains("unexpected token at character 10"),
            "{}",
            wrong("add", "(\"Anna\", }")
        );
        assert!(wrong("add", "(\"Anna\", 3").contains("at the end"));
        assert!(
            wrong("add", "(\"Änna\",\n  ?)").contains("line 2, character 3"),
            "{}",
            wrong("add", "(\"Änna\",\n  ?)")
        );
        assert!(wrong("add", "Anna").contains("parentheses"));
    }

    #[test]
    fn wrong_values_are_named_with_what_is_wanted() {
        assert!(wrong("add", "(\"Anna\", 300)").contains("argument 2"));
        assert!(wrong("add", "(1, 3)").contains("`add` takes (text, nat8, opt text)"), "{}", wrong("add", "(1, 3)"));
        assert!(wrong("add", "(\"Anna\")").contains("1 arguments are too few"));
        assert!(wrong("add", "").contains("missing"));
        assert!(wrong("me", "(1)").contains("too many"));
        assert!(wrong("find", "(record {})").contains("name"));
        assert!(wrong("nothing", "()").contains("it has add, find, me, price, tree"), "{}", wrong("nothing", "()"));
    }

    #[test]
    fn without_an_interface_text_says_its_own_types() {
        let bytes = candid::encode_args(("Anna", 3u8)).unwrap();
        for interface in [None, Some("service : {"), Some("type T = nat;")] {
            let interface = interface.map(str::to_owned);
            let prepared = prepare(interface, "add", "(\"Anna\", 3 : nat8)").unwrap();
            assert_eq!(prepared, Prepared { arg: bytes.clone(), query: false });
        }
    }

    #[test]
    fn replies_are_named_by_the_types() {
        #[derive(candid::CandidType)]
        struct Standing {
            role: &'static str,
            member: &'static str,
        }
        let bytes = candid::encode_one(Standing { role: "owner", member: "" }).unwrap();
        let reply = read_reply(Some(SHOP.into()), "me", bytes.clone()).unwrap();
        assert_eq!(reply.value, json!({ "role": "owner", "member": "" }));
        assert_eq!(reply.candid, r#"(record { member = ""; role = "owner" })"#);
        let unnamed = read_reply(None, "me", bytes).unwrap();
        assert_eq!(unnamed.value.as_object().unwrap().len(), 2);
        assert!(unnamed.value.as_object().unwrap().keys().all(|key| key.starts_with('_')));
        let nested = candid::encode_one(Some(None::<String>)).unwrap();
        assert_eq!(read_reply(Some(SHOP.into()), "find", nested).unwrap().value, json!([null]));
    }

    #[test]
    fn a_reply_unlike_its_interface_is_shown_all_the_same() {
        let bytes = candid::encode_one("surprise").unwrap();
        assert_eq!(read_reply(Some(SHOP.into()), "add", bytes).unwrap().value, json!("surprise"));
        let problem = read_reply(Some(SHOP.into()), "add", b"nonsense".to_vec()).unwrap_err();
        assert_eq!(problem.exit, Exit::Failed);
    }

    #[test]
    fn a_reply_that_claims_to_be_endless_is_given_up() {
        // `vec null` of four billion elements in a few bytes.
        let bytes = [b"DIDL\x01\x6d\x7f\x01\x00".as_slice(), &[0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
        assert!(read_reply(None, "x", bytes).is_err());
    }

    #[test]
    fn what_is_deeply_nested_has_room() {
        let interface = format!("service : {{ x : ({} nat) -> () }}", "opt ".repeat(1_000));
        let argument = format!("({} 1)", "opt ".repeat(1_000));
        assert!(prepare(Some(interface), "x", &argument).is_ok());
    }

    #[test]
    fn what_panics_or_takes_too_long_ends_in_words() {
        let (_never, wait) = mpsc::channel::<()>();
        let slow = in_room("it", Duration::from_millis(10), move || {
            let _ = wait.recv();
            Ok(())
        });
        assert_eq!(slow.unwrap_err().message, "it: it takes too long");
        let broken: Result<(), Problem> = in_room("it", TIME_MAX, || panic!("on purpose"));
        assert_eq!(broken.unwrap_err().exit, Exit::Failed);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_argument_makes_it_panic(text in "[ -~äß\\n]{0,40}") {
            let _ = prepared("add", &text);
        }

        #[test]
        fn no_reply_makes_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = read_reply(Some(SHOP.into()), "find", [b"DIDL".as_slice(), &tail].concat());
        }
    }
}
