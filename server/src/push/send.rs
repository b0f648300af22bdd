//! The task that pushes: at once to somebody who looks at none of our pages, and after a minute to
//! somebody who does and has not read it by then; never into a silence, nor to somebody who looks at
//! the hive it is from. Endpoints that are gone are forgotten at once; one that fails is tried again,
//! and then let be.

use std::{collections::HashSet, time::Duration};

use focushive::{Moment, id::UserId, notification::Notification, protocol::Topic};
use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use reqwest::{Client, StatusCode, Url, header};
use serde_json::json;
use time::Duration as Span;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{seal::seal, store};
use crate::{failure::Failure, notification, services::Services};

/// Somebody who looks at a page is pushed to after this long, if they did not read it there.
pub const UNREAD_FOR: Span = Span::seconds(60);

/// It looks at least this often, should the clock of the machine be set.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often somebody for whom it is quiet is looked at again.
const NOT_NOW: Span = Span::seconds(30);

/// How long a push service may take.
const WITHIN: Duration = Duration::from_secs(10);

/// How often one is tried, and how long apart.
const TRIES: i16 = 4;
const APART: Span = Span::seconds(20);

/// How many people are pushed to at the same time, each what is due to them one after another: a push
/// service that stalls holds up its own person, and few others.
const AT_ONCE: usize = 32;

/// What a later version of this program wrote, and this one cannot read, is let be for so long.
const STRANGE: Span = Span::HOUR;

/// How long a push service keeps what it cannot deliver: older is no news any more.
const KEPT_FOR_SECONDS: &str = "3600";

