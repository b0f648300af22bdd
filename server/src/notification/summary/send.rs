//! The task that sends summaries. One is taken before it is sent, so that two servers send one
//! letter; a letter that no mail server took is tried again, with whatever is unread by then.

use std::time::Duration;

use focushive::{Moment, notification::Notification};
use time::Duration as Span;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{next, store, token};
use crate::{
    failure::Failure,
    mail::{self, Summarised},
    services::Services,
};

/// It looks at least this often, should the clock of the machine be set.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How many are sent in one round.
const TOGETHER: i64 = 50;

/// How many things one letter names; of the rest it says how many there are, up to a bound.
const NAMED: usize = 20;
const COUNTED: u32 = 500;

/// When it is tried again: after a mail server that took nothing, and for somebody who focuses.
const AGAIN: Span = Span::minutes(15);
const NOT_NOW: Span = Span::minutes(1);

pub async fn keep(services: Services, stop: CancellationToken) {
    if !services.mail.is_on() {
        return;
    }
    loop {
        let wait = look(&services).await.unwrap_or_else(|failure| {
            tracing::warn!(?failure, "summaries could not be looked at");
            LOOK_EVERY
        });
        tokio::select! {
            () = stop.cancelled() => return,
            () = services.summaries.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// The answer is how long nothing is due.
async fn look(services: &Services) -> Result<Duration, Failure> {
    let now = services.clock.now();
    for due in store::due(&services.db, now, TOGETHER).await? {
        let focuses = services.presence.focus_of(due.user, now).is_some();
        let later = if focuses { Some(now.after(NOT_NOW)) } else { next(due.summary, &due.zone, now) };
        let Some(later) = later else { continue };
        if store::take(&services.db, due.user, now, later).await? && !focuses {
            send(services, &due, now, later).await?;
        }
    }
    let next = store::next_due(&services.db).await?.map(|at| at.since(services.clock.now()));
    let wait = next.and_then(|wait| wait.try_into().ok()).unwrap_or(LOOK_EVERY);
    Ok(wait.clamp(Duration::from_millis(20), LOOK_EVERY))
}

/// Nothing is sent where nothing is unread.
async fn send(services: &Services, due: &store::Due, now: Moment, later: Moment) -> Result<(), Failure> {
    let before = now.after(-Span::hours(i64::from(due.summary.after_hours)));
    let unread = store::unread(&services.db, due.user, before, COUNTED).await?;
    if unread.is_empty() {
        return Ok(());
    }
    let sent = services.mail.send(letter(services, due, &unread)).await;
    let failure = sent.err().map(|problem| problem.to_string());
    let ids: Vec<Uuid> = unread.iter().map(|notification| notification.id.0).collect();
    let arrived = failure.is_none().then(|| services.clock.now());
    store::tried(&services.db, &ids, now, arrived, failure.as_deref()).await?;
    if failure.is_some() {
        // Whoever wants none meanwhile, or another, gets that.
        store::again(&services.db, due.user, later, now.after(AGAIN).min(later)).await?;
    }
    Ok(())
}

/// Who and where, with the way there; never what somebody wrote.
fn letter(services: &Services, due: &store::Due, unread: &[Notification]) -> mail::Letter {
    let line = |notification: &Notification| {
        let what = &notification.what;
        let detail = what.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
        format!("- {}{detail}\n  {}", what.sentence(), services.link(&notification.way()))
    };
    let token = token(services, due.user);
    mail::summary(Summarised {
        to: due.email.clone(),
        name: due.name.clone(),
        lines: unread.iter().take(NAMED).map(line).collect(),
        more: unread.len().saturating_sub(NAMED),
        all: services.link("/notifications"),
        stop: services.link(&format!("/stop?token={token}")),
        stop_at_once: services.link(&format!("/api/stop?token={token}")),
    })
}
