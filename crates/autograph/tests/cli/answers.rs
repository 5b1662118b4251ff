//! What is asked of a node, and what its answers become.

use std::{convert::Infallible, process::Stdio, sync::Arc, time::Duration};

use axum::{Router, body::Body, http::StatusCode};
use futures_util::stream;
use ic_agent::{Identity as _, identity::BasicIdentity};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    sync::Notify,
};

use crate::support::{Home, Node, Says};

fn outcome(outcome: &str) -> Says {
    Says::result(json!({ "outcome": outcome, "app": "shop", "seconds": { "total": 0.5 } }))
}

#[tokio::test]
async fn every_verb_is_asked_for_by_the_owner_as_the_node_expects_it() {
    let home = Home::new();
    let node = Node::of(&home, vec![outcome("live")]).await;
    let tree = home.tree("My Tree");
    let tree = tree.to_str().expect("text");
    let files = json!({ "backend/main.mo": "YWN0b3Ige30=" });
    let (check, deploy) = (["check", tree], ["deploy", tree, "--app", "shop", "--approve", "t"]);
    let cases: Vec<(&[&str], &str, Value)> = vec![
        (&["new", "a shop"], "new", json!({ "text": "a shop" })),
        (&["new", "a shop", "--name", "s"], "new", json!({ "text": "a shop", "name": "s" })),
        (&["change", "shop", "more"], "change", json!({ "app": "shop", "text": "more" })),
        (
            &["change", "shop", "more", "--approve", "t"],
            "change",
            json!({ "app": "shop", "text": "more", "approve": "t" }),
        ),
        (
            &["restore", "shop", "3", "--approve", "t"],
            "restore",
            json!({ "app": "shop", "version": 3, "approve": "t" }),
        ),
        (&["list"], "list", json!({})),
        (&["link"], "link", json!({})),
        (&["show", "shop"], "show", json!({ "app": "shop" })),
        (&["history", "shop"], "history", json!({ "app": "shop" })),
        (&["access", "shop"], "access", json!({ "app": "shop" })),
        (
            &["data", "shop", "--limit", "9"],
            "data",
            json!({ "app": "shop", "limit": 9, "offset": 0, "format": "json" }),
        ),
        (&["look", "shop", "--as", "Anna"], "look", json!({ "app": "shop", "as": "Anna" })),
        (&["look", "shop", "--version", "2"], "look", json!({ "app": "shop", "version": 2 })),
        (&["logs", "shop"], "logs", json!({ "app": "shop" })),
        (&["rename", "shop", "store"], "rename", json!({ "app": "shop", "name": "store" })),
        (&["freeze", "shop"], "freeze", json!({ "app": "shop" })),
        (&["thaw", "shop"], "thaw", json!({ "app": "shop" })),
        (&["delete", "shop"], "delete", json!({ "app": "shop" })),
        (&check, "check", json!({ "app": "my-tree", "files": files })),
        (&deploy, "deploy", json!({ "app": "shop", "files": files, "approve": "t" })),
    ];
    let owner = BasicIdentity::from_raw_key(&[7; 32]).sender().expect("a principal");
    for (args, verb, arg) in cases {
        let done = home.json(args).await;
        assert_eq!(done.code, 0, "{args:?}: {done:?}");
        assert_eq!(done.json()["outcome"], "live", "the node's answer is passed on");
        assert_eq!(done.words, "", "{args:?}");
        let asked = node.asked().pop().expect("a request");
        assert_eq!((asked.verb.as_str(), asked.arg, asked.sender), (verb, arg, owner), "{args:?}");
    }
}

#[tokio::test]
async fn outcomes_become_exit_codes() {
    for (says, code) in [("live", 0), ("ok", 0), ("refused", 3), ("failed", 1)] {
        let home = Home::new();
        let _node = Node::of(&home, vec![outcome(says)]).await;
        for args in [&["new", "x"][..], &["change", "shop", "x"], &["restore", "shop", "1"]] {
            let done = home.json(args).await;
            assert_eq!((done.code, done.json()["outcome"].clone()), (code, json!(says)), "{args:?}");
            assert_eq!(home.run(args).await.code, code);
        }
    }
}

#[tokio::test]
async fn a_node_s_errors_keep_their_words_and_exit() {
    let home = Home::new();
    let says = |exit, status: StatusCode| {
        let error = json!({ "error": { "message": "no app `x`", "hint": "list them", "exit": exit } });
        Says { status: status.as_u16(), ..Says::lines(&[error]) }
    };
    let answers = vec![
        says(2, StatusCode::OK),
        says(3, StatusCode::FORBIDDEN),
        says(1, StatusCode::OK),
        says(99, StatusCode::OK),
    ];
    let _node = Node::of(&home, answers).await;
    for code in [2, 3, 1, 1] {
        let done = home.json(&["show", "x"]).await;
        assert_eq!((done.code, done.error().as_str()), (code, "no app `x` | list them"));
        assert_eq!(done.words, "error: no app `x`\nnext:  list them\n");
    }
}

