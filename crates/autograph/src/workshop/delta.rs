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
    fork_of::ForkOf,
    judge::{LiveTypes, on_own_thread},
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

#[cfg(test)]
mod tests {
    use std::{path::Path, process::Command, sync::Arc};

    use candid::{Principal, utils::ArgumentEncoder};
    use execution::registry::calls::{CreateAppArg, CreatedApp};
    use replication::{Answer, Clock as _, SystemClock};
    use state::replicated::{Ingress, IngressStatus, RequestId};
    use toolchain::{Toolchain, ToolchainConfig};

    use super::*;
    use crate::{
        cli::OpenTo,
        node::Node,
        workshop::switch::{Going, OpenCalls, Switched},
    };

    const GUEST: Principal = Principal::from_slice(&[1; 29]);

    /// Starts the compilers as they are; they get nothing to do here.
    const UNCONFINED: &str = r#"while [ "$1" != -- ]; do shift; done; shift; echo '{"confinement":[]}'; exec "$@""#;

    /// A node on a folder of its own; its toolchain is never asked.
    async fn workshop(folder: &Path) -> Workshop {
        let node = Arc::new(Node::start(folder, OpenTo::Owner, Arc::new(|_| {})).expect("a node"));
        let path = std::env::var_os("PATH").expect("a PATH");
        let program = std::env::split_paths(&path).map(|folder| folder.join("node")).find(|file| file.is_file());
        let config = ToolchainConfig {
            worker_dir: Path::new(env!("CARGO_MANIFEST_DIR")).join("../toolchain/worker"),
            node: program.expect("node is installed"),
            launcher: ["sh", "-c", UNCONFINED, "launcher"].map(Into::into).to_vec(),
            limits: toolchain::Limits::default(),
            warm: false,
        };
        let toolchain = Toolchain::start(config).await.expect("not asked");
        Workshop::new(node, toolchain, "http://localhost".into())
    }

    /// A release of a source in `testdata`, by the real compiler.
    fn release(workshop: &Workshop, source: &str) -> Release {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = here.join("../toolchain/worker");
        let out = tempfile::NamedTempFile::new().expect("a temporary file");
        let compiled = Command::new("node")
            .arg(here.join("../replication/tests/compile.mjs"))
            .args([modules.as_path(), &here.join("testdata").join(source), out.path()])
            .status();
        assert!(compiled.expect("node runs").success(), "the toolchain's packages are installed by `make toolchain`");
        let wasm = std::fs::read(out.path()).expect("the module");
        let module = workshop.node.engine.prepare(&wasm).expect("a module");
        let section = |name| String::from_utf8(module.custom_section(name).expect(name).1.to_vec()).expect("text");
        Release {
            candid: section("candid:service"),
            stable_types: section("motoko:stable-types"),
            wasm,
            assets: Default::default(),
            compacted: None,
            warnings: vec![],
            source_hash: [0; 32],
            timings: Default::default(),
        }
    }

    async fn call(workshop: &Workshop, app: &App, method: &str, args: impl ArgumentEncoder) {
        let ingress = Ingress {
            request_id: RequestId(crate::node::random()),
            sender: GUEST,
            canister: app.backend,
            method: method.into(),
            arg: candid::encode_args(args).expect("encodes"),
            effective: app.backend,
            expiry: SystemClock.now() + 60_000_000_000,
            sender_info: None,
        };
        let answer = workshop.node.replica.call(ingress).await.expect("runs");
        assert!(matches!(answer, Answer::Final(IngressStatus::Replied(_))), "{answer:?}");
    }

    async fn put_live(workshop: &Workshop, app: &App, release: &Release, on: Judged) -> Switched {
        let going = Going {
            title: "Guests".into(),
            roles: vec![],
            source: b"{}",
            verdict: b"{}",
            message: "a change".into(),
            by: GUEST,
            approved: vec![],
        };
        let paused = workshop.publish(app, release, going, on, OpenCalls::Spare).await.expect("switches");
        println!("new calls waited for {:?}", paused.pause);
        paused.switched
    }

    /// An app with so many guests, the release that drops one kind of them, and a verdict that found nothing.
    async fn judged(workshop: &Workshop, guests: u64) -> (App, Release, Judged) {
        let arg = CreateAppArg { name: "party".into(), title: "Party".into(), owner: "owner".into() };
        let _: CreatedApp = workshop.registry("create_app", (arg,)).await.expect("creates");
        let app = workshop.app("party").await.expect("there");
        let first = release(workshop, "guests-1.mo");
        let nothing = Judged { verdict: Verdict::default(), on: None };
        assert!(matches!(put_live(workshop, &app, &first, nothing).await, Switched::Live(1)));
        let app = workshop.app("party").await.expect("there");
        for id in 0..guests {
            call(workshop, &app, "add", (candid::Nat::from(id), format!("guest {id}"))).await;
        }
        let on = workshop.seed(Some(&app)).await.expect("reads");
        assert!(on.is_some());
        (app, release(workshop, "guests-2.mo"), Judged { verdict: Verdict::default(), on })
    }

    async fn is_held(workshop: &Workshop, app: &App) -> bool {
        let backend = app.backend;
        let held = workshop.node.replica.read(move |executor| executor.state().canisters[&backend].system.held);
        held.await.expect("runs")
    }

    #[tokio::test]
    async fn what_came_since_the_verdict_and_would_be_lost_stops_the_switch() {
        let folder = tempfile::tempdir().expect("a folder");
        let workshop = workshop(folder.path()).await;
        let (app, release, judged) = judged(&workshop, 3).await;
        call(&workshop, &app, "add", (candid::Nat::from(7u8), "nobody")).await;
        let Switched::News(news) = put_live(&workshop, &app, &release, judged).await else { panic!("it went live") };
        assert_eq!(news.outcome(), Judgement::Asks, "{news:?}");
        assert!(news.data.iter().any(|finding| finding.count == Some(1)), "{news:?}");
        assert_eq!(workshop.app("party").await.expect("there").version, 1, "nothing was switched");
        assert!(!is_held(&workshop, &app).await);
        call(&workshop, &app, "add", (candid::Nat::from(8u8), "another")).await;
    }

    #[tokio::test]
    async fn what_came_since_and_is_kept_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let workshop = workshop(folder.path()).await;
        let (app, release, judged) = judged(&workshop, 3).await;
        call(&workshop, &app, "add", (candid::Nat::from(7u8), "somebody")).await;
        assert!(matches!(put_live(&workshop, &app, &release, judged).await, Switched::Live(2)));
        assert!(!is_held(&workshop, &app).await);
        call(&workshop, &app, "add", (candid::Nat::from(8u8), "another")).await;
    }
}
