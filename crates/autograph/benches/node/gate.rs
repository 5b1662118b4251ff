//! What a change costs an app with much data: the judgement without the build, the pause at the switch, and the restore
//! point that a switch leaves behind.
//!
//! `AUTOGRAPH_BENCH_MEGABYTES=10,1000` names the sizes, in megabytes of the app's heap; 10 alone if it is absent, since
//! a gigabyte takes minutes to fill.

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{median, process::Node, tempdir};

/// A shop that fills itself with orders until its heap has so many bytes.
const ORDERS: &str = r##"import Iter "mo:core/Iter";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Timer "mo:core/Timer";
import Prim "mo:⛔";
actor {
  type Order = { id : Nat; customer : Text; email : Text; note : ?Text; price : Nat; status : { #open; #paid }; at : Int };
  let orders = Map.empty<Nat, Order>();
  var next = 1;
  var filled = 0;
  func put() {
    let name = next.toText();
    let note = if (next % 3 == 0) ?("Please ring twice, order " # name # "; the house is behind the trees") else null;
    let status = if (next % 2 == 0) #open else #paid;
    orders.add(next, { id = next; customer = "Customer number " # name # " of the shop"; email = "customer." # name # "@example.org"; note; price = next * 7; status; at = 1_700_000_000_000_000_000 + next });
    next += 1;
  };
  // By itself, since no shop lets its customers add a hundred thousand orders at once.
  func fill() : async () {
    let last = next + AT_ONCE;
    while (next < last) put();
    if (Prim.rts_heap_size() < HEAP) ignore Timer.setTimer<system>(#nanoseconds 1, fill) else filled := Prim.rts_heap_size();
  };
  if (filled == 0) ignore Timer.setTimer<system>(#nanoseconds 1, fill);
  /// The heap's bytes once there are enough orders; none before.
  public query func heap() : async Nat { filled };
  public func order() : async Nat { put(); next };
  public func pay(id : Nat) : async Bool {
    let ?order = orders.get(id) else return false;
    orders.add(id, { order with status = #paid });
    CHANGED
  };
  public query func page(from : Nat) : async [Order] { Iter.toArray(Iter.take(Iter.map<(Nat, Order), Order>(orders.entriesFrom(from), func((_, order)) = order), 100)) };
  public query func get(id : Nat) : async ?Order { orders.get(id) };
};
"##;
/// Orders that one message of its own adds.
const ORDERS_AT_ONCE: usize = 10_000;
const ROUNDS: u32 = 3;
const MEGA: f64 = 1e6;

pub(crate) fn measure() -> Value {
    let sizes = std::env::var("AUTOGRAPH_BENCH_MEGABYTES").unwrap_or_else(|_| "10".into());
    let sizes = sizes.split(',').filter_map(|size| size.trim().parse::<f64>().ok());
    sizes.map(of_size).collect::<Vec<_>>().into()
}

fn of_size(megabytes: f64) -> Value {
    let home = tempdir();
    let node = Node::start(&home);
    let tree = home.join("tree");
    write(&tree, megabytes, "true");
    let path = tree.display().to_string();
    node.live(&["deploy", &path, "--app", "orders"]);
    let mut heap = 0.0;
    while heap == 0.0 {
        heap = node.number(&["call", "orders", "heap", "--query"]);
    }
    let (mut checks, mut pauses, mut switches, mut points) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut peak = 0.0_f64;
    for round in 0..ROUNDS {
        // Another module each time, and little of the data changed since the restore point before.
        write(&tree, megabytes, &format!("id > {round}"));
        node.number(&["call", "orders", "order"]);
        let before = disk_bytes(&home.join("data/state/images"));
        let resting = node.reset_peak();
        let live = node.cli(&["deploy", &path, "--app", "orders"]);
        peak = peak.max(node.peak_bytes() - resting);
        let seconds = |stage: &str| live["seconds"][stage].as_f64().unwrap_or_default();
        checks.push(seconds("check"));
        pauses.push(seconds("pause"));
        switches.push(seconds("switch"));
        points.push(disk_bytes(&home.join("data/state/images")) - before);
    }
    json!({
        "heap_megabytes": heap / MEGA,
        "judgement_seconds": median(&checks),
        "judgement_megabytes_per_second": heap / MEGA / median(&checks),
        "memory_at_peak_megabytes": peak / MEGA,
        "pause_seconds": median(&pauses),
        "switch_seconds": median(&switches),
        "restore_point_share_of_heap": median(&points) / heap,
        "copy_of_the_heap_seconds": copy_seconds(heap as usize),
    })
}

fn write(tree: &Path, megabytes: f64, answer: &str) {
    let backend = tree.join("backend");
    std::fs::create_dir_all(&backend).expect("a folder");
    let orders = ORDERS.replace("CHANGED", answer).replace("AT_ONCE", &ORDERS_AT_ONCE.to_string());
    let orders = orders.replace("HEAP", &format!("{:.0}", megabytes * MEGA));
    std::fs::write(backend.join("main.mo"), orders).expect("a file");
}

/// What this machine needs to copy as much memory, at the same time.
fn copy_seconds(bytes: usize) -> f64 {
    let from = vec![1_u8; bytes];
    let mut to = vec![2_u8; bytes];
    let begun = std::time::Instant::now();
    to.copy_from_slice(std::hint::black_box(&from));
    std::hint::black_box(&to);
    begun.elapsed().as_secs_f64()
}

/// What the files of a folder take on the disk.
fn disk_bytes(folder: &Path) -> f64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = files.map(|file| file.path());
    paths.map(|path: PathBuf| path.metadata().map_or(0.0, |data| data.blocks() as f64 * 512.0)).sum()
}
