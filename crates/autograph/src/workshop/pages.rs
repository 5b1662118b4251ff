//! The pages in a browser before a switch: those of the proposed version, and where one of them is in doubt those of the
//! live one, each on a look at the same data. What got worse, the gate says.
//!
//! The browser starts, if it isn't there, while the proposal is being built; pages are opened while the gate judges.
//! Invariant: whatever goes wrong with the browser speaks neither for nor against a proposal.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use candid::types::value::{IDLArgs, IDLValue};
use execution::{
    Fork, ForkSeed, StandIn,
    registry::{App, AppAssets, AssetFile},
};
use gate::{SeenPage, SeenSite, Verdict};
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;
use toolchain::Release;

use super::{
    Workshop,
    answer::Problem,
    glass::{Door, Kind, Visitor},
    judge::on_own_thread,
    owners::lock,
};
use crate::browser::{self, Browser, BrowserError, Shows, Size, Tab, Taken};

/// Pages of a site that are opened.
const PAGES_MAX: usize = 8;
/// What a page is let pass of its own time before the first look at it, and before each further one.
const FIRST: Duration = Duration::from_secs(1);
const FURTHER: Duration = Duration::from_millis(100);
/// How often in a row a page's time may stand still for a second, until it is taken as it is.
const STANDSTILLS_MAX: usize = 5;
/// Looks at a page that is loaded and waits for no answer, until it is given up to show more.
const ROUNDS_MAX: usize = 200;
/// Looks in a row at which nothing new is seen, before a page counts as being there.
const CALM_ROUNDS: usize = 3;
/// The same for the first page of a site, if it has not called anything yet: it may be about to, busy with what is no
/// network.
const CALM_ROUNDS_SILENT: usize = 120;
/// The same for a page that shows nothing of what it showed before, and for a live one that shows nothing of what it was
/// told.
const CALM_ROUNDS_MISSING: usize = 60;
/// The time between two looks at a page that shows none of the data.
const BETWEEN_ROUNDS: Duration = Duration::from_millis(40);
/// All of it takes no longer than this, from when there is a browser.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// The window in which a picture is made, and the picture's size.
const PICTURE: Size = Size { width: 840, height: 540, scale: 0.5 };
/// Qualities of a picture that are tried until it is small enough.
const QUALITIES: [u8; 3] = [70, 45, 20];
/// Texts of the data that are listened for.
const TEXTS_MAX: usize = 2_000;
/// Characters of such a text: shorter ones are found by chance.
const TEXT_CHARS_MIN: usize = 3;
/// Bytes of a reply that is listened to.
const REPLY_BYTES_MAX: usize = 1 << 20;

/// What the pages of one look called, and what they were told.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// Calls under way.
    open: AtomicUsize,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    calls: usize,
    rejected: BTreeMap<String, String>,
    texts: BTreeSet<String>,
}

