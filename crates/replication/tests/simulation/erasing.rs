//! The power goes during every single change of the disk of an erasure, one run for each; whatever is left must be the
//! app with all of it or without any of it, and what was acknowledged as erased is in no file.

use candid::Principal;
use execution::registry::{
    ERASED,
    calls::{AppArg, AppCall, EraseArg, Erased, InviteArg, Invited, PublishArg},
};
use state::{
    blobs::BlobStore,
    replicated::IngressStatus,
    storage::simulated::{Crash, SimulatedDisk},
};

use crate::{
    alone,
    run::{PERSON, disk_with_apps},
    switching::{App, FAULTS, Node, look, release},
};

/// What is to be erased, and what is not.
const SECRET: &str = "+49 30 555 0199";
const OTHER: &str = "to stay behind";

/// An app that keeps lines, says what it kept, and lets go of a line without writing over it.
const LINES: &str = r#"(module
  (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (memory 2)
  (data (i32.const 600) "{VERSION}")
  (func $count (result i32) (i32.load (i32.const 1024)))
  (func $set_count (param i32) (i32.store (i32.const 1024) (local.get 0)))
  (func $line (result i32) (i32.add (i32.const 8192) (i32.mul (call $count) (i32.const 4090))))
  (func (export "canister_update keep")
    (call $arg_copy (call $line) (i32.const 0) (call $arg_size))
    (call $append (call $line) (call $arg_size))
    (call $print (call $line) (call $arg_size))
    (call $set_count (i32.add (call $count) (i32.const 1)))
    (call $reply))
  (func (export "canister_update drop_last")
    (call $set_count (i32.sub (call $count) (i32.const 1)))
    (call $reply))
  (func (export "canister_update drop_badly")
    (call $set_count (i32.const 0))
    (unreachable)))"#;

/// All that an erasure is about.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whole {
    app: App,
    messages: Vec<String>,
    logs: Vec<String>,
    answers: Vec<IngressStatus>,
}

fn whole(node: &Node, backend: Principal) -> Whole {
    let state = node.stepped.executor().state();
    let about = |status: &&IngressStatus| matches!(status, IngressStatus::Replied(bytes) if holds(bytes));
    Whole {
        app: look(node.stepped.executor(), backend),
        messages: state.registry.versions(backend).map(|version| version.message.clone()).collect(),
        logs: state.canisters[&backend].system.logs.iter().map(|line| line.text.clone()).collect(),
        answers: state.ingress.values().map(|entry| &entry.status).filter(about).cloned().collect(),
    }
}

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

/// The files in which it is.
fn files_with_it(disk: &SimulatedDisk) -> Vec<String> {
    disk.synced_files().into_iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name).collect()
}

fn lines(disk: &SimulatedDisk, app: Principal, number: u64, message: &str) -> PublishArg {
    let module = wat::parse_str(LINES.replace("{VERSION}", &format!("version {number}"))).expect("the module's text");
    let module = BlobStore::new(std::sync::Arc::new(disk.clone())).put(&module).expect("puts");
    PublishArg { module, message: message.into(), ..release(disk, app, number) }
}

fn keep(node: &mut Node, app: Principal, line: &str) -> Option<()> {
    let answer = node.submit(PERSON, app, "keep", line.as_bytes().to_vec());
    match node.answer(answer)? {
        IngressStatus::Replied(bytes) => assert_eq!(bytes, line.as_bytes()),
        other => panic!("{other:?}"),
    }
    Some(())
}

/// An app that has it in its memory, its logs, its answers, its history, a member's name and a restore point.
fn prepared() -> (SimulatedDisk, Principal) {
    let (disk, apps) = disk_with_apps().expect("apps");
    let app = apps[0];
    let two = lines(&disk, app, 2, "it keeps lines");
    let three = lines(&disk, app, 3, &format!("{SECRET} wanted it so"));
    let mut node = Node::start(&disk, 1);
    let done = (|| {
        node.ask::<u64>("publish", (two,))?;
        keep(&mut node, app, SECRET)?;
        node.ask::<u64>("publish", (three,))?;
        keep(&mut node, app, OTHER)?;
        keep(&mut node, app, SECRET)?;
        let arg = InviteArg { app, role: "guest".into(), name: SECRET.into(), member: Some("ada".into()) };
        node.ask::<Invited>("invite_for_owner", (arg,))?;
        node.fold()
    })();
    done.expect("the power is on");
    drop(node);
    disk.crash(Crash::Dropped);
    (disk, app)
}

