//! What was set free goes out: a task that sleeps until there is something, and tries again whatever
//! could not be tried. Who else delivers at the same time makes no difference.

use std::{collections::BTreeMap, time::Duration};

use focushive::{Fault, chat::HeldChanged, fault::Refusal, id::HiveId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    Origin,
    store::{self, Due},
    tell,
};
use crate::{backend::settle, chat::deliver, failure::Failure, services::Services};

/// It looks at least this often: another node may have ended a phase and died.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long it rests where the database cannot be asked.
const REST: Duration = Duration::from_secs(1);

pub async fn keep(services: Services, stop: CancellationToken) {
    loop {
        let wait = match look(&services).await {
            Ok(wait) => wait,
            Err(failure) => {
                tracing::warn!(?failure, "what waits for the break could not be looked at");
                REST
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = services.freed.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Sends what is due, each hive by itself; the answer is how long nothing is.
async fn look(services: &Services) -> Result<Duration, Failure> {
    let mut hives: BTreeMap<HiveId, Vec<Due>> = BTreeMap::new();
    for due in store::due(&services.db, services.clock.now()).await? {
        hives.entry(due.send.hive).or_default().push(due);
    }
    let mut sending = JoinSet::new();
    for (_, all) in hives {
        sending.spawn(send_all(services.clone(), all));
    }
    if !sending.join_all().await.into_iter().all(|done| done) {
        return Ok(REST);
    }
    let next = store::next_due(&services.db).await?;
    let wait = next.map(|at| (at.0 - services.clock.now().0).max(time::Duration::ZERO));
    Ok(wait.and_then(|wait| wait.try_into().ok()).map_or(LOOK_EVERY, |wait: Duration| wait.min(LOOK_EVERY)))
}

/// One after the other, so that their order stands whatever fails; false if there is more to try.
async fn send_all(services: Services, all: Vec<Due>) -> bool {
    for due in all {
        let sent = deliver(&services, due.author, due.send.clone(), Origin::Held).await;
        let Err(fault) = sent.map_err(settle) else { continue };
        if matches!(fault, Fault::Unavailable { .. }) {
            return false;
        }
        if let Err(failure) = refuse(&services, &due, fault).await {
            tracing::warn!(?failure, hive = %due.send.hive, "what became of a held message could not be written");
            return false;
        }
    }
    true
}

/// It may not go out now: its author reads why. If it waits no more, somebody was quicker.
async fn refuse(services: &Services, due: &Due, fault: Fault) -> Result<(), Failure> {
    let (why, again_at) = match fault {
        // When that is, its author's own clock says.
        Fault::NotYet { why, at } => (Refusal::from(Fault::conflict(why)).sentence(), Some(at)),
        fault => (Refusal::from(fault).sentence(), None),
    };
    let mut tx = services.db.begin().await?;
    let Some(held) = store::refuse(&mut *tx, due, &why, again_at).await? else { return Ok(()) };
    let changed = HeldChanged { hive: due.send.hive, key: due.send.key, held: Some(held) };
    let told = tell(&mut tx, due.author, services.clock.now(), changed).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}
