//! Who belongs to a hive, and, for those who keep order, what may be done about it.

use std::time::Duration;

use focushive::{
    hive::{ListMembers, Look, Member, Membership, Rank, Right, Room},
    id::{HiveId, UserId},
    pair::Opened,
    protocol::Topic,
};
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde_json::Value;

use super::{
    HiveTabs,
    invite::InviteCard,
    on_part,
    order::{BannedCard, OrderForms, Until, Whom},
};
use crate::{
    backend::Asked,
    form::{CommandForm, FormSelect, Submit},
    layout::{Frame, Loaded, StatusText},
    live, reader,
    ui::{Avatar, Badge, Card, Menu, Tone},
    visit::Session,
};

/// A mute that ends within this is waited for; a timer of a browser reaches no further than weeks.
const SOON: Duration = Duration::from_secs(24 * 3600);

/// The end is asked about just after it.
const A_MOMENT: Duration = Duration::from_millis(300);

#[component]
pub fn MembersPage(hive: HiveId) -> impl IntoView {
    let room = Asked::new(move || Look { hive });
    let members = Asked::new(move || ListMembers { hive });
    let again = Callback::new(move |_: Value| members.again());
    Effect::new(move || {
        live::listen(Topic::Hive(hive), None, move |told| {
            if told.may_be(&["member.changed", "member.left"]) {
                members.again();
            }
        });
        on_part(hive, move || room.again());
    });
    Effect::new(move || {
        let list = members.get().and_then(Result::ok).unwrap_or_default();
        // A mute ends by itself, and nobody tells of it.
        let ends = list.iter().filter_map(|member| member.muted_until).min();
        let Some(wait) = ends.and_then(|at| Duration::try_from(at.since(live::clock::now())).ok()) else { return };
        if wait <= SOON {
            let due = set_timeout_with_handle(move || members.again(), wait + A_MOMENT);
            on_cleanup(move || due.iter().for_each(TimeoutHandle::clear));
        }
    });
    let shown = move |room: Room| {
        let name = room.hive.name.to_string();
        let pair = room.hive.pair;
        let me = StoredValue::new(room.me.clone());
        let may = |right| room.me.as_ref().is_some_and(|me| me.rank.may(right));
        let (invites, removes) = (may(Right::Invite), may(Right::Remove));
        view! {
            <Frame heading=name actions={move || view! { <HiveTabs hive here="Members" pair /> }}>
                {invites.then(|| view! { <InviteCard hive /> })}
                <Card title="Members">
                    <Loaded asked=members view={move |list: Vec<Member>| view! { <List hive list me=me.get_value() again /> }} />
                </Card>
                {removes.then(|| view! { <BannedCard hive /> })}
                {room.me.is_some().then(|| view! { <LeaveCard hive /> })}
            </Frame>
        }
    };
    view! { <Loaded asked=room view=shown /> }
}

#[component]
fn List(hive: HiveId, list: Vec<Member>, me: Option<Membership>, again: Callback<Value>) -> impl IntoView {
    let rows = list.into_iter().map(|member| {
        let me = me.clone();
        view! { <Row hive member me again /> }
    });
    view! { <ul class="list">{rows.collect_view()}</ul> }
}

#[component]
fn Row(hive: HiveId, member: Member, me: Option<Membership>, again: Callback<Value>) -> impl IntoView {
    let person = member.person.clone();
    let mine = Session::get().me.with_untracked(|me| me.as_ref().is_some_and(|me| me.id == person.id));
    let mine_rank = me.map(|me| me.rank);
    let removes = !mine && mine_rank.is_some_and(|rank| rank.may(Right::Remove) && rank.outranks(member.rank));
    let ranks = mine_rank.is_some_and(|rank| rank.may(Right::ChangeRanks));
    let muted = member.muted_until;
    let picture = person.avatar.map(|id| format!("/avatar/{id}"));
    let (id, row) = (format!("member-{}", person.handle), NodeRef::<html::Li>::new());
    let is_meant = RwSignal::new(false);
    // Somebody was jumped to.
    Effect::new({
        let hash = format!("#{id}");
        move || {
            if let Some(row) = row.get().filter(|_| window().location().hash().is_ok_and(|at| at == hash)) {
                is_meant.set(true);
                row.scroll_into_view();
            }
        }
    });
    view! {
        <li class="list-row" id=id node_ref=row data-meant=move || is_meant.get().then_some("")>
            <Avatar name=person.name.to_string() initials=person.name.initials() picture />
            <div class="list-main">
                <b>{person.name.to_string()}</b>
                {(member.rank != Rank::Member).then(|| view! { <Badge>{member.rank.as_str()}</Badge> })}
                {muted.map(|_| view! { <Badge tone=Tone::Bad>"muted"</Badge> })}
                <small>
                    {format!("@{}", person.handle)}{mine.then_some(" · you")}
                    {muted.map(|at| view! { " · muted "<Until at /> })}
                </small>
                {person.status.map(|status| view! { <small dir="auto"><StatusText status=Some(status) /></small> })}
            </div>
            {(!mine && mine_rank.is_some()).then(|| view! { <WriteForm to=person.id name=person.name.to_string() /> })}
            {(removes || ranks).then(|| view! {
                <Menu label="What to do">
                    {ranks.then(|| view! { <RankForm hive member=member.clone() again /> })}
                    {removes.then(|| view! { <OrderForms hive member=member.clone() again /> })}
                </Menu>
            })}
        </li>
    }
}

/// To the chat that is theirs and one's own alone.
#[component]
fn WriteForm(to: UserId, name: String) -> impl IntoView {
    let navigate = use_navigate();
    let done = Callback::new(move |answer: Value| {
        if let Ok(opened) = reader::read::<Opened>(answer) {
            navigate(&format!("/hive/{}", opened.hive), NavigateOptions::default());
        }
    });
    view! {
        <CommandForm does="message.open" done about=to.to_string()>
            <input type="hidden" name="to" value=to.to_string() />
            <Submit tone=Tone::Ghost small=true label=format!("Message {name}")>"Message"</Submit>
        </CommandForm>
    }
}

#[component]
fn RankForm(hive: HiveId, member: Member, again: Callback<Value>) -> impl IntoView {
    let user = member.person.id;
    let options = Rank::ALL.map(|rank| (rank.as_str().to_owned(), rank.as_str().to_owned())).to_vec();
    view! {
        <CommandForm does="hive.set_rank" says="The rank is changed." done=again class="stack" about=user.to_string()>
            <Whom hive user />
            <FormSelect name="rank" label="Rank" options value=member.rank.as_str() />
            <Submit tone=Tone::Plain small=true>"Change rank"</Submit>
        </CommandForm>
    }
}

#[component]
fn LeaveCard(hive: HiveId) -> impl IntoView {
    let done = Callback::new(|_: Value| {
        let _ = window().location().set_href("/");
    });
    view! {
        <Card title="Leave this hive" lead="What you wrote stays. You can come back as you came.">
            <CommandForm does="hive.leave" done>
                <input type="hidden" name="hive" value=hive.to_string() />
                <Submit tone=Tone::Danger>"Leave"</Submit>
            </CommandForm>
        </Card>
    }
}
