//! One is asked to be a host, since none is there: a card that waits for an answer and hurries nobody.

use leptos::prelude::*;
use serde_json::Value;

use super::Here;
use crate::{
    form::{CommandForm, Submit},
    ui::{Card, Tone},
};

#[component]
pub fn OfferCard(here: Here) -> impl IntoView {
    let offered = Memo::new(move |_| here.me.with(|me| me.as_ref().is_some_and(|me| me.offered)));
    let answered = Callback::new(move |_: Value| {
        here.me.update(|me| {
            if let Some(me) = me {
                me.offered = false;
            }
        });
    });
    let answer = move |yes: bool, words: &'static str, tone: Tone| {
        view! {
            <CommandForm does="hive.answer_offer" done=answered>
                <input type="hidden" name="hive" value=here.id.to_string() />
                <input type="hidden" name="yes" value=yes.to_string() />
                <Submit tone>{words}</Submit>
            </CommandForm>
        }
    };
    move || {
        offered.get().then(|| {
            view! {
                <div class="hive-offer" role="status">
                    <Card
                        title="No host is here"
                        lead="You have been here longest. A host starts, pauses and skips the clock for everybody, and keeps order. The clock goes on either way."
                    >
                        <div class="cluster">
                            {answer(true, "Be a host", Tone::Primary)}
                            {answer(false, "Not now", Tone::Plain)}
                        </div>
                    </Card>
                </div>
            }
        })
    }
}
