//! Looking up together: what many ask for at the same time is one question to the database. Whoever
//! asks alone waits for nobody, and what anybody is told was looked up after they asked.

use std::{collections::HashMap, hash::Hash, time::Duration};

use focushive::Fault;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::task::TaskTracker;

use crate::{
    backend::settle,
    failure::{self, Failure},
};

/// How many may wait; more wait where they came from.
const WAITING: usize = 4096;

/// How many are looked up together at most.
const AT_ONCE: usize = 512;

/// How long the database may take before those who wait are told to come back.
const WITHIN: Duration = Duration::from_secs(3);

type Asked<K, V> = (K, oneshot::Sender<Result<Option<V>, Fault>>);

pub struct Together<K, V>(mpsc::Sender<Asked<K, V>>);

impl<K, V> Together<K, V>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// It ends when the last who may ask is gone.
    pub fn start<F>(tasks: &TaskTracker, look: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Vec<(K, V)>, Failure>> + Send,
    {
        let (ask, mut asked) = mpsc::channel(WAITING);
        tasks.spawn(async move {
            let mut together: Vec<Asked<K, V>> = Vec::new();
            while asked.recv_many(&mut together, AT_ONCE).await > 0 {
                let keys = together.iter().map(|(key, _)| *key).collect();
                let found = timeout(WITHIN, look(keys)).await.unwrap_or_else(|_| Err(failure::away().into()));
                let found: Result<HashMap<K, V>, Fault> = found.map(HashMap::from_iter).map_err(settle);
                for (key, answer) in together.drain(..) {
                    // Whoever asked may be gone.
                    let _ = answer.send(found.as_ref().map(|found| found.get(&key).cloned()).map_err(Fault::clone));
                }
            }
        });
        Self(ask)
    }

    pub async fn find(&self, key: K) -> Result<Option<V>, Failure> {
        let (answer, answered) = oneshot::channel();
        let gone = || Failure::internal("nobody looks anything up any more");
        self.0.send((key, answer)).await.map_err(|_| gone())?;
        Ok(answered.await.map_err(|_| gone())??)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn what_is_asked_meanwhile_is_one_question() {
        let questions: Arc<Mutex<Vec<Vec<u32>>>> = Arc::default();
        let seen = Arc::clone(&questions);
        let halves = Together::start(&TaskTracker::new(), move |keys: Vec<u32>| {
            seen.lock().unwrap().push(keys.clone());
            async move {
                tokio::task::yield_now().await;
                Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key / 2)).collect())
            }
        });
        assert_eq!(halves.find(8).await.unwrap(), Some(4));
        let answers = join_all((0..100).map(|key| halves.find(key % 10))).await;
        for (key, answer) in (0..100).zip(answers) {
            let key = key % 10;
            assert_eq!(answer.unwrap(), (key % 2 == 0).then_some(key / 2));
        }
        let asked: Vec<usize> = questions.lock().unwrap().iter().map(Vec::len).collect();
        assert_eq!(asked.iter().sum::<usize>(), 101);
        assert!(asked.len() < 5, "{asked:?}");
    }

    #[tokio::test]
    async fn everybody_is_told_that_it_cannot_be_looked_up() {
        let broken: Together<u32, u32> =
            Together::start(&TaskTracker::new(), |_| async { Err(failure::away().into()) });
        let answers = join_all((0..3).map(|key| broken.find(key))).await;
        assert!(answers.iter().all(|answer| matches!(answer, Err(Failure::Fault(Fault::Unavailable { .. })))));
    }
}