#[tokio::test]
async fn people_get_sentences_on_standard_output() {
    let home = Home::new();
    let app =
        json!({ "app": "shop", "version": 2, "status": "live", "updated_at": "2026", "url": "http://shop.localhost" });
    let link = Says::result(json!({ "url": "http://localhost:1/#enter=x" }));
    let steering = Says::result(json!({ "entries": [{ "at": "2026", "text": "a\u{1b}[2Jb\u{9b}c" }] }));
    let _node = Node::of(&home, vec![Says::result(json!({ "apps": [app] })), link, steering]).await;
    let list = home.run(&["list"]).await;
    assert_eq!(
        list.out,
        "APP   VERSION  STATUS  UPDATED  ADDRESS\nshop  2        live    2026     http://shop.localhost\n"
    );
    assert_eq!(home.run(&["link"]).await.out, "http://localhost:1/#enter=x\n");
    assert_eq!(home.run(&["logs", "shop"]).await.out, "2026  a\u{fffd}[2Jb\u{fffd}c\n");
}

#[tokio::test]
async fn a_busy_node_is_asked_again_with_a_new_signature() {
    let home = Home::new();
    let busy = Says { status: 503, headers: vec![("retry-after", "0")], body: "busy".into() };
    let many = Says { status: 429, headers: vec![], body: String::new() };
    let node = Node::of(&home, vec![busy, many, Says::result(json!({ "apps": [] }))]).await;
    let done = home.json(&["list"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.words.contains("busy"), "{done:?}");
    assert_eq!(node.asked().len(), 3);
}

#[tokio::test]
async fn a_refusal_that_invites_no_other_try_is_final() {
    let home = Home::new();
    let stopping = Says { status: 503, headers: vec![], body: "the node is stopping".into() };
    let node = Node::of(&home, vec![stopping]).await;
    let done = home.json(&["list"]).await;
    assert_eq!(done.code, 1);
    assert!(done.error().contains("503: the node is stopping"), "{}", done.error());
    assert_eq!(node.asked().len(), 1);
}

/// A node that says what it does, and finishes when the person has seen it.
#[tokio::test]
async fn what_takes_longer_than_a_moment_is_told_on_standard_error() {
    let home = Home::new();
    let seen = Arc::new(Notify::new());
    let until = seen.clone();
    let slow = move || {
        let until = until.clone();
        let lines = stream::unfold(0, move |step| {
            let until = until.clone();
            async move {
                let line = match step {
                    0 => json!({ "progress": { "stage": "write", "message": "Writing", "seconds": 0.0 } }),
                    1 => json!({ "progress": { "stage": "build", "message": "Building", "seconds": 0.1 } }),
                    2 => {
                        until.notified().await;
                        json!({ "result": { "outcome": "live" } })
                    }
                    _ => return None,
                };
                Some((Ok::<_, Infallible>(format!("{line}\n")), step + 1))
            }
        });
        async { Body::from_stream(lines) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    home.runs(&format!("http://localhost:{}", listener.local_addr().expect("an address").port()), &[]);
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(slow)).await });
    let mut child =
        home.command(&["--json", "new", "x"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut told = BufReader::new(child.stderr.take().expect("words")).lines();
    assert_eq!(told.next_line().await.expect("words").as_deref(), Some("Building"), "only the stage it is at");
    seen.notify_one();
    let output = child.wait_with_output().await.expect("it ends");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"outcome\":\"live\"}\n");
}

#[tokio::test]
async fn links_out_of_a_source_tree_are_never_sent() {
    let home = Home::new();
    let node = Node::of(&home, vec![outcome("live")]).await;
    let tree = home.tree("tree");
    std::os::unix::fs::symlink(home.data().join("keys/owner.pem"), tree.join("backend/key.mo")).expect("a link");
    let done = home.json(&["deploy", tree.to_str().expect("text")]).await;
    assert_eq!(done.code, 2);
    assert!(done.error().contains("leads out of the source tree"), "{}", done.error());
    assert_eq!(node.asked(), []);
}

#[tokio::test]
async fn a_reader_that_goes_away_is_no_failure() {
    let home = Home::new();
    let apps: Vec<Value> = (0..2000).map(|n| json!({ "app": format!("app-{n}"), "url": "x".repeat(100) })).collect();
    let _node = Node::of(&home, vec![Says::result(json!({ "apps": apps }))]).await;
    let mut child = home.command(&["list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().await.expect("it ends");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[tokio::test]
async fn a_result_that_can_t_be_written_is_a_failure() {
    let home = Home::new();
    let _node = Node::of(&home, vec![Says::result(json!({ "apps": [] }))]).await;
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
    let child = home.command(&["--json", "list"]).stdout(full).stderr(Stdio::piped()).spawn().expect("it starts");
    let output = child.wait_with_output().await.expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("can't be written"));
}

#[tokio::test]
async fn standard_input_is_left_alone() {
    let home = Home::new();
    let _node = Node::of(&home, vec![outcome("live")]).await;
    let tree = home.tree("tree");
    let tree = tree.to_str().expect("text");
    // `Home::run` keeps standard input open without a word: whoever read it would never end.
    for args in
        [&["new", "-"][..], &["list"], &["deploy", tree], &["delete", "shop"], &["mcp"], &["call", "x", "y", "-"]]
    {
        let ended = tokio::time::timeout(Duration::from_secs(20), home.json(args)).await;
        assert!(ended.is_ok(), "{args:?} waits for input");
    }
}
