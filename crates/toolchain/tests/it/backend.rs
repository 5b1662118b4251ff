//! Motoko in, a module with public metadata out; or diagnostics in the words and places of the tree.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use toolchain::{BuildError, Severity, SourceError, Stage, Toolchain, ToolchainConfig};

use crate::fixture::{ACTOR, asset, build, config, diagnostics, start, tree};

#[tokio::test(flavor = "multi_thread")]
async fn an_actor_becomes_a_release_and_times_are_told() {
    let begun = Instant::now();
    let toolchain = Toolchain::start(ToolchainConfig { warm: true, ..config() }).await.unwrap();
    eprintln!("both workers ready after {:?}", begun.elapsed());
    for sentence in toolchain.confinement() {
        eprintln!("  {sentence}");
    }
    let stages = Mutex::new(Vec::new());
    for _ in 0..4 {
        let sources = tree(&[("backend/main.mo", ACTOR), ("app.toml", "title = \"Notes & more\"")]);
        let release = toolchain.build(&sources, |stage| stages.lock().unwrap().push(stage)).await.unwrap();
        eprintln!("{:?}, {} bytes", release.timings, release.wasm.len());
        assert!(release.wasm.starts_with(b"\0asm"));
        for section in ["icp:public candid:service", "icp:public candid:args", "icp:public motoko:stable-types"] {
            assert!(release.wasm.windows(section.len()).any(|bytes| bytes == section.as_bytes()), "{section}");
        }
        assert!(release.candid.contains("get: (id: nat) -> (opt text) query"), "{}", release.candid);
        assert!(release.stable_types.contains("stable notes"), "{}", release.stable_types);
        assert!(asset(&release, "/backend.did.js").contains("export const idlFactory"));
        assert_eq!(asset(&release, "/backend.did"), release.candid);
        let page = asset(&release, "/index.html");
        assert!(page.contains("Notes &amp; more") && page.contains("<code>put</code>"), "{page}");
        assert_eq!(release.source_hash, sources.hash());
        assert_eq!(release.warnings, []);
    }
    let stages = stages.into_inner().unwrap();
    assert_eq!(stages.iter().filter(|stage| matches!(stage, Stage::Backend(_))).count(), 4);
    toolchain.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_with_file_line_and_text() {
    let toolchain = start().await;
    let told = diagnostics(
        build(
            &toolchain,
            &[
                (
                    "backend/main.mo",
                    "import Guests \"lib/Guests\";\nactor {\n  public func f() : async Nat { Guests.count() };\n};\n",
                ),
                ("backend/lib/Guests.mo", "module {\n  public func count() : Nat {\n    \"ü\" # 3\n  };\n};\n"),
            ],
        )
        .await,
    );
    let error = told.iter().find(|one| one.severity == Severity::Error).unwrap();
    assert_eq!((error.file.as_str(), error.line), ("backend/lib/Guests.mo", 3), "{told:?}");
    assert_eq!(error.source.as_deref(), Some("    \"ü\" # 3"));
    assert!(error.code.starts_with("M0"), "{error:?}");

    let told = diagnostics(build(&toolchain, &[("backend/main.mo", "actor {\n  let x = ;\n};\n")]).await);
    assert_eq!((told[0].code.as_str(), told[0].line, told[0].column), ("M0001", 2, 11), "{told:?}");

    // The library of the tree before last is gone.
    let told = diagnostics(
        build(
            &toolchain,
            &[("backend/main.mo", "import G \"lib/Guests\"; actor { public func f() : async Nat { G.count() } };")],
        )
        .await,
    );
    assert!(told[0].message.contains("does not exist"), "{told:?}");

    // What the pages do wrong is told along with what the backend does wrong.
    let told = diagnostics(
        build(
            &toolchain,
            &[("backend/main.mo", "actor { let x : Nat = true };"), ("frontend/src/main.tsx", "let = ;")],
        )
        .await,
    );
    let files: Vec<_> =
        told.iter().filter(|one| one.severity == Severity::Error).map(|one| one.file.as_str()).collect();
    assert_eq!(files, ["backend/main.mo", "frontend/src/main.tsx"], "{told:?}");

    let told = diagnostics(build(&toolchain, &[("backend/main.mo", "module { public let x = 1 };")]).await);
    assert_eq!(told[0].code, "actor", "{told:?}");
    let told = diagnostics(build(&toolchain, &[("backend/main.mo", "actor {};"), ("app.toml", "\ntitel = 1")]).await);
    assert_eq!((told[0].file.as_str(), told[0].line), ("app.toml", 2), "{told:?}");
    assert!(matches!(build(&toolchain, &[("app.toml", "")]).await, Err(BuildError::Source(SourceError::NoBackend))));
    assert!(matches!(
        build(&toolchain, &[("backend/main.mo", "actor {}"), ("a/../b", "")]).await,
        Err(BuildError::Source(SourceError::Path { .. }))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn builds_wait_for_each_other_and_may_run_on_any_thread() {
    let toolchain = Arc::new(start().await);
    let builds = [1, 2, 3].map(|number| {
        let toolchain = Arc::clone(&toolchain);
        tokio::spawn(async move {
            let main = format!("actor {{ public query func f{number}() : async Nat {{ {number} }} }};");
            toolchain.build(&tree(&[("backend/main.mo", &main)]), |_| {}).await.unwrap().candid
        })
    });
    for (build, number) in builds.into_iter().zip(1..) {
        assert!(build.await.unwrap().contains(&format!("f{number}:")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_package_compiles_in_updates_and_composite_queries() {
    let toolchain = start().await;
    let main = r#"import Platform "mo:autograph/Platform";
actor {
  public func whoAmI() : async Text { Platform.caller<system>().role };
  public shared composite query ({ caller }) func mayISee() : async Bool {
    (await Platform.registry.standing(caller)).role == Platform.owner
  };
};
"#;
    let release = build(&toolchain, &[("backend/main.mo", main)]).await.unwrap();
    assert_eq!(release.warnings, []);
    assert!(release.candid.contains("mayISee: () -> (bool) composite_query"), "{}", release.candid);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_core_library_is_found_without_imports() {
    let toolchain = start().await;
    let main = "import Map \"mo:core/Map\";\nactor { let m = Map.empty<Nat, Text>(); public func f(n : Nat) : async Text { m.add(n, \"\"); n.toText() } };";
    let release = build(&toolchain, &[("backend/main.mo", main)]).await.unwrap();
    assert!(release.stable_types.contains("stable m"));
    let told = diagnostics(
        build(&toolchain, &[("backend/main.mo", "actor { public func f(n : Nat) : async Text { n.nonesuch() } };")])
            .await,
    );
    assert_eq!((told[0].line, told[0].column), (1, 47), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_cannot_replace_a_package() {
    let toolchain = start().await;
    let evil = "module { public func empty() : Nat { 0 } }";
    let planted = [".node-motoko/core/v2.5.0/Map.mo", "core/Map.mo", "tree/.node-motoko/core/v2.5.0/Map.mo"];
    let mut files = vec![("backend/main.mo", ACTOR)];
    files.extend(planted.map(|path| (path, evil)));
    build(&toolchain, &files).await.unwrap();
    build(&toolchain, &[("backend/main.mo", ACTOR)]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn stable_types_are_compared() {
    let toolchain = start().await;
    let actor = |fields: &str| format!("// Version: 1.0.0\nactor {{\n  {fields}\n}};\n");
    let before = actor("stable guests : {name : Text}; stable seats : Nat");
    let codes = async |after: String| -> Vec<String> {
        let told = toolchain.stable_compatible(&before, &after).await.unwrap();
        told.into_iter().filter(|one| one.severity == Severity::Error).map(|one| one.code).collect()
    };
    assert_eq!(codes(before.clone()).await, [""; 0]);
    assert_eq!(codes(actor("stable guests : {name : Text}; stable seats : Nat; stable more : Text")).await, [""; 0]);
    assert_eq!(codes(actor("stable guests : {name : Text}")).await, ["M0169"]);
    assert_eq!(codes(actor("stable guests : {name : Text; age : Nat}; stable seats : Nat")).await, ["M0170"]);
    assert_eq!(codes("nonsense".to_owned()).await, ["M0001"]);
}
