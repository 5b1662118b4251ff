//! What a compiler could do if its input made it run anything: nothing outside.

use std::path::Path;
use std::process::{Command, Output};

use crate::fixture::{launcher, node, worker_dir};

/// Tries what its arguments name and prints `DONE` or the error's code.
const PROBE: &str = r#"
import fs from 'node:fs'; import net from 'node:net'; import { spawnSync } from 'node:child_process';
const [, , what, subject, port] = process.argv;
const connect = (options) => new Promise((done, failed) => net.connect(options, done).on('error', failed));
const tries = {
  read: () => fs.readFileSync(subject),
  list: () => fs.readdirSync(subject),
  write: () => fs.writeFileSync(subject, 'x'),
  append: () => fs.appendFileSync(subject, 'x'),
  mode: () => fs.chmodSync(subject, 0o777),
  remove: () => fs.rmSync(subject),
  tcp: () => connect({ host: '127.0.0.1', port: Number(port) }),
  unix: () => connect({ path: subject }),
  listen: () => new Promise((done, failed) => net.createServer().listen(0, '127.0.0.1', done).on('error', failed)),
  run: () => { const { error } = spawnSync(subject, ['-c', 'true']); if (error) throw error; },
  kill: () => process.kill(Number(port), 0),
  environment: () => { const names = Object.keys(process.env); if (names.length === 0) throw { code: 'EMPTY' }; },
};
try { await tries[what](); console.log('DONE'); } catch (error) { console.log(error.code); }
process.exit(0);
"#;

/// Runs a script as a worker would run, and gives what it printed after the launcher's report.
fn confined(folder: &Path, script: &Path, args: &[&str]) -> String {
    let output = launch(folder, script, args);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(
        output.status.success() && lines[0].contains("confinement"),
        "{lines:?} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    lines[1].to_owned()
}

fn launch(folder: &Path, script: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(&launcher()[0]);
    command.args(["--parent", &std::process::id().to_string(), "--memory-mib", "2000"]);
    command.arg("--folder").arg(folder).arg("--read").arg(folder).arg("--execute").arg(node()).arg("--");
    command
        .arg(node())
        .arg("--openssl-config=/dev/null")
        .arg(script)
        .args(args)
        .env("SECRET", "x")
        .env("HOME", "/root")
        .output()
        .unwrap()
}

#[test]
fn a_confined_script_reaches_nothing_outside() {
    let inside = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let script = inside.path().join("probe.mjs");
    std::fs::write(&script, PROBE).unwrap();
    let secret = outside.path().join("secret");
    std::fs::write(&secret, "s").unwrap();
    let socket = outside.path().join("socket");
    let _unix = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let me = std::process::id().to_string();
    let (secret, socket) = (secret.to_str().unwrap(), socket.to_str().unwrap());
    let (new, own) = (outside.path().join("new"), script.to_str().unwrap());
    let new = new.to_str().unwrap();
    for (what, subject, number) in [
        ("read", "/etc/shadow", ""),
        ("read", "/etc/passwd", ""),
        ("read", secret, ""),
        ("read", "/proc/self/maps", ""),
        ("list", "/root", ""),
        ("list", "/home", ""),
        ("write", new, ""),
        ("write", "/tmp/autograph-probe", ""),
        ("write", own, ""),
        ("append", secret, ""),
        ("mode", secret, ""),
        ("remove", own, ""),
        ("tcp", "", &port),
        ("unix", socket, ""),
        ("listen", "", ""),
        ("run", "/bin/sh", ""),
        ("kill", "", &me),
        ("environment", "", ""),
    ] {
        let said = confined(inside.path(), &script, &[what, subject, number]);
        assert!(["EACCES", "EPERM", "EMPTY"].contains(&said.as_str()), "{what} {subject}: {said}");
    }
    // The probe can succeed, or the answers above would mean nothing.
    assert_eq!(confined(inside.path(), &script, &["read", own, ""]), "DONE");
    let free = |args: &[&str]| Command::new(node()).arg(&script).args(args).output().unwrap().stdout;
    for args in [
        ["read", secret, ""],
        ["append", secret, ""],
        ["mode", secret, ""],
        ["tcp", "", &port],
        ["unix", socket, ""],
        ["listen", "", ""],
        ["run", "/bin/sh", ""],
        ["kill", "", &me],
        ["environment", "", ""],
    ] {
        assert_eq!(free(&args), b"DONE\n", "{args:?}");
    }
}

#[test]
fn a_launcher_without_its_parent_starts_nothing() {
    let output = Command::new(&launcher()[0])
        .args(["--parent", "1", "--memory-mib", "100", "--folder", "/", "--", "/bin/true"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(126));
    assert!(String::from_utf8_lossy(&output.stderr).contains("its parent is gone"));
}

#[test]
fn the_workers_folder_has_what_a_start_needs() {
    assert!(worker_dir().join("node_modules/motoko").exists(), "run npm ci in the worker folder first");
}
