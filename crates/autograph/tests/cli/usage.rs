//! Wrong usage, help, and finding a node.

use serde_json::json;

use crate::support::{Home, Node, Says, nobody};

#[tokio::test]
async fn wrong_usage_ends_with_2_and_one_object() {
    let home = Home::new();
    for args in [
        &["nonsense"][..],
        &[],
        &["new"],
        &["restore", "shop", "first"],
        &["look", "shop"],
        &["list", "--wrong"],
        &["--node", "ftp://x", "list"],
        &["check", "/nowhere/at/all"],
        &["check", "/etc"],
    ] {
        let done = home.json(args).await;
        assert_eq!(done.code, 2, "{args:?}: {done:?}");
        assert!(!done.error().starts_with(" |"), "{args:?}");
        let done = home.run(args).await;
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{args:?}");
        assert!(done.words.starts_with("error: "), "{args:?}: {done:?}");
    }
}

#[tokio::test]
async fn help_and_version_are_no_errors() {
    let home = Home::new();
    for args in [&["help"][..], &["--help"], &["call", "--help"], &["--version"]] {
        let done = home.run(args).await;
        assert_eq!((done.code, done.words.as_str()), (0, ""), "{args:?}");
        assert!(!done.out.is_empty());
        assert_eq!(home.json(args).await.json().as_object().map(|object| object.len()), Some(1), "{args:?}");
    }
    assert!(!home.run(&["help"]).await.out.contains("toolchain-jail"));
}

#[tokio::test]
async fn without_a_node_it_says_how_to_start_one() {
    let home = Home::new();
    for args in [&["list"][..], &["status"], &["new", "a shop"], &["call", "shop", "all"]] {
        let done = home.json(args).await;
        assert_eq!(done.code, 1, "{args:?}");
        assert_eq!(done.error(), "no node is running here | start one with `autograph up`");
        assert!(done.words.contains("autograph up"));
    }
}

#[tokio::test]
async fn a_node_that_is_gone_is_said_at_once() {
    let home = Home::new();
    let url = nobody().await;
    home.runs(&url, &[]);
    for args in [&["list"][..], &["call", "shop", "all"], &["call", "aaaaa-aa", "x", "--as", "anonymous"]] {
        let done = home.json(args).await;
        assert_eq!(done.code, 1, "{args:?}");
        assert!(done.error().contains(&format!("can't reach the node at {url}: ")), "{}", done.error());
        assert!(done.error().contains("refused") && done.error().contains("autograph up"), "{}", done.error());
    }
}

#[tokio::test]
async fn an_address_may_come_from_a_flag_or_the_environment() {
    let home = Home::new();
    let node = Node::start(vec![Says::result(json!({ "apps": [] }))]).await;
    let key = home.data().join("keys/owner.pem");
    let key = key.to_str().expect("text");
    assert_eq!(home.json(&["list", "--node", &node.url, "--key", key]).await.code, 0);
    let data = home.data();
    let done = home.json(&["list", "--node", &node.url, "--data", data.to_str().expect("text")]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let output = home.command(&["--json", "list", "--key", key]).env("AUTOGRAPH_NODE", &node.url).output().await;
    assert!(output.expect("it runs").status.success());
    let done = home.json(&["list", "--node", &node.url]).await;
    assert_eq!(done.code, 2);
    assert!(done.error().contains("--key"), "{}", done.error());
    assert_eq!(node.asked().len(), 3, "without a key nothing is asked");
}

#[tokio::test]
async fn anybody_may_ask_whether_a_node_is_well() {
    let home = Home::new();
    let well = |ok: bool| Says::result(json!({ "ok": ok, "url": "http://localhost:1", "apps": 2 }));
    let node = Node::start(vec![well(true), well(true), well(false)]).await;
    assert_eq!(home.json(&["status", "--node", &node.url]).await.code, 0);
    let done = home.run(&["status", "--node", &node.url]).await;
    assert_eq!((done.code, done.out.as_str()), (0, "the node at http://localhost:1 serves and writes, with 2 apps\n"));
    let done = home.json(&["status", "--node", &node.url]).await;
    assert_eq!((done.code, done.json()["ok"].clone()), (1, json!(false)));
}

#[tokio::test]
async fn what_is_not_there_yet_says_so() {
    let home = Home::new();
    for args in [&["export", "shop", "f"][..], &["import", "f"], &["mcp"], &["network", "demo", "--nodes", "4"]] {
        let done = home.json(args).await;
        assert_eq!(done.code, 1, "{args:?}");
        assert!(done.error().contains(&format!("`autograph {}` is not in this version", args[0])), "{}", done.error());
    }
}
