//! A browser without a window, to open pages as people do: Chromium, where it is on the machine.
//!
//! It is talked to over two pipes in the DevTools protocol, one JSON object after another with a zero byte between.
//! What it opens is a stranger's: it has a folder of its own that goes with it, no network but the looks of this machine, and is
//! ended with whoever started it. Invariant: nothing here waits for ever, and no answer is believed further than text.

mod tab;
mod warm;

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

pub(crate) use tab::{Shows, Size, Tab};
pub(crate) use warm::{Browsers, Taken};

/// Names under which Chromium is looked for.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// How long it may take to start: the first time all of it comes from the disk, beside whatever else the machine does.
const START: Duration = Duration::from_secs(60);
/// How long it may take to answer a question.
const ANSWER: Duration = Duration::from_secs(15);
/// How long its helpers may take to end after it; a folder that is still written to then goes at the next start.
const END_MAX: Duration = Duration::from_secs(10);
/// The time between two looks whether they have ended.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
/// Bytes of one message from it.
const MESSAGE_BYTES_MAX: usize = 4 << 20;
/// Events that are kept until somebody looks.
const EVENTS_MAX: usize = 256;
/// The events that somebody looks at.
const EVENTS: [&str; 3] =
    ["Runtime.exceptionThrown", "Runtime.executionContextsCleared", "Emulation.virtualTimeBudgetExpired"];

/// Flags besides the profile: nothing that fetches, updates or keeps.
const FLAGS: [&str; 17] = [
    "--headless",
    "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE look-*.localhost",
    "--disable-gpu",
    "--disable-quic",
    "--disable-extensions",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--mute-audio",
    "--no-first-run",
    "--no-proxy-server",
    "--renderer-process-limit=2",
    "--js-flags=--max-old-space-size=256",
    "about:blank",
];

/// What can go wrong; nothing of it is the app's fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrowserError {
    /// It can't be started, or ended.
    #[error("the browser can't be started or ended early: {0}")]
    Gone(#[from] std::io::Error),
    /// It does not answer.
    #[error("the browser does not answer")]
    Silent,
    /// It answers something else.
    #[error("the browser answers in a way that is not known: {0}")]
    Strange(String),
}