pub async fn keep(services: Services, stop: CancellationToken) {
    let client = Client::builder().timeout(WITHIN).redirect(reqwest::redirect::Policy::none()).build();
    let Ok(client) = client.inspect_err(|error| tracing::error!(%error, "nothing can be pushed")) else { return };
    let mut busy = HashSet::new();
    let mut under_way = FuturesUnordered::new();
    loop {
        let wait = match look(&services, &busy).await {
            Ok((jobs, wait)) => {
                busy.extend(jobs.iter().map(|job| job.user));
                under_way.extend(jobs.into_iter().map(|job| attend(&services, &client, job)));
                wait
            }
            Err(failure) => {
                tracing::warn!(?failure, "what is to be pushed could not be looked at");
                LOOK_EVERY
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = services.pushes.notified() => {}
            () = tokio::time::sleep(wait) => {}
            Some(user) = under_way.next() => drop(busy.remove(&user)),
        }
    }
    while under_way.next().await.is_some() {}
}

/// One push of each person who waits for none, as many as there is room for, and how long nothing
/// more is due.
async fn look(services: &Services, busy: &HashSet<UserId>) -> Result<(Vec<store::Job>, Duration), Failure> {
    let now = services.clock.now();
    let mut let_be: Vec<Uuid> = busy.iter().map(|user| user.0).collect();
    let room = AT_ONCE.saturating_sub(busy.len());
    if room == 0 {
        return Ok((Vec::new(), LOOK_EVERY));
    }
    let store::Due { jobs, strange } = store::due(&services.db, now, &let_be, room).await?;
    for notification in strange {
        store::put_off(&services.db, notification, now.after(STRANGE), 1).await?;
    }
    let_be.extend(jobs.iter().map(|job| job.user.0));
    let next = store::next_due(&services.db, &let_be).await?.map(|at| at.since(services.clock.now()));
    let wait = next.and_then(|wait| wait.try_into().ok()).unwrap_or(LOOK_EVERY);
    Ok((jobs, wait.clamp(Duration::from_millis(20), LOOK_EVERY)))
}

/// One who cannot be pushed to is tried again after a rest. The answer is who it was.
async fn attend(services: &Services, client: &Client, job: store::Job) -> UserId {
    let now = services.clock.now();
    if let Err(failure) = bring(services, client, &job, now).await {
        tracing::error!(?failure, user = %job.user, "somebody could not be pushed to");
        let again = now.after(NOT_NOW);
        if store::put_off(&services.db, job.notification.id, again, job.attempt).await.is_err() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
    job.user
}

async fn bring(services: &Services, client: &Client, job: &store::Job, now: Moment) -> Result<(), Failure> {
    let later = if notification::bell(services, job.user).await?.quiet.is_some() {
        Some(NOT_NOW)
    } else {
        looks_there(services, job, now).then_some(UNREAD_FOR)
    };
    match later {
        Some(later) => Ok(store::put_off(&services.db, job.notification.id, now.after(later), job.attempt).await?),
        None => push(services, client, job, now).await,
    }
}

/// Whether they have the hive before their eyes that it is from.
fn looks_there(services: &Services, job: &store::Job, now: Moment) -> bool {
    let Some(hive) = job.notification.what.hive() else { return false };
    let there = services.hub.connections(job.user);
    let mut there = there.iter().filter(|connection| connection.listens_to(Topic::Hive(hive)));
    there.any(|connection| services.presence.is_looking_on(job.user, connection.id, now))
}

/// Where they are told: at the device they touched last, while a page is open there; of several that are all
/// shut nobody knows which is at hand, and each is told.
fn nearest(services: &Services, user: UserId, all: Vec<store::Browser>, now: Moment) -> Vec<store::Browser> {
    let at = services.presence.last_touched(user, now);
    let there = |browser: &store::Browser| Some(browser.session) == at;
    if all.iter().any(there) { all.into_iter().filter(there).collect() } else { all }
}

/// To the browsers in question. It counts as arrived where one push service took it, and why another
/// did not is written down beside it.
async fn push(services: &Services, client: &Client, job: &store::Job, now: Moment) -> Result<(), Failure> {
    let words = words(&job.notification);
    let browsers = nearest(services, job.user, store::browsers(&services.db, job.user).await?, now);
    let answers = join_all(browsers.iter().map(|browser| send(services, client, browser, &words, now))).await;
    let mut outcome = Outcome::default();
    for (browser, answer) in browsers.iter().zip(answers) {
        match answer {
            Ok(()) => outcome.taken = true,
            Err(Refusal::Gone) => {
                store::remove(&services.db, None, &browser.endpoint).await?;
                outcome.failure = Some("the browser is gone".to_owned());
            }
            Err(Refusal::Failed(why)) => outcome.failure = Some(why),
        }
    }
    let again = !outcome.taken && outcome.failure.is_some() && job.attempt < TRIES;
    store::tried(&services.db, job, now, outcome.taken.then_some(now), outcome.failure.as_deref()).await?;
    if again {
        store::put_off(&services.db, job.notification.id, now.after(APART * i32::from(job.attempt)), job.attempt + 1)
            .await?;
    } else {
        store::done(&services.db, job.notification.id).await?;
    }
    Ok(())
}

#[derive(Default)]
struct Outcome {
    taken: bool,
    failure: Option<String>,
}

enum Refusal {
    Gone,
    Failed(String),
}

/// What the browser is told: never what somebody wrote.
fn words(notification: &Notification) -> String {
    json!({
        "title": notification.what.sentence(),
        "body": notification.what.detail().unwrap_or_default(),
        "path": notification.way(),
        "tag": notification.id,
    })
    .to_string()
}

async fn send(
    services: &Services,
    client: &Client,
    browser: &store::Browser,
    words: &str,
    now: Moment,
) -> Result<(), Refusal> {
    let failed = |why: &str| Refusal::Failed(why.to_owned());
    let url = Url::parse(&browser.endpoint).map_err(|_| Refusal::Gone)?;
    let sealed = seal(words, &browser.p256dh, &browser.auth).ok_or(Refusal::Gone)?;
    let contact = services.config.push.contact(&services.config.public_url());
    let signature = services.push_key.signature(&url.origin().ascii_serialization(), &contact, now);
    let answer = client
        .post(url)
        .header(header::AUTHORIZATION, signature)
        .header(header::CONTENT_ENCODING, "aes128gcm")
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header("ttl", KEPT_FOR_SECONDS)
        .header("urgency", "high")
        .body(sealed)
        .send()
        .await
        .map_err(|_| failed("the push service cannot be reached"))?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Refusal::Gone),
        status => Err(failed(&format!("the push service answered {}", status.as_u16()))),
    }
}
