//! The task that pushes: at once to somebody who looks at none of our pages, and after a minute to
//! somebody who does and has not read it by then; never into focus. Endpoints that are gone are
//! forgotten at once; one that fails is tried again, and then let be.

use std::time::Duration;

use focushive::{Moment, notification::Notification};
use reqwest::{Client, StatusCode, Url, header};
use serde_json::json;
use time::Duration as Span;
use tokio_util::sync::CancellationToken;

use super::{seal::seal, store};
use crate::{failure::Failure, services::Services};

/// Somebody who looks at a page is pushed to after this long, if they did not read it there.
pub const UNREAD_FOR: Span = Span::seconds(60);

/// It looks at least this often, should the clock of the machine be set.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often somebody who focuses is looked at again.
const NOT_NOW: Span = Span::seconds(30);

/// How long a push service may take.
const WITHIN: Duration = Duration::from_secs(10);

/// How often one is tried, and how long apart.
const TRIES: i16 = 4;
const APART: Span = Span::seconds(20);

/// How many are looked after in one round.
const TOGETHER: i64 = 100;

/// How long a push service keeps what it cannot deliver: older is no news any more.
const KEPT_FOR_SECONDS: &str = "3600";

pub async fn keep(services: Services, stop: CancellationToken) {
    let client = Client::builder().timeout(WITHIN).redirect(reqwest::redirect::Policy::none()).build();
    let Ok(client) = client.inspect_err(|error| tracing::error!(%error, "nothing can be pushed")) else { return };
    loop {
        let wait = look(&services, &client).await.unwrap_or_else(|failure| {
            tracing::warn!(?failure, "what is to be pushed could not be looked at");
            LOOK_EVERY
        });
        tokio::select! {
            () = stop.cancelled() => return,
            () = services.pushes.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// The answer is how long nothing is due.
async fn look(services: &Services, client: &Client) -> Result<Duration, Failure> {
    let now = services.clock.now();
    for job in store::due(&services.db, now, TOGETHER).await? {
        if services.presence.focus_of(job.user, now).is_some() {
            store::put_off(&services.db, job.notification.id, now.after(NOT_NOW), job.attempt).await?;
        } else {
            push(services, client, &job, now).await?;
        }
    }
    let next = store::next_due(&services.db).await?.map(|at| at.since(services.clock.now()));
    let wait = next.and_then(|wait| wait.try_into().ok()).unwrap_or(LOOK_EVERY);
    Ok(wait.clamp(Duration::from_millis(20), LOOK_EVERY))
}

/// To every browser of theirs. It counts as arrived where one push service took it.
async fn push(services: &Services, client: &Client, job: &store::Job, now: Moment) -> Result<(), Failure> {
    let words = words(&job.notification);
    let mut outcome = Outcome::default();
    for browser in store::browsers(&services.db, job.user).await? {
        match send(services, client, &browser, &words, now).await {
            Ok(()) => outcome.taken = true,
            Err(Refusal::Gone) => {
                store::remove(&services.db, None, &browser.endpoint).await?;
                outcome.failure = Some("the browser is gone".to_owned());
            }
            Err(Refusal::Failed(why)) => outcome.failure = Some(why),
        }
    }
    let again = !outcome.taken && outcome.failure.is_some() && job.attempt < TRIES;
    let failure = outcome.failure.as_deref().filter(|_| !outcome.taken);
    store::tried(&services.db, job, now, outcome.taken.then_some(now), failure).await?;
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
        "path": notification.what.path(),
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
