//! The ingress history: what became of update calls, kept so that answers can be read and no call runs twice.
//!
//! Invariant: it is bounded. Answers are kept for some minutes; when there are too many, the oldest are given up and
//! only the ids stay, until the call's own expiry keeps it from coming again; and when there are too many ids, nothing
//! new is let in.

use state::replicated::{IngressEntry, IngressStatus, RequestId};

use crate::executor::Executor;

impl Executor {
    /// Whether the history has room for another call.
    #[must_use]
    pub fn remembers_more(&self) -> bool {
        self.state.ingress.len() < self.config.requests_max
    }

    /// Entries whose time is over are forgotten; a call repeated later is refused for its expiry.
    pub(crate) fn forget_old_ingress(&mut self) {
        let now = self.state.time;
        while let Some((_, id)) = self.state.ingress_by_time.first().copied().filter(|(at, _)| *at <= now) {
            match self.state.ingress.get(&id).cloned() {
                // A call that is still open is remembered for as long as it is.
                Some(entry) if !entry.status.is_final() => {
                    let forget_at = now + self.config.keep_answers_ns;
                    self.state.put_ingress(id, IngressEntry { forget_at, ..entry });
                }
                _ => self.state.remove_ingress(id),
            }
            self.changes.ingress.insert(id);
        }
        while self.state.answers_by_time.len() > self.config.answers_max {
            let Some((_, id)) = self.state.answers_by_time.first().copied() else { return };
            self.give_up_answer(id);
        }
    }

    fn give_up_answer(&mut self, id: RequestId) {
        let Some(entry) = self.state.ingress.get(&id).cloned() else { return };
        let forget_at = entry.expiry.max(self.state.time);
        self.state.put_ingress(id, IngressEntry { status: IngressStatus::Done, forget_at, ..entry });
        self.changes.ingress.insert(id);
    }

    /// Gives an update call its final answer.
    pub(crate) fn answer_ingress(&mut self, id: RequestId, status: IngressStatus) {
        let Some(entry) = self.state.ingress.get(&id).cloned() else { return };
        let forget_at = entry.expiry.max(self.state.time + self.config.keep_answers_ns);
        self.state.put_ingress(id, IngressEntry { status, forget_at, ..entry });
        self.changes.ingress.insert(id);
        self.finished.push(id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use candid::Principal;
    use embedder::{Engine, EngineConfig};
    use state::{replicated::Ingress, store::Recovered};

    use super::*;
    use crate::{
        config::ExecutionConfig,
        executor::{Batch, Blobs},
    };

    struct NoBlobs;

    impl Blobs for NoBlobs {
        fn get(&self, _: &[u8; 32]) -> Option<Arc<[u8]>> {
            None
        }
        fn put(&self, _: &[u8]) -> std::io::Result<[u8; 32]> {
            Err(std::io::Error::other("no blobs here"))
        }
    }

    const SECOND: u64 = 1_000_000_000;

    fn call(number: u8, expiry: u64) -> Ingress {
        let canister = Principal::from_slice(&[5; 10]);
        Ingress {
            request_id: RequestId([number; 32]),
            sender: Principal::anonymous(),
            canister,
            method: "nothing".into(),
            arg: Vec::new(),
            effective: canister,
            expiry,
            sender_info: None,
        }
    }

    fn executor(answers_max: usize) -> Executor {
        let mut config = ExecutionConfig::new([].into(), Principal::anonymous(), Principal::anonymous());
        config.answers_max = answers_max;
        let engine = Arc::new(Engine::new(EngineConfig::default()).expect("an engine"));
        Executor::new(&Recovered::default(), engine, Arc::new(NoBlobs), config).expect("readable")
    }

    fn batch(executor: &mut Executor, time: u64, ingress: Vec<Ingress>) -> Vec<RequestId> {
        executor.execute(&Batch { time, randomness: [0; 32], ingress }).finished
    }

    #[test]
    fn too_many_answers_leave_only_ids_until_the_calls_expire() {
        let mut executor = executor(3);
        let calls: Vec<_> = (0..5).map(|number| call(number, 200 * SECOND)).collect();
        // Each is rejected at once, since there is no such canister; that is an answer too.
        assert_eq!(batch(&mut executor, 100 * SECOND, calls.clone()).len(), 5);
        batch(&mut executor, 101 * SECOND, Vec::new());
        let statuses = |executor: &Executor| {
            let answers = executor.state().ingress.values().filter(|entry| entry.status.is_answer()).count();
            (answers, executor.state().ingress.len())
        };
        assert_eq!(statuses(&executor), (3, 5));
        // None of them runs again, and none has a second answer.
        let again = batch(&mut executor, 102 * SECOND, calls);
        assert_eq!((again.len(), statuses(&executor)), (5, (3, 5)));
        batch(&mut executor, 201 * SECOND, Vec::new());
        assert_eq!(statuses(&executor), (3, 3), "those that can't come again are forgotten");
        batch(&mut executor, 402 * SECOND, Vec::new());
        assert_eq!(statuses(&executor), (0, 0));
    }
}
