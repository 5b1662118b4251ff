//! Builds a source tree from disk and tells what came of it: `build FOLDER LAUNCHER NODE [TIMES]`.
//!
//! LAUNCHER is the program `toolchain-jail` of this crate.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use toolchain::{BuildError, Limits, SourceTree, Toolchain, ToolchainConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, launcher, node, times @ ..] = arguments.as_slice() else {
        return Err("usage: build FOLDER LAUNCHER NODE [TIMES]".into());
    };
    let begun = Instant::now();
    let toolchain = Toolchain::start(ToolchainConfig {
        worker_dir: Path::new(env!("CARGO_MANIFEST_DIR")).join("worker"),
        node: node.into(),
        launcher: vec![launcher.into()],
        limits: Limits::default(),
        warm: false,
    })
    .await?;
    println!("ready after {:?}", begun.elapsed());
    let tree = SourceTree::from_dir(Path::new(folder))?;
    for _ in 0..times.first().map_or(Ok(1), |times| times.parse::<u32>())? {
        match toolchain.build(&tree, |stage| println!("{stage:?}")).await {
            Ok(release) => println!("{:?} {release:#?}", release.timings),
            Err(BuildError::Diagnostics(diagnostics)) => diagnostics.iter().for_each(|one| println!("{one}")),
            Err(error) => println!("{error}"),
        }
    }
    toolchain.stop().await;
    Ok(())
}