fn erasing(app: Principal, method: &str) -> EraseArg {
    EraseArg {
        app,
        by: PERSON,
        rows: vec![AppCall { method: method.into(), arg: vec![] }],
        member: Some("ada".into()),
        texts: vec![SECRET.into()],
        verdicts: vec![],
    }
}

/// The way of the workshop; `None` when the power went.
fn act(node: &mut Node, app: Principal) -> Option<Erased> {
    node.ask::<()>("hold", (AppArg { app },))?;
    let erased = node.ask::<Erased>("erase", (erasing(app, "drop_last"),))?;
    node.ask::<()>("release", (AppArg { app },))?;
    forget(node, app)?;
    Some(erased)
}

fn forget(node: &mut Node, app: Principal) -> Option<()> {
    let memories = node.stepped.executor().memories_of(app);
    let done = node.stepped.forget(&memories).ok()?;
    assert!(done, "nothing else is under way");
    Some(())
}

#[test]
fn an_erasure_that_is_cut_short_erases_all_or_nothing() {
    alone(|| {
        let (disk, app) = prepared();
        let (before, after, changes) = {
            let disk = disk.copy();
            let mut node = Node::start(&disk, 2);
            let (before, changes) = (whole(&node, app), disk.changes());
            let erased = act(&mut node, app).expect("the power is on");
            assert_eq!((erased.points, erased.overwritten), (2, 1));
            assert_eq!(files_with_it(&disk), Vec::<String>::new());
            (before, whole(&node, app), disk.changes() - changes)
        };
        assert!(!before.answers.is_empty() && before.logs.iter().any(|line| line.contains(SECRET)));
        assert!(after.answers.is_empty() && after.logs.is_empty() && after.app.members.is_empty());
        assert!(after.app.points.is_empty() && after.messages[2] == format!("{ERASED} wanted it so"));
        let (mut old, mut new, mut acknowledged) = (0, 0, 0);
        for at in 0..=changes {
            for (cut, crash) in FAULTS {
                let disk = disk.copy();
                let mut node = Node::start(&disk, 2);
                disk.cut_power_after(at, cut);
                let done = act(&mut node, app).is_some();
                drop(node);
                disk.crash(crash);
                let mut node = Node::start(&disk, 3);
                let found = whole(&node, app);
                match (found == before, found == after) {
                    (true, _) => old += 1,
                    (_, true) => new += 1,
                    _ => panic!("power gone at change {at} {cut:?}: a mixture: {found:#?}"),
                }
                if done {
                    acknowledged += 1;
                    assert_eq!((found == after, files_with_it(&disk)), (true, vec![]), "power gone at change {at}");
                }
                node.ask::<()>("release_all", ()).expect("the power is on");
                if found == after {
                    forget(&mut node, app).expect("the power is on");
                    assert_eq!(files_with_it(&disk), Vec::<String>::new(), "what was not acknowledged can be finished");
                }
                keep(&mut node, app, "on").expect("it takes calls again");
            }
        }
        println!(
            "{changes} changes of the disk; nothing {old} times, all {new} times, acknowledged {acknowledged} times"
        );
        assert!(old > 0 && new > acknowledged && acknowledged > 0, "{old} old, {new} new, {acknowledged} acknowledged");
    });
}

#[test]
fn rows_that_can_t_be_deleted_keep_everything_else_too() {
    alone(|| {
        let (disk, app) = prepared();
        let mut node = Node::start(&disk, 2);
        let before = whole(&node, app);
        node.ask::<()>("hold", (AppArg { app },)).expect("the power is on");
        for method in ["drop_badly", "not_there"] {
            let mut arg = erasing(app, "drop_last");
            arg.rows.push(AppCall { method: method.into(), arg: vec![] });
            let arg = candid::encode_one(arg).expect("encodes");
            let answer = node.submit(crate::run::WORKSHOP, execution::REGISTRY, "erase", arg);
            let answer: Option<IngressStatus> = node.answer(answer);
            let Some(IngressStatus::Replied(bytes)) = answer else { panic!("{answer:?}") };
            let outcome: execution::registry::calls::Outcome<Erased> = candid::decode_one(&bytes).expect("an outcome");
            assert!(matches!(&outcome, execution::registry::calls::Outcome::Err(why) if why.contains(method)));
            assert_eq!(whole(&node, app), before);
        }
    });
}
