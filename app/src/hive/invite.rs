//! Links into a hive: made and shown once, and withdrawn.

use focushive::{
    hive::{Link, ListLinks, Rank},
    id::HiveId,
    invite::Lasts,
};
use leptos::prelude::*;
use serde_json::Value;

use super::on_others;
use crate::{
    backend::Asked,
    form::{CommandForm, FormField, FormSelect, Submit},
    layout::Loaded,
    ui::{Badge, Card, CopyText, FieldKind, Time, Tone},
    visit::Session,
};

#[component]
pub fn InviteCard(hive: HiveId) -> impl IntoView {
    let links = Asked::new(move || ListLinks { hive });
    // Whoever comes in may have come by one of them.
    Effect::new(move || on_others(hive, move || links.again()));
    let told = Session::get().feedback("hive.invite").and_then(|feedback| feedback.answer);
    let link = |answer: &Value| answer["link"].as_str().map(str::to_owned);
    let made = RwSignal::new(told.as_ref().and_then(link));
    let done = Callback::new(move |answer: Value| {
        made.set(link(&answer));
        links.again();
    });
    let withdrawn = Callback::new(move |_: Value| links.again());
    let lasts = [(Lasts::Day, "a day"), (Lasts::Week, "a week"), (Lasts::Month, "thirty days")];
    let lasts = lasts.map(|(lasts, words)| (lasts.as_str().to_owned(), words.to_owned())).to_vec();
    let ranks = [Rank::Member, Rank::Guest].map(|rank| (rank.as_str().to_owned(), rank.as_str().to_owned())).to_vec();
    view! {
        <Card title="Invite people" lead="Whoever in the house has the link can come into this hive with it.">
            <CommandForm does="hive.invite" done class="stack">
                <input type="hidden" name="hive" value=hive.to_string() />
                <div class="cluster">
                    <FormSelect name="rank" label="They come in as" options=ranks value="member" />
                    <FormSelect name="lasts" label="It is good for" options=lasts value="week" />
                    <FormField name="max_uses" label="Uses" kind=FieldKind::Number value="10" required=true />
                </div>
                <Submit>"Make a link"</Submit>
            </CommandForm>
            {move || made.get().map(|link| view! {
                <p class="quiet" role="status">"Here it is. It is shown this once, so copy it now."</p>
                <CopyText label="Invite link" text=link />
            })}
            <Loaded asked=links view={move |list: Vec<Link>| view! { <Links hive list again=withdrawn /> }} />
        </Card>
    }
}

/// Those that still let somebody in.
#[component]
fn Links(hive: HiveId, list: Vec<Link>, again: Callback<Value>) -> impl IntoView {
    let rows = list.into_iter().map(|link| view! { <Row hive link again /> }).collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <h3>"Links that are good"</h3>
            <ul class="list">{rows}</ul>
        }
    })
}

#[component]
fn Row(hive: HiveId, link: Link, again: Callback<Value>) -> impl IntoView {
    let left = link.max_uses.saturating_sub(link.uses);
    let uses = if left == 1 { "1 use left".to_owned() } else { format!("{left} uses left") };
    view! {
        <li class="list-row">
            <div class="list-main">
                <b>{uses}</b>
                <Badge>{link.rank.as_str()}</Badge>
                <small>{format!("made by {} · good until ", link.made_by)}<Time at=link.expires_at /></small>
            </div>
            <CommandForm does="hive.withdraw" says="The link is withdrawn." done=again>
                <input type="hidden" name="hive" value=hive.to_string() />
                <input type="hidden" name="invite" value=link.id.to_string() />
                <Submit tone=Tone::Plain small=true>"Withdraw"</Submit>
            </CommandForm>
        </li>
    }
}
