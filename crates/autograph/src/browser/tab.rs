//! A page that is open, and what it shows.
//!
//! It lives by a time of its own, which passes only when it is let, and then as fast as its scripts run: its timers are
//! waited for without waiting. Invariant: what the network owes the page holds its time.

use std::{collections::BTreeSet, time::Duration};

use base64::Engine as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Browser, BrowserError};

/// How long a page's time may stand still because the network owes it something, until somebody looks again.
const STANDSTILL: Duration = Duration::from_secs(1);
/// Steps of scripts in a row until a page's time passes at any rate: one that never rests gets on too.
const STEPS_MAX: u32 = 10_000;

impl Browser {
    /// Opens an empty tab that shares nothing with others.
    pub(crate) async fn tab(&mut self) -> Result<Tab<'_>, BrowserError> {
        let context = self.ask("", "Target.createBrowserContext", json!({})).await?;
        let context = context["browserContextId"].as_str().unwrap_or_default().to_owned();
        let wish = json!({ "url": "about:blank", "browserContextId": context });
        let target = self.ask("", "Target.createTarget", wish).await?;
        let wish = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.ask("", "Target.attachToTarget", wish).await?;
        let session = attached["sessionId"].as_str().unwrap_or_default().to_owned();
        for domain in ["Page.enable", "Runtime.enable"] {
            self.ask(&session, domain, json!({})).await?;
        }
        self.ask(&session, "Emulation.setVirtualTimePolicy", json!({ "policy": "pause" })).await?;
        self.events.clear();
        Ok(Tab { browser: self, context, session, world: None, thrown: Vec::new(), passed: false })
    }
}

/// An open page.
pub(crate) struct Tab<'b> {
    browser: &'b mut Browser,
    /// What it keeps, apart from all other tabs.
    context: String,
    session: String,
    /// The world of scripts in which questions are asked: the page's own can't reach it.
    world: Option<i64>,
    thrown: Vec<String>,
    /// The time that it was let has passed.
    passed: bool,
}

/// The size of a window, and how much smaller its picture is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// CSS pixels.
    pub(crate) width: u32,
    /// CSS pixels.
    pub(crate) height: u32,
    /// Pixels of the picture for one of the window.
    pub(crate) scale: f64,
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
    /// Whether it has scripts, which may be about to do something.
    pub(crate) scripts: bool,
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
    scripts: document.scripts.length > 0,
    links,
  });
})()"#;

impl Tab<'_> {
    /// Goes to an address.
    pub(crate) async fn go(&mut self, url: &str) -> Result<(), BrowserError> {
        self.browser.ask(&self.session, "Page.navigate", json!({ "url": url })).await?;
        Ok(())
    }

    /// Lets this much of the page's time pass. Gives whether it did: not while the network owes the page something.
    pub(crate) async fn pass(&mut self, time: Duration) -> Result<bool, BrowserError> {
        self.take_events();
        self.passed = false;
        let wish = json!({
            "policy": "pauseIfNetworkFetchesPending",
            "budget": time.as_millis(),
            "maxVirtualTimeTaskStarvationCount": STEPS_MAX,
        });
        self.browser.ask(&self.session, "Emulation.setVirtualTimePolicy", wish).await?;
        let passed = async {
            loop {
                self.take_events();
                if self.passed {
                    return Ok(());
                }
                let message = self.browser.message().await?;
                self.browser.note(message).await?;
            }
        };
        timeout(STANDSTILL, passed).await.map_or(Ok(false), |passed| passed.map(|()| true))
    }

    /// Closes it, with all that it kept. Without this it stays as long as the browser.
    pub(crate) async fn close(self) -> Result<(), BrowserError> {
        let wish = json!({ "browserContextId": self.context });
        self.browser.ask("", "Target.disposeBrowserContext", wish).await?;
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

    /// A picture of what the page shows, as a JPEG of this quality (of 100).
    pub(crate) async fn picture(&mut self, size: Size, quality: u8) -> Result<Vec<u8>, BrowserError> {
        let clip = json!({ "x": 0, "y": 0, "width": size.width, "height": size.height, "scale": size.scale });
        let wish = json!({ "format": "jpeg", "quality": quality, "clip": clip });
        let taken = self.browser.ask(&self.session, "Page.captureScreenshot", wish).await?;
        let text = taken["data"].as_str().unwrap_or_default();
        let picture = base64::engine::general_purpose::STANDARD.decode(text);
        picture.map_err(|error| BrowserError::Strange(error.to_string()))
    }

    /// Gives the page a window of this size.
    pub(crate) async fn resize(&mut self, size: Size) -> Result<(), BrowserError> {
        let (width, height) = (size.width, size.height);
        let wish = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.browser.ask(&self.session, "Emulation.setDeviceMetricsOverride", wish).await?;
        Ok(())
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

    /// Whether the page's scripts threw something since that was last taken.
    pub(crate) fn threw(&mut self) -> bool {
        self.take_events();
        !self.thrown.is_empty()
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
                Some("Emulation.virtualTimeBudgetExpired") => self.passed = true,
                _ => {}
            }
        }
    }
}

fn first_line(details: &Value) -> String {
    let text = details["exception"]["description"].as_str().or(details["text"].as_str()).unwrap_or("an error");
    text.lines().next().unwrap_or_default().chars().take(300).collect()
}
