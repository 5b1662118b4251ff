//! Pages in, files for the browser out; imports that lead elsewhere are refused with a sentence.

use std::fs;
use std::path::Path;

use toolchain::{Severity, Toolchain};

use crate::fixture::{asset, build, config, diagnostics, hashed, start, worker_dir};

const BACKEND: (&str, &str) = ("backend/main.mo", "actor { public query func f() : async Nat { 1 } };");
const MAIN: &str = r#"import { createRoot } from "react-dom/client";
import { Actor, HttpAgent } from "@icp-sdk/core/agent";
import { idlFactory } from "@app/backend";
import { Hello } from "./Hello";
import logo from "../images/logo.svg";
import "./index.css";
const actor = () => Actor.createActor(idlFactory, { agent: HttpAgent.createSync(), canisterId: "aaaaa-aa" });
createRoot(document.getElementById("root")!).render(<Hello logo={logo} actor={actor} />);
"#;
const HELLO: &str = r#"export function Hello({ logo }: { logo: string; actor: unknown }) {
  return <img className="p-4 hover:bg-[#123456]" src={logo} />;
}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_bundled_beside_the_compile() {
    let toolchain = start().await;
    let files = [
        BACKEND,
        ("app.toml", "title = \"Größe\"\nlanguage = \"de\""),
        ("frontend/src/main.tsx", MAIN),
        ("frontend/src/Hello.tsx", HELLO),
        ("frontend/src/index.css", "@import \"tailwindcss\";\n.extra { @apply mt-2; }"),
        ("frontend/images/logo.svg", "<svg/>"),
        ("frontend/public/robots.txt", "User-agent: *"),
    ];
    let release = build(&toolchain, &files).await.unwrap();
    eprintln!("{:?}", release.timings);
    let script = hashed(&release, "/assets/main-", ".js");
    let style = hashed(&release, "/assets/main-", ".css");
    let page = asset(&release, "/index.html");
    assert!(
        page.contains("lang=\"de\"") && page.contains("<title>Größe</title>") && page.contains("viewport"),
        "{page}"
    );
    assert!(page.contains(&format!("src=\"{script}\"")) && page.contains(&format!("href=\"{style}\"")), "{page}");
    assert!(asset(&release, script).contains("from\"/backend.did.js\""));
    let css = asset(&release, style);
    assert!(css.contains("#123456") && css.contains(".extra{margin-top") && !css.contains(".p-5"), "{css}");
    assert_eq!(release.assets[hashed(&release, "/assets/logo-", ".svg")].content_type, "image/svg+xml");
    assert_eq!(asset(&release, "/robots.txt"), "User-agent: *");
    let again = build(&toolchain, &files).await.unwrap();
    assert_eq!(again.assets, release.assets, "the same sources give the same files");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_site_is_copied_and_an_own_page_is_completed() {
    let toolchain = start().await;
    let plain = "<h1>Hi</h1>";
    let release = build(
        &toolchain,
        &[BACKEND, ("frontend/index.html", plain), ("frontend/a/b.js", "1"), ("frontend/public/c.txt", "c")],
    )
    .await
    .unwrap();
    assert_eq!(
        (asset(&release, "/index.html"), asset(&release, "/a/b.js"), asset(&release, "/c.txt")),
        (plain, "1", "c")
    );

    let own = "<html><head><title>Mine</title></head><body><script type=\"module\" src=\"/src/main.tsx\"></script></body></html>";
    let release =
        build(&toolchain, &[BACKEND, ("frontend/index.html", own), ("frontend/src/main.tsx", "document.title")])
            .await
            .unwrap();
    let page = asset(&release, "/index.html");
    assert!(
        page.contains(&format!("src=\"{}\"", hashed(&release, "/assets/main-", ".js"))) && page.contains("Mine"),
        "{page}"
    );
    assert!(!page.contains("main.tsx"), "{page}");

    let told = diagnostics(
        build(&toolchain, &[BROKEN, ("frontend/index.html", ""), ("frontend/public/env.json", "{}")]).await,
    );
    assert!(told.iter().any(|one| one.message.contains("/env.json")), "{told:?}");
}

/// A backend that is refused at once, so that nobody waits for it.
const BROKEN: (&str, &str) = ("backend/main.mo", "actor { ; ; ");

async fn refusal(toolchain: &Toolchain, line: &str, style: &str) -> toolchain::Diagnostic {
    let files = [BROKEN, ("frontend/src/main.tsx", line), ("frontend/src/a.css", style)];
    let told = diagnostics(build(toolchain, &files).await);
    let pages = |one: &toolchain::Diagnostic| one.severity == Severity::Error && one.file.starts_with("frontend/");
    told.iter().find(|one| pages(one)).unwrap_or_else(|| panic!("{line} {style}: {told:?}")).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_that_lead_elsewhere_are_refused() {
    let toolchain = start().await;
    for (import, why) in [
        ("fs", "pages may import"),
        ("node:fs", "an address is not a source"),
        ("http://example.org/x.js", "an address is not a source"),
        ("file:///etc/passwd", "an address is not a source"),
        ("../../../../etc/passwd", "it leaves the source tree"),
        ("/etc/passwd", "an absolute path is not a source"),
        ("../../node_modules/react", "node_modules is not part"),
        ("left-pad", "pages may import"),
        ("./nowhere", "the source tree has no file frontend/src/nowhere"),
        ("react/../../../package.json", "no such part"),
    ] {
        let told = refusal(&toolchain, &format!("\nimport x from \"{import}\"; x();"), "").await;
        assert_eq!(
            (told.file.as_str(), told.line, told.code.as_str()),
            ("frontend/src/main.tsx", 2, "import"),
            "{told:?}"
        );
        assert!(
            told.message.contains(&format!("\"{import}\" can't be imported")) && told.message.contains(why),
            "{told:?}"
        );
    }
    for (style, why) in [
        ("@import \"/etc/passwd\";", "an absolute path"),
        ("@import \"https://example.org/x.css\";", "an address"),
        ("a { background: url(../../../../etc/passwd) }", "it leaves the source tree"),
        ("@import \"tailwindcss\"; @plugin \"./x.js\";", "may not run code"),
        ("@import \"tailwindcss\"; @config \"./x.js\";", "may not run code"),
        ("@import \"tailwindcss\"; @import \"../../../../etc/passwd\";", "has no file"),
        ("@import \"tailwindcss\"; @import \"@autograph/kit/../../../etc/passwd\";", "it leaves the kit"),
        ("@import \"tailwindcss\"; a { @apply nonesuch; }", "nonesuch"),
    ] {
        let told = refusal(&toolchain, "import \"./a.css\";", style).await;
        assert_eq!(told.file, "frontend/src/a.css", "{told:?}");
        assert!(told.message.contains(why), "{told:?}");
    }
}

/// An installation of its own, with a small kit beside the workers.
fn install(root: &Path) {
    copy(&worker_dir(), &root.join("worker"));
    let kit = root.join("kit/src");
    fs::create_dir_all(&kit).unwrap();
    fs::write(
        root.join("kit/package.json"),
        r#"{"name":"@autograph/kit","type":"module","main":"src/index.tsx","sideEffects":["*.css"]}"#,
    )
    .unwrap();
    fs::write(kit.join("index.tsx"), "import './kit.css'; import { idlFactory } from '@app/backend'; import { useState } from 'react'; export function Button() { const [n] = useState(idlFactory); return <button className=\"rounded-xl\">{typeof n}</button>; }").unwrap();
    fs::write(
        kit.join("kit.css"),
        "@import \"tailwindcss\";\n@theme inline { --color-surface: var(--surface); }\n:root { --surface: #fafaf9; }",
    )
    .unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy(&entry.path(), &target),
            kind if kind.is_file() => drop(fs::copy(entry.path(), target).unwrap()),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kit_brings_its_components_and_its_look() {
    let root = tempfile::tempdir().unwrap();
    install(root.path());
    let mut config = config();
    config.worker_dir = root.path().join("worker");
    let toolchain = Toolchain::start(config).await.unwrap();
    let main = "import { createRoot } from 'react-dom/client'; import { Button } from '@autograph/kit'; createRoot(document.body).render(<div className=\"bg-surface\"><Button/></div>);";
    let release = build(&toolchain, &[BACKEND, ("frontend/src/main.tsx", main)]).await.unwrap();
    let css = asset(&release, hashed(&release, "/assets/main-", ".css"));
    assert!(css.contains(".rounded-xl") && css.contains(".bg-surface"), "{css}");
    assert!(asset(&release, hashed(&release, "/assets/main-", ".js")).contains("from\"/backend.did.js\""));
    toolchain.stop().await;
}