/// Counts a call as under way until it is dropped.
pub(super) struct Listening(Arc<Ear>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Ear {
    /// A call begins.
    pub(super) fn listen(self: &Arc<Ear>) -> Listening {
        self.open.fetch_add(1, Ordering::Relaxed);
        lock(&self.heard).calls += 1;
        Listening(self.clone())
    }

    /// A method replied.
    pub(super) fn replied(&self, reply: &[u8]) {
        let mut texts = Vec::new();
        if reply.len() <= REPLY_BYTES_MAX {
            texts_of_reply(reply, &mut texts);
        }
        let mut heard = lock(&self.heard);
        let room = TEXTS_MAX.saturating_sub(heard.texts.len());
        heard.texts.extend(texts.into_iter().take(room));
    }

    /// A method was rejected.
    pub(super) fn rejected(&self, method: &str, why: &str) {
        lock(&self.heard).rejected.insert(method.chars().take(200).collect(), why.chars().take(500).collect());
    }

    fn is_quiet(&self) -> bool {
        self.open.load(Ordering::Relaxed) == 0
    }

    fn calls(&self) -> usize {
        lock(&self.heard).calls
    }

    fn take_rejected(&self) -> BTreeMap<String, String> {
        std::mem::take(&mut lock(&self.heard).rejected)
    }

    /// Texts of the data that stand in a page's text.
    fn shown_in(&self, text: &str) -> BTreeSet<String> {
        lock(&self.heard).texts.iter().filter(|known| text.contains(known.as_str())).cloned().collect()
    }

    /// Whether the data has texts that were told.
    fn heard_some(&self) -> bool {
        !lock(&self.heard).texts.is_empty()
    }

    /// Whether one does.
    fn shows_in(&self, text: &str) -> bool {
        shows_some(&lock(&self.heard).texts, text)
    }
}

fn texts_of_reply(reply: &[u8], texts: &mut Vec<String>) {
    let mut config = candid::DecoderConfig::new();
    config.set_decoding_quota(20_000_000).set_skipping_quota(1_000_000);
    if let Ok(IDLArgs { args }) = untyped(reply, &config) {
        args.iter().for_each(|value| texts_of(value, 0, texts));
    }
}

fn untyped(reply: &[u8], config: &candid::DecoderConfig) -> candid::Result<IDLArgs> {
    let mut reader = candid::de::IDLDeserialize::new_with_config(reply, config)?;
    let mut args = Vec::new();
    while !reader.is_done() {
        args.push(reader.get_value::<IDLValue>()?);
    }
    Ok(IDLArgs { args })
}

fn texts_of(value: &IDLValue, depth: usize, texts: &mut Vec<String>) {
    if depth > 64 || texts.len() >= TEXTS_MAX {
        return;
    }
    match value {
        IDLValue::Text(text) if text.trim().chars().count() >= TEXT_CHARS_MIN => texts.push(text.trim().to_owned()),
        IDLValue::Opt(inner) => texts_of(inner, depth + 1, texts),
        IDLValue::Vec(items) => items.iter().for_each(|item| texts_of(item, depth + 1, texts)),
        IDLValue::Record(fields) => fields.iter().for_each(|field| texts_of(&field.val, depth + 1, texts)),
        IDLValue::Variant(choice) => texts_of(&choice.0.val, depth + 1, texts),
        _ => {}
    }
}

/// A browser that is being got ready. If nobody takes it, it waits for the next change.
pub(super) struct Ready(Option<JoinHandle<Result<Taken, BrowserError>>>);

impl Ready {
    async fn take(mut self) -> Result<Taken, BrowserError> {
        match self.0.take() {
            Some(taking) => taking.await.map_err(std::io::Error::other)?,
            None => Err(BrowserError::Silent),
        }
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        let Some(taking) = self.0.take() else { return };
        tokio::spawn(async move {
            if let Ok(Ok(taken)) = taking.await {
                taken.give_back();
            }
        });
    }
}

/// Where a browser is, unless it is not to be used.
pub(super) fn browser() -> Option<PathBuf> {
    let wanted = std::env::var("AUTOGRAPH_BROWSER_CHECKS").map_or(true, |value| value != "0");
    browser::find().filter(|_| wanted)
}

impl Workshop {
    /// Gets a browser ready. `None` where there is none, and for a first version, which can't make anything worse and
    /// need not wait for a browser.
    pub(super) fn begin_pages(&self, app: Option<&App>) -> Option<Ready> {
        let program = browser().filter(|_| app.is_some_and(|app| app.version > 0))?;
        let browsers = self.browsers.clone();
        Some(Ready(Some(tokio::spawn(async move { browsers.take(&program).await }))))
    }

    /// Looks at the pages, for what got worse.
    pub(super) async fn end_pages(
        &self,
        ready: Option<Ready>,
        app: Option<&App>,
        release: &Release,
    ) -> Result<Seen, Problem> {
        let Some((ready, app)) = ready.zip(app) else { return Ok(Seen::Nothing) };
        let backend = app.backend;
        let live = self.node.replica.read(move |executor| executor.look_seed(backend, None).ok()).await?;
        let Some(live) = live else { return Ok(Seen::Nothing) };
        let Some((proposed, files)) = self.proposed(live.clone(), release).await? else { return Ok(Seen::Nothing) };
        let mut taken = match ready.take().await {
            Ok(taken) => taken,
            Err(error) => return Ok(Seen::Failed(error.to_string())),
        };
        let looking = async {
            let begun = Instant::now();
            let seen = self.door().compare(&mut taken.browser, live, proposed, files).await?;
            tracing::debug!(seconds = begun.elapsed().as_secs_f64(), "pages were opened");
            taken.give_back();
            Ok::<_, BrowserError>(seen)
        };
        Ok(match tokio::time::timeout(PATIENCE, looking).await {
            Ok(Ok(seen)) => seen,
            Ok(Err(error)) => Seen::Failed(error.to_string()),
            Err(_) => Seen::Failed("it took too long".into()),
        })
    }

    /// The data under the proposed version, and its files; `None` if it does not get there, which the gate says, and
    /// if it is what is live.
    async fn proposed(&self, seed: ForkSeed, release: &Release) -> Result<Option<(ForkSeed, Vec<Arc<[u8]>>)>, Problem> {
        let files: Vec<Arc<[u8]>> = release.assets.values().map(|asset| asset.bytes.as_slice().into()).collect();
        let pages: AppAssets = release.assets.iter().map(|(path, asset)| (path.clone(), file(asset))).collect();
        let (engine, blobs, config) = (self.node.engine.clone(), self.node.blobs.clone(), self.node.config.clone());
        if seed.runs(&Sha256::digest(&release.wasm).into(), &pages) {
            return Ok(None);
        }
        let wasm = release.wasm.clone();
        let upgraded = on_own_thread(move || {
            let mut fork = Fork::open(seed, engine, blobs, config);
            fork.upgrade(&wasm).ok().map(|()| fork.seed())
        });
        Ok(upgraded.await?.map(|mut seed| {
            seed.put_pages(pages);
            (seed, files)
        }))
    }
}

impl Door {
    /// Looks at the proposed pages, and where one of them is in doubt at the live ones. What would then be held against
    /// the proposal is looked at once more, with all the patience there is.
    async fn compare(
        &self,
        browser: &mut Browser,
        live: ForkSeed,
        proposed: ForkSeed,
        files: Vec<Arc<[u8]>>,
    ) -> Result<Seen, BrowserError> {
        let first = self.visit(browser, proposed.clone(), files.clone(), &Aim::default()).await?;
        let doubtful = gate::doubtful_pages(&first);
        if doubtful.is_empty() {
            return Ok(Seen::Nothing);
        }
        let aim = Aim { only: Some(&doubtful), ..Aim::default() };
        let before = self.visit(browser, live, Vec::new(), &aim).await?;
        let only_doubtful = |mut site: SeenSite| {
            site.retain(|address, _| doubtful.contains(address));
            site
        };
        if Verdict::default().with_pages(Some(&before), &only_doubtful(first)).behaviour.is_empty() {
            return Ok(Seen::Nothing);
        }
        let again = self.visit(browser, proposed, files, &Aim { expected: Some(&before), ..aim }).await?;
        Ok(Seen::Pages(before, only_doubtful(again)))
    }

    /// A picture of a site's first page as the owner sees it, of at most so many bytes.
    pub(super) async fn picture(
        &self,
        browser: &mut Browser,
        seed: ForkSeed,
        bytes_max: usize,
    ) -> Result<Vec<u8>, BrowserError> {
        let (open, ear) = self.aside(seed, Vec::new()).await?;
        let mut tab = browser.tab().await?;
        tab.resize(PICTURE).await?;
        tab.go(&format!("{}/", self.url(&open.1))).await?;
        settle(&mut tab, &ear, None, true, true).await?;
        let mut picture = Vec::new();
        for quality in QUALITIES {
            picture = tab.picture(PICTURE, quality).await?;
            if picture.len() <= bytes_max {
                break;
            }
        }
        tab.close().await?;
        let fits = Some(picture).filter(|picture| picture.len() <= bytes_max);
        fits.ok_or_else(|| BrowserError::Strange("a picture that is too large".into()))
    }

    /// Opens a look for the node itself, as the owner.
    async fn aside(&self, mut seed: ForkSeed, files: Vec<Arc<[u8]>>) -> Result<(OpenLook<'_>, Arc<Ear>), BrowserError> {
        let ear = Arc::new(Ear::default());
        let visitor = Visitor { key: seed.stand_in(&StandIn::Owner), still: false, ear: Some(ear.clone()) };
        let name = self.open(seed, visitor, files, Kind::Aside).await;
        let name = name.map_err(|problem| BrowserError::Gone(std::io::Error::other(problem.message)))?;
        Ok((OpenLook(self, name), ear))
    }

    /// Opens a site's pages as the owner.
    async fn visit(
        &self,
        browser: &mut Browser,
        seed: ForkSeed,
        files: Vec<Arc<[u8]>>,
        aim: &Aim<'_>,
    ) -> Result<SeenSite, BrowserError> {
        let (open, ear) = self.aside(seed, files).await?;
        let mut tab = browser.tab().await?;
        let site = visit(&mut tab, &self.url(&open.1), &ear, aim).await?;
        tab.close().await?;
        Ok(site)
    }
}

/// What a visit is for.
#[derive(Clone, Copy, Default)]
struct Aim<'a> {
    /// What the pages showed before: each is given time to show some of it.
    expected: Option<&'a SeenSite>,
    /// The visit is over when all of these were seen.
    only: Option<&'a BTreeSet<String>>,
}

