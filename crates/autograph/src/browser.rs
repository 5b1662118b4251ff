//! A browser without a window, to open pages as people do: Chromium, where it is on the machine.
//!
//! It is talked to over two pipes in the DevTools protocol, one JSON object after another with a zero byte between.
//! What it opens is a stranger's: it has a folder of its own that goes with it, no network but the looks of this machine, and is
//! ended with whoever started it. Invariant: nothing here waits for ever, and no answer is believed further than text.

use std::{
    collections::{BTreeSet, VecDeque},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// Names under which Chromium is looked for.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// How long it may take to start, and to answer a question.
const ANSWER: Duration = Duration::from_secs(5);
/// How long its helpers may take to end after it.
const AFTER_END: Duration = Duration::from_millis(300);
/// Bytes of one message from it.
const MESSAGE_BYTES_MAX: usize = 4 << 20;
/// Events that are kept until somebody looks.
const EVENTS_MAX: usize = 256;

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

impl Drop for Ending {
    fn drop(&mut self) {
        let profile = std::mem::take(&mut self.profile);
        let Some(mut child) = self.child.take() else {
            let _ = std::fs::remove_dir_all(profile);
            return;
        };
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let ended = async move {
            let _ = child.kill().await;
            // Its helpers end a moment after it.
            tokio::time::sleep(AFTER_END).await;
            let _ = tokio::fs::remove_dir_all(profile).await;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(ended);
        }
    }
}

impl Browser {
    /// Starts one.
    pub(crate) async fn start(program: &std::path::Path) -> Result<Browser, BrowserError> {
        let profile =
            std::env::temp_dir().join(format!("autograph-browser-{}", hex::encode(&crate::node::random()[..8])));
        std::fs::create_dir(&profile)?;
        let mut ending = Ending { child: None, profile: profile.clone() };
        let mut command = Command::new("sh");
        // The browser reads commands from descriptor 3 and writes answers to 4.
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh"]).arg(program).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.display()));
        if rustix::process::geteuid().is_root() {
            // Its own sandbox refuses to work for root.
            command.arg("--no-sandbox");
        }
        command
            .env_clear()
            .env("HOME", &profile)
            .env("TMPDIR", &profile)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A group of its own, so that all of it can be ended together.
        let child = ending.child.insert(command.process_group(0).kill_on_drop(true).spawn()?);
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.ok_or(BrowserError::Silent)?;
        let mut browser = Browser { ending, to, from, unread: Vec::new(), asked: 0, events: VecDeque::new() };
        browser.ask("", "Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
        tracing::debug!(process = browser.id(), "a browser opens pages");
        Ok(browser)
    }

    /// Its process.
    fn id(&self) -> Option<u32> {
        self.ending.child.as_ref().and_then(Child::id)
    }

    /// Opens an empty tab that shares nothing with others.
    pub(crate) async fn tab(&mut self) -> Result<Tab<'_>, BrowserError> {
        let context = self.ask("", "Target.createBrowserContext", json!({})).await?;
        let wish = json!({ "url": "about:blank", "browserContextId": context["browserContextId"] });
        let target = self.ask("", "Target.createTarget", wish).await?;
        let wish = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.ask("", "Target.attachToTarget", wish).await?;
        let session = attached["sessionId"].as_str().unwrap_or_default().to_owned();
        for domain in ["Page.enable", "Runtime.enable"] {
            self.ask(&session, domain, json!({})).await?;
        }
        self.events.clear();
        Ok(Tab { browser: self, session, world: None, thrown: Vec::new() })
    }

    async fn ask(&mut self, session: &str, method: &str, params: Value) -> Result<Value, BrowserError> {
        self.asked += 1;
        let number = self.asked;
        self.tell(number, session, method, params).await?;
        loop {
            let message = timeout(ANSWER, self.message()).await.map_err(|_| BrowserError::Silent)??;
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
        if message["method"].is_string() && self.events.len() < EVENTS_MAX {
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

/// An open page.
pub(crate) struct Tab<'b> {
    browser: &'b mut Browser,
    session: String,
    /// The world of scripts in which questions are asked: the page's own can't reach it.
    world: Option<i64>,
    thrown: Vec<String>,
}

/// What a page shows at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Shows {
    /// Its scripts and pictures are there.
    pub(crate) loaded: bool,
    /// What can be read on it.
    pub(crate) text: String,
    /// Whether there are pictures, fields or drawings.
    pub(crate) pictures: bool,
    /// Addresses within the site that it leads to.
    pub(crate) links: BTreeSet<String>,
}

impl Shows {
    /// Neither words nor pictures.
    pub(crate) fn blank(&self) -> bool {
        self.text.trim().is_empty() && !self.pictures
    }
}

/// Gives [`Shows`]. Links to places on the page itself are none.
const LOOK: &str = r#"(() => {
  const links = [...document.querySelectorAll("a[href]")].slice(0, 200)
    .filter((a) => a.origin === location.origin && !a.hasAttribute("download"))
    .filter((a) => !(a.hash && document.getElementById(a.hash.slice(1))))
    .map((a) => a.pathname + a.search + a.hash);
  return JSON.stringify({
    loaded: document.readyState === "complete",
    text: (document.body?.innerText ?? "").slice(0, 200000),
    pictures: document.querySelector("img, svg, canvas, video, input, textarea, iframe") !== null,
    links,
  });
})()"#;

impl Tab<'_> {
    /// Goes to an address.
    pub(crate) async fn go(&mut self, url: &str) -> Result<(), BrowserError> {
        self.browser.ask(&self.session, "Page.navigate", json!({ "url": url })).await?;
        Ok(())
    }

    /// What the page shows now; `None` while it is on its way from one document to another.
    pub(crate) async fn look(&mut self) -> Result<Option<Shows>, BrowserError> {
        self.take_events();
        match self.shows().await {
            Ok(shows) => Ok(Some(shows)),
            // The document went, and its worlds with it.
            Err(BrowserError::Strange(_)) => {
                self.world = None;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn shows(&mut self) -> Result<Shows, BrowserError> {
        let world = match self.world {
            Some(world) => world,
            None => self.new_world().await?,
        };
        let wish = json!({ "expression": LOOK, "contextId": world, "returnByValue": true });
        let seen = self.browser.ask(&self.session, "Runtime.evaluate", wish).await?;
        let text = seen["result"]["value"].as_str().unwrap_or_default();
        serde_json::from_str(text).map_err(|error| BrowserError::Strange(error.to_string()))
    }

    /// First lines of what the page's scripts threw since the last call.
    pub(crate) fn take_thrown(&mut self) -> Vec<String> {
        self.take_events();
        std::mem::take(&mut self.thrown)
    }

    async fn new_world(&mut self) -> Result<i64, BrowserError> {
        let tree = self.browser.ask(&self.session, "Page.getFrameTree", json!({})).await?;
        let wish = json!({ "frameId": tree["frameTree"]["frame"]["id"] });
        let made = self.browser.ask(&self.session, "Page.createIsolatedWorld", wish).await?;
        let world = made["executionContextId"].as_i64();
        let world = world.ok_or_else(|| BrowserError::Strange("a page without a world".into()))?;
        self.world = Some(world);
        Ok(world)
    }

    fn take_events(&mut self) {
        for event in self.browser.events.drain(..) {
            match event["method"].as_str() {
                Some("Runtime.exceptionThrown") => self.thrown.push(first_line(&event["params"]["exceptionDetails"])),
                Some("Runtime.executionContextsCleared") => self.world = None,
                _ => {}
            }
        }
    }
}

fn first_line(details: &Value) -> String {
    let text = details["exception"]["description"].as_str().or(details["text"].as_str()).unwrap_or("an error");
    text.lines().next().unwrap_or_default().chars().take(300).collect()
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
        let mut browser = Browser::start(&program).await.expect("starts");
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
    }
}