/// Where Chromium is: what AUTOGRAPH_CHROMIUM names, or the first known name in PATH.
pub(crate) fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("AUTOGRAPH_CHROMIUM") {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// A running browser. Dropping it ends it and removes its folder.
pub(crate) struct Browser {
    ending: Ending,
    to: ChildStdin,
    from: ChildStdout,
    unread: Vec<u8>,
    asked: u64,
    events: VecDeque<Value>,
}

/// Ends the browser's processes, and removes its folder when nobody writes there any more.
struct Ending {
    child: Option<Child>,
    profile: PathBuf,
}

impl Ending {
    /// Kills the whole group at once; what is returned waits for its end and clears up.
    fn begin(&mut self) -> impl Future<Output = ()> + Send + use<> {
        let (profile, child) = (std::mem::take(&mut self.profile), self.child.take());
        let id = child.as_ref().and_then(Child::id).and_then(|id| i32::try_from(id).ok());
        let group = id.and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        async move {
            if let Some(mut child) = child {
                let _ = child.kill().await;
            }
            let gone = async {
                while group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
                    || tokio::fs::remove_dir_all(&profile)
                        .await
                        .is_err_and(|e| e.kind() != std::io::ErrorKind::NotFound)
                {
                    tokio::time::sleep(BETWEEN_LOOKS).await;
                }
            };
            if timeout(END_MAX, gone).await.is_err() {
                // Its helpers are dead but nobody has buried them: their folder can go all the same.
                let _ = tokio::fs::remove_dir_all(&profile).await;
            }
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if self.profile.as_os_str().is_empty() {
            return;
        }
        let ended = self.begin();
        // Without a runtime the process is about to end; the folder goes at the next start.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(ended);
        }
    }
}

impl Browser {
    /// Starts one, with a folder of its own in `folder`.
    async fn start(program: &Path, folder: &Path) -> Result<Browser, BrowserError> {
        let profile = folder.join(hex::encode(&crate::node::random()[..8]));
        std::fs::create_dir_all(&profile)?;
        let mut ending = Ending { child: None, profile: profile.clone() };
        let mut command = Command::new("sh");
        // The browser reads commands from descriptor 3 and writes answers to 4.
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh"]).arg(program).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.display()));
        if rustix::process::geteuid().is_root() {
            // Its own sandbox refuses to work for root.
            command.arg("--no-sandbox");
        }
        // Its sockets' names would be too long for the system if they held the whole path.
        command
            .current_dir(&profile)
            .env_clear()
            .env("HOME", &profile)
            .env("TMPDIR", ".")
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A group of its own, so that all of it can be ended together.
        let child = ending.child.insert(command.process_group(0).kill_on_drop(true).spawn()?);
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.ok_or(BrowserError::Silent)?;
        let mut browser = Browser { ending, to, from, unread: Vec::new(), asked: 0, events: VecDeque::new() };
        browser.ask_within(START, "", "Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
        tracing::debug!(process = browser.id(), "a browser opens pages");
        Ok(browser)
    }

    /// Whether it is still there, and listens.
    async fn answers(&mut self) -> bool {
        self.ask("", "Browser.getVersion", json!({})).await.is_ok()
    }

    /// Ends it, and returns when its processes and its folder are gone.
    async fn end(mut self) {
        self.ending.begin().await;
    }

    /// Its process.
    fn id(&self) -> Option<u32> {
        self.ending.child.as_ref().and_then(Child::id)
    }

    async fn ask(&mut self, session: &str, method: &str, params: Value) -> Result<Value, BrowserError> {
        self.ask_within(ANSWER, session, method, params).await
    }

    /// Asks, and waits this long for each message until the answer is there.
    async fn ask_within(
        &mut self,
        patience: Duration,
        session: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, BrowserError> {
        self.asked += 1;
        let number = self.asked;
        self.tell(number, session, method, params).await?;
        loop {
            let message = timeout(patience, self.message()).await.map_err(|_| BrowserError::Silent)??;
            if message["id"] == number {
                return match message.get("error") {
                    Some(error) => Err(BrowserError::Strange(format!("{method}: {error}"))),
                    None => Ok(message["result"].clone()),
                };
            }
            self.note(message).await?;
        }
    }

    async fn tell(&mut self, number: u64, session: &str, method: &str, params: Value) -> Result<(), BrowserError> {
        let mut message = json!({ "id": number, "method": method, "params": params });
        if !session.is_empty() {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        timeout(ANSWER, self.to.write_all(&bytes)).await.map_err(|_| BrowserError::Silent)??;
        Ok(())
    }

    /// Keeps an event; a page that asks something by a dialog is told no.
    async fn note(&mut self, message: Value) -> Result<(), BrowserError> {
        if message["method"] == "Page.javascriptDialogOpening" {
            let session = message["sessionId"].as_str().unwrap_or_default().to_owned();
            self.asked += 1;
            let number = self.asked;
            return self.tell(number, &session, "Page.handleJavaScriptDialog", json!({ "accept": false })).await;
        }
        let wanted = message["method"].as_str().is_some_and(|method| EVENTS.contains(&method));
        if wanted && self.events.len() < EVENTS_MAX {
            self.events.push_back(message);
        }
        Ok(())
    }

    async fn message(&mut self) -> Result<Value, BrowserError> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == 0) {
                let rest = self.unread.split_off(end + 1);
                let message = std::mem::replace(&mut self.unread, rest);
                let read = serde_json::from_slice(&message[..end]);
                return read.map_err(|error| BrowserError::Strange(error.to_string()));
            }
            if self.unread.len() > MESSAGE_BYTES_MAX {
                return Err(BrowserError::Strange("a message without end".into()));
            }
            let mut chunk = [0; 16 << 10];
            let length = self.from.read(&mut chunk).await?;
            if length == 0 {
                return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
            }
            self.unread.extend_from_slice(&chunk[..length]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page at an address of this machine, served once for each connection.
    async fn served(page: &'static str) -> String {
        let app = axum::Router::new().fallback(move || async move { axum::response::Html(page) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://look-page.localhost:{port}/")
    }

    async fn shown(tab: &mut Tab<'_>, url: &str, word: &str) -> Shows {
        tab.go(url).await.expect("goes");
        loop {
            tab.pass(Duration::from_millis(100)).await.expect("passes");
            match tab.look().await.expect("looks") {
                Some(shows) if shows.text.contains(word) => return shows,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    #[tokio::test]
    async fn a_page_is_read_from_outside_its_own_scripts_and_its_errors_are_heard() {
        // Without a browser there is nothing to test; the product says so in its status.
        let Some(program) = find() else { return };
        let url = served(
            "<body><a href='/there'>there</a><a href='#here'>here</a><a href='https://example.com'>out</a>\
             <p id=here>Hello</p><script>JSON.stringify = () => 'forged'; alert('stop'); oops.now</script>",
        )
        .await;
        let folder = folder("page");
        let mut browser = Browser::start(&program, &folder).await.expect("starts");
        let (id, profile) = (browser.id().expect("runs"), browser.ending.profile.clone());
        let mut tab = browser.tab().await.expect("a tab");
        let shows = shown(&mut tab, &url, "Hello").await;
        assert_eq!(shows.links, ["/there".to_owned()].into());
        assert!(!shows.blank() && !shows.pictures);
        assert_eq!(tab.take_thrown(), ["ReferenceError: oops is not defined"]);
        assert!(tab.take_thrown().is_empty());

        drop(browser);
        while profile.exists() || std::path::Path::new(&format!("/proc/{id}")).exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let _ = std::fs::remove_dir_all(folder);
    }

    /// A folder for browsers, whose name is longer than that of a socket may be.
    fn folder(name: &str) -> PathBuf {
        let long = format!("browsers-{name}-{}-{}", std::process::id(), "x".repeat(100));
        std::env::temp_dir().join(long)
    }

    #[tokio::test]
    async fn a_page_has_all_the_time_it_needs_and_nobody_waits_for_it() {
        let Some(program) = find() else { return };
        let url = served(
            "<body><p id=here>Wait</p><script>setTimeout(async () => { await fetch('/slow');\
             setTimeout(() => { here.textContent = 'An hour later' }, 3600000) }, 3600000)</script>",
        )
        .await;
        let folder = folder("time");
        let mut browser = Browser::start(&program, &folder).await.expect("starts");
        let mut tab = browser.tab().await.expect("a tab");
        tab.go(&url).await.expect("goes");
        while !tab.pass(Duration::from_secs(7201)).await.expect("passes") {}
        let shows = tab.look().await.expect("looks").expect("is there");
        assert_eq!(shows.text, "An hour later");
        tab.close().await.expect("closes");
        browser.end().await;
        assert!(!folder.read_dir().is_ok_and(|mut left| left.next().is_some()));
        let _ = std::fs::remove_dir_all(folder);
    }

    #[tokio::test]
    async fn a_browser_stays_for_the_next_and_its_folder_goes_with_it_or_at_the_next_start() {
        let Some(program) = find() else { return };
        let folder = folder("warm");
        std::fs::create_dir_all(folder.join("left behind")).expect("a folder");
        let browsers = Browsers::new(&folder);
        assert!(!folder.exists());
        let (one, other) = (browsers.take(&program).await.expect("one"), browsers.take(&program).await.expect("other"));
        let id = one.browser.id();
        assert_ne!(id, other.browser.id());
        one.give_back();
        other.give_back();
        let again = browsers.take(&program).await.expect("again");
        assert_eq!(again.browser.id(), id, "the first that came back stays, the other ends");
        again.give_back();
        browsers.end().await;
        assert!(!Path::new(&format!("/proc/{}", id.expect("ran"))).exists());
        assert!(browsers.take(&program).await.is_err(), "no other begins");
        while folder.read_dir().is_ok_and(|mut left| left.next().is_some()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let _ = std::fs::remove_dir_all(folder);
    }
}