impl Aim<'_> {
    fn reached(&self, site: &SeenSite) -> bool {
        self.only.is_some_and(|only| only.iter().all(|address| site.contains_key(address)))
    }
}

/// A look that ends when this is dropped, also in the middle of a visit that is given up.
struct OpenLook<'d>(&'d Door, String);

impl Drop for OpenLook<'_> {
    fn drop(&mut self) {
        self.0.looks.end(&self.1);
    }
}

/// What came of looking at pages.
pub(super) enum Seen {
    /// Nothing to say: there is no browser, nothing to open in it, or nothing wrong.
    Nothing,
    /// It did not work.
    Failed(String),
    /// The live site, and of the proposed one what may be worse.
    Pages(SeenSite, SeenSite),
}

impl Seen {
    /// Adds it to a verdict.
    pub(super) fn add_to(self, verdict: Verdict) -> Verdict {
        match self {
            Seen::Nothing => verdict,
            Seen::Failed(why) => verdict.without_pages(&why),
            Seen::Pages(live, proposed) => verdict.with_pages(Some(&live), &proposed),
        }
    }
}

fn file(asset: &toolchain::Asset) -> AssetFile {
    AssetFile {
        hash: Sha256::digest(&asset.bytes).into(),
        content_type: asset.content_type.clone(),
        bytes: asset.bytes.len() as u64,
    }
}

