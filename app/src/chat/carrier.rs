//! Carries what waits to FocusHive, wherever in it one is: what was written in a hive goes out
//! although one has left its page.

use std::{cell::Cell, time::Duration};

use focushive::{
    chat::{Hold, Holding, Send},
    id::HiveId,
};
use leptos::{prelude::*, task::spawn_local};

use super::outbox::{self, Pending, Way};
use crate::{
    live::{self, Live},
    ui::{Toaster, sentence},
};

/// When a message that could not be sent is tried again, if nothing says so sooner.
const AGAIN: Duration = Duration::from_secs(3);

thread_local! {
    /// The hive whose page is open: it sends by itself what waits in it, and shows it.
    static HERE: Cell<Option<HiveId>> = const { Cell::new(None) };
    static CARRYING: Cell<bool> = const { Cell::new(false) };
}

/// What became of a message.
pub enum Delivery {
    Done(Holding),
    Later(Duration),
    Refused(String),
}

pub async fn deliver(hive: HiveId, pending: &Pending) -> Delivery {
    let (key, body, reply_to) = (pending.key, pending.body.clone(), pending.reply_to);
    let answer = match pending.way {
        Way::Now => live::call(Send { hive, key, body, reply_to }).await.map(Holding::Sent),
        Way::AtBreak => live::call(Hold { hive, key, body, reply_to }).await,
    };
    let Err(error) = answer else { return answer.map_or(Delivery::Later(AGAIN), Delivery::Done) };
    match error.0.code.as_str() {
        "unreachable" | "unavailable" | "internal" => Delivery::Later(AGAIN),
        "rate_limited" => Delivery::Later(Duration::from_millis(error.0.retry_after_ms.unwrap_or(1_000))),
        _ => Delivery::Refused(sentence(&error.0)),
    }
}

/// From now on the page of this hive is open, until it is left. Call it in an effect.
pub fn is_here(hive: HiveId) {
    HERE.set(Some(hive));
    on_cleanup(move || {
        if HERE.get() == Some(hive) {
            HERE.set(None);
        }
    });
}

/// Sends what waits in hives whose pages are not open, whenever there is a connection.
pub fn carry() {
    let live = Live::get();
    let toaster = use_context::<Toaster>().unwrap_or_default();
    Effect::new(move || {
        if live.is_connected() {
            carry_all(toaster);
        }
    });
}

fn carry_all(toaster: Toaster) {
    if CARRYING.replace(true) {
        return;
    }
    spawn_local(async move {
        let mut again = None;
        for hive in outbox::hives() {
            again = again.max(carry_to(hive, toaster).await);
        }
        CARRYING.set(false);
        if let Some(wait) = again {
            // While there is no connection nobody tries; with the next one it begins anew.
            let again = move || {
                if live::is_connected() {
                    carry_all(toaster);
                }
            };
            set_timeout(again, wait);
        }
    });
}

/// In order; what is refused stays, to be decided on where it was written.
async fn carry_to(hive: HiveId, toaster: Toaster) -> Option<Duration> {
    while HERE.get() != Some(hive) {
        let next = outbox::load(hive).into_iter().find(|pending| pending.refused.is_none())?;
        match deliver(hive, &next).await {
            Delivery::Later(wait) => return Some(wait),
            Delivery::Done(_) => outbox::change(hive, |all| all.retain(|pending| pending.key != next.key)),
            Delivery::Refused(why) => {
                toaster.say(format!("A message of yours was not sent. {why}"));
                outbox::change(hive, |all| {
                    if let Some(pending) = all.iter_mut().find(|pending| pending.key == next.key) {
                        pending.refused = Some(why);
                    }
                });
            }
        }
    }
    None
}
