//! Between the verdict and the switch the app goes on. What it did meanwhile is judged before a release takes over.
//!
//! Small data is judged again whole, while new calls wait. For more than that it would take too long: it is judged on
//! newer and newer copies while the app runs, until little changes in between, and only the start of the release is
//! tried once more under the hold.

use execution::{Fork, ForkSeed, registry::App};
use gate::{Effect, Finding, Judgement, Side, Verdict};
use toolchain::Release;

use super::{
    Workshop,
    answer::Problem,
    judge::{ForkOf, LiveTypes, on_own_thread},
};

/// Memory that is judged again while new calls wait.
const WHOLE_BYTES_MAX: u64 = 64 << 20;
/// What may have changed since the last judgement of larger memory.
const REST_BYTES_MAX: u64 = 1 << 20;
/// Judgements of larger memory before the hold.
const CATCHING_UP_MAX: usize = 3;

/// A verdict with what it was reached on.
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// Nothing for a first version, which finds no data.
    pub(crate) on: Option<(ForkSeed, LiveTypes)>,
}

impl Workshop {
    /// The app as it is now, for judging; nothing before its first version.
    pub(crate) async fn seed(&self, app: Option<&App>) -> Result<Option<(ForkSeed, LiveTypes)>, Problem> {
        let Some(app) = app.filter(|app| app.version > 0) else { return Ok(None) };
        let types = self.live_types(app).await?;
        Ok(self.newer(app).await?.map(|seed| (seed, types)))
    }

    /// Judges large memory again until little of it changes meanwhile; what that finds beyond the verdict.
    pub(super) async fn catch_up(
        &self,
        app: &App,
        release: &Release,
        judged: &mut Judged,
    ) -> Result<Option<Verdict>, Problem> {
        for _ in 0..CATCHING_UP_MAX {
            let Some((on, types)) = &mut judged.on else { return Ok(None) };
            let Some(now) = self.newer(app).await? else { return Ok(None) };
            if now.memory_bytes() <= WHOLE_BYTES_MAX || now.changed_since(on) <= REST_BYTES_MAX {
                return Ok(None);
            }
            let types = types.clone();
            let copy = now.clone();
            *on = now;
            let later = self.judge_again(copy, types, release, Depth::Whole).await?;
            if let Some(news) = beyond(&judged.verdict, &later) {
                return Ok(Some(news));
            }
        }
        Ok(None)
    }

    /// Judges, while the app is held, what was not judged yet; what that finds beyond the verdict.
    pub(super) async fn judge_rest(
        &self,
        app: &App,
        release: &Release,
        judged: &Judged,
    ) -> Result<Option<Verdict>, Problem> {
        let Some((on, types)) = &judged.on else { return Ok(None) };
        let Some(now) = self.newer(app).await? else { return Ok(None) };
        if now.is_as(on) {
            return Ok(None);
        }
        let depth = if now.memory_bytes() <= WHOLE_BYTES_MAX { Depth::Whole } else { Depth::Start };
        let later = self.judge_again(now, types.clone(), release, depth).await?;
        Ok(beyond(&judged.verdict, &later))
    }

    async fn judge_again(
        &self,
        seed: ForkSeed,
        types: LiveTypes,
        release: &Release,
        depth: Depth,
    ) -> Result<Verdict, Problem> {
        let fork = Fork::open(seed, self.node.engine.clone(), self.node.blobs.clone(), self.node.config.clone());
        let (wasm, candid, stable) = (release.wasm.clone(), release.candid.clone(), release.stable_types.clone());
        on_own_thread(move || {
            let live = Side { candid: &types.candid, stable_types: &types.stable };
            let proposed = Side { candid: &candid, stable_types: &stable };
            let mut fork = ForkOf::new(fork);
            match depth {
                // What the compiler said of the two types is in the verdict, and data doesn't change it.
                Depth::Whole => gate::judge_data(live, proposed, &wasm, &mut fork, &[]),
                Depth::Start => starts(&mut fork, &wasm),
            }
        })
        .await
    }

    async fn newer(&self, app: &App) -> Result<Option<ForkSeed>, Problem> {
        let backend = app.backend;
        Ok(self.node.replica.read(move |executor| executor.fork_seed(backend)).await?)
    }
}

/// How much is judged again.
#[derive(Clone, Copy, Debug)]
enum Depth {
    /// All data.
    Whole,
    /// Whether the release starts.
    Start,
}

fn starts(fork: &mut ForkOf, wasm: &[u8]) -> Verdict {
    let Err(error) = gate::Fork::upgrade(fork, wasm) else { return Verdict::default() };
    let finding = Finding {
        kind: "does_not_install".into(),
        subject: "the new version".into(),
        count: None,
        examples: Vec::new(),
        message: format!("The new version does not start on the app as it is now: {}.", error.trim_end_matches('.')),
        effect: Effect::Refuses,
        detail: None,
    };
    Verdict { build: vec![finding], ..Verdict::default() }
}

/// What a later verdict finds beyond the first, if anything.
fn beyond(first: &Verdict, later: &Verdict) -> Option<Verdict> {
    let news = first.news_in(later);
    (news.outcome() != Judgement::Pass).then_some(news)
}