async fn visit(tab: &mut Tab<'_>, origin: &str, ear: &Ear, aim: &Aim<'_>) -> Result<SeenSite, BrowserError> {
    let mut site = SeenSite::new();
    let mut wanted: Vec<String> = vec!["/".into()];
    while let Some(address) = wanted.pop().filter(|_| !aim.reached(&site)) {
        tab.go(&format!("{origin}{address}")).await?;
        let before = aim.expected.and_then(|site| site.get(&address));
        let (page, links) = settle(tab, ear, before, site.is_empty(), aim.only.is_some()).await?;
        let page = SeenPage { thrown: page.thrown.iter().map(|line| line.replace(origin, "")).collect(), ..page };
        site.insert(address, page);
        for link in links.into_iter().rev() {
            if site.len() + wanted.len() < PAGES_MAX && !site.contains_key(&link) && !wanted.contains(&link) {
                wanted.push(link);
            }
        }
    }
    Ok(site)
}

/// Waits until a page stands still, and shows some of what it showed before.
async fn settle(
    tab: &mut Tab<'_>,
    ear: &Ear,
    before: Option<&SeenPage>,
    first: bool,
    thorough: bool,
) -> Result<(SeenPage, BTreeSet<String>), BrowserError> {
    let (mut last, mut calm, mut rounds): (Option<Shows>, _, _) = (None, 0, 0);
    let (mut passed, mut standstills) = (tab.pass(FIRST).await?, 0);
    // A page that loads or waits is given all the time that there is, so that a slow machine breaks no page.
    while rounds < ROUNDS_MAX {
        let now = tab.look().await?;
        // What the network owes a page, or a slow machine has not worked off yet, may change it. Only what is owed for
        // long, such as a stream without end, holds up nothing.
        standstills = if passed { 0 } else { standstills + 1 };
        let quiet = ear.is_quiet() && (passed || standstills > STANDSTILLS_MAX);
        let there = now.as_ref().filter(|now| now.loaded && quiet);
        rounds += usize::from(there.is_some());
        let still = there.is_some_and(|now| !now.blank() && last.as_ref() == Some(now));
        calm = if still { calm + 1 } else { 0 };
        last = now.or(last);
        let shown = last.as_ref().map_or("", |now| now.text.as_str());
        // Scripts that have done nothing yet are about to, however slow the machine.
        let silent = first && ear.calls() == 0 && !tab.threw() && last.as_ref().is_some_and(|now| now.scripts);
        // What the live page is told and does not show yet, it may be about to: proof of what worked deserves patience.
        let untold = before.is_none() && thorough && ear.heard_some() && !ear.shows_in(shown);
        if calm >= enough(before, silent, untold, shown) {
            break;
        }
        // A page with data on it has what it waits for, or says so by its timers and calls. Another may be busy with
        // keys or with what it kept, which neither its own time nor the network knows of.
        if !ear.shows_in(shown) {
            tokio::time::sleep(BETWEEN_ROUNDS).await;
        }
        passed = tab.pass(FURTHER).await?;
    }
    let last = last.unwrap_or_default();
    let page = SeenPage {
        blank: last.blank(),
        thrown: tab.take_thrown(),
        rejected: ear.take_rejected(),
        shown: ear.shown_in(&last.text),
    };
    Ok((page, last.links))
}

/// Looks in a row after which a page that shows this text counts as being there.
fn enough(before: Option<&SeenPage>, silent: bool, untold: bool, text: &str) -> usize {
    let some = before.is_none_or(|before| before.shown.is_empty() || shows_some(&before.shown, text));
    match some && !untold {
        false => CALM_ROUNDS_MISSING,
        true if silent => CALM_ROUNDS_SILENT,
        true => CALM_ROUNDS,
    }
}

fn shows_some(texts: &BTreeSet<String>, text: &str) -> bool {
    texts.iter().any(|known| text.contains(known.as_str()))
}
