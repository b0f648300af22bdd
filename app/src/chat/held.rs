//! What waits of one's own for the break: nobody else sees it, and until it goes out one may think
//! again, on any device.

use focushive::{
    chat::{Change, DropHeld, EditHeld, Held, SendHeld},
    id::Key,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    edit::{Kept, Rewrite},
    outbox,
    state::Chat,
};
use crate::{
    backend::CallError,
    live,
    ui::{Toaster, sentence},
};

#[component]
pub fn HeldList(chat: Chat) -> impl IntoView {
    let coming = move || {
        let all = chat.pending.get();
        all.into_iter().filter(outbox::Pending::is_held).collect::<Vec<_>>()
    };
    let any = Memo::new(move |_| !chat.held.with(Vec::is_empty) || !coming().is_empty());
    let count = move || match chat.held.with(Vec::len) {
        0 => String::new(),
        1 => "One message of yours waits for the break.".to_owned(),
        many => format!("{many} messages of yours wait for the break."),
    };
    view! {
        <p class="visually-hidden" role="status">{count}</p>
        <Show when=move || any.get()>
            <section class="held" aria-label="Waiting for the break">
                <h3>"Waiting for the break"<small>"only you see this"</small></h3>
                <ul>
                    <For each=move || chat.held.get() key={|held| (held.key, held.body.clone(), held.refused.clone())} children=move |held| view! { <Row chat held /> } />
                    <For each=coming key=|pending| pending.key children=move |pending| {
                        let key = pending.key;
                        view! {
                            <li>
                                <p class="held-words" dir="auto">{pending.body.to_string()}</p>
                                <p class="message-wait">"on its way to FocusHive "<button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| outbox::cancel(chat, key)>"Cancel"</button></p>
                            </li>
                        }
                    } />
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Row(chat: Chat, held: Held) -> impl IntoView {
    let toaster = use_context::<Toaster>().unwrap_or_default();
    let Held { key, body, refused, .. } = held;
    let editing = RwSignal::new(false);
    let body = StoredValue::new(body.to_string());
    let act = move |doing: Doing| {
        spawn_local(async move {
            if let Err(error) = doing.run(chat, key).await {
                toaster.say(sentence(&error.0));
                chat.list_held();
            }
        });
    };
    let leave = Callback::new(move |()| {
        editing.try_set(false);
    });
    let rewrite = move || {
        let save = move |body| Box::pin(live::call(EditHeld { hive: chat.here.id, key, body })) as _;
        let kept = Kept::Here(StoredValue::new(format!("held:{key}")));
        view! { <Rewrite area=NodeRef::new() kept label="Edit the message that waits" body=body.get_value() save leave /> }
    };
    view! {
        <li>
            <Show when=move || !editing.get() fallback=rewrite>
                <p class="held-words" dir="auto">{body.get_value()}</p>
                <p class="held-doings">
                    <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| act(Doing::Send)>"Send now"</button>
                    <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| editing.set(true)>"Edit"</button>
                    <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| act(Doing::Drop)>"Cancel"</button>
                </p>
            </Show>
            {refused.map(|why| view! { <p class="field-problem">{why}" It goes out when it may."</p> })}
        </li>
    }
}

#[derive(Clone, Copy)]
enum Doing {
    Send,
    Drop,
}

impl Doing {
    async fn run(self, chat: Chat, key: Key) -> Result<(), CallError> {
        let hive = chat.here.id;
        match self {
            Self::Send => chat.apply(Change::Created(live::call(SendHeld { hive, key }).await?)),
            Self::Drop => {
                live::call(DropHeld { hive, key }).await?;
                chat.held.update(|all| all.retain(|held| held.key != key));
            }
        }
        Ok(())
    }
}
