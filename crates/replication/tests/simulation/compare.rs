//! Two replicated states, byte by byte: the node's and the reference's.

use std::fmt::Debug;

use execution::state::ReplicatedState;
use state::pages::{PAGE_BYTES, PagedMemory};

const ZEROES: [u8; PAGE_BYTES] = [0; PAGE_BYTES];

/// The first difference in words, if there is one.
pub(crate) fn differ(node: &ReplicatedState, reference: &ReplicatedState) -> Result<(), String> {
    same("height", &node.height, &reference.height)?;
    same("time", &node.time, &reference.time)?;
    let ids = |state: &ReplicatedState| state.canisters.keys().copied().collect::<Vec<_>>();
    same("canisters", &ids(node), &ids(reference))?;
    for (id, canister) in &node.canisters {
        let other = &reference.canisters[id];
        same(&format!("globals of {id}"), &canister.memory.globals, &other.memory.globals)?;
        memory(&format!("heap of {id}"), &canister.memory.heap, &other.memory.heap)?;
        memory(&format!("stable memory of {id}"), &canister.memory.stable, &other.memory.stable)?;
        same(&format!("system state of {id}"), &canister.system, &other.system)?;
        same(&format!("files of {id}"), &canister.assets, &other.assets)?;
    }
    same("ingress history", &node.ingress, &reference.ingress)?;
    same("restore points", &node.points, &reference.points)?;
    let points = |state: &ReplicatedState| state.point_memories.keys().copied().collect::<Vec<_>>();
    same("points' memories", &points(node), &points(reference))?;
    for (id, (heap, stable)) in &node.point_memories {
        let (other_heap, other_stable) = &reference.point_memories[id];
        memory(&format!("heap of point {} of {}", id.1, id.0), heap, other_heap)?;
        memory(&format!("stable memory of point {} of {}", id.1, id.0), stable, other_stable)?;
    }
    same("registry", &format!("{:?}", node.registry), &format!("{:?}", reference.registry))
}

fn memory(what: &str, node: &PagedMemory, reference: &PagedMemory) -> Result<(), String> {
    same(&format!("size of {what}"), &node.bytes(), &reference.bytes())?;
    for index in 0..node.bytes() / PAGE_BYTES as u64 {
        let (page, other) = (node.page(index).unwrap_or(&ZEROES), reference.page(index).unwrap_or(&ZEROES));
        if std::ptr::eq(page, other) || page == other {
            continue;
        }
        if let Some(at) = page.iter().zip(other).position(|(a, b)| a != b) {
            let (is, must) = (page[at], other[at]);
            return Err(format!("{what}: page {index} byte {at} is {is}, must be {must}"));
        }
    }
    Ok(())
}

fn same<T: PartialEq + Debug>(what: &str, node: &T, reference: &T) -> Result<(), String> {
    if node == reference {
        return Ok(());
    }
    let short = |value: &T| format!("{value:?}").chars().take(300).collect::<String>();
    Err(format!("{what}: is {}, must be {}", short(node), short(reference)))
}
