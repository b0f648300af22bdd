//! Where one writes. It is a plain form before a script is there; with one, what is written stands
//! in the list at once, and goes out from the outbox.

use focushive::{
    chat::{SayTyping, TYPING_EVERY},
    hive::Right,
    id::Key,
    text::{Body, TextProblem},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{
    at_break::{AtBreak, BreakSwitch},
    draft::Draft,
    jump, keys,
    mention::{Mention, MentionList},
    named,
    outbox::{self, Pending, Way},
    reading,
    state::Chat,
};
use crate::{composition::is_composed, form::KeyField, live, visit::Session};

#[component]
pub fn Composer(chat: Chat, draft: String) -> impl IntoView {
    let draft = StoredValue::new(draft);
    let inside = Memo::new(move |_| chat.may(Right::Write));
    let outside = move || {
        let words = if chat.here.me.with(Option::is_some) {
            "You read and react here; members write."
        } else {
            "Join this hive to write."
        };
        view! { <p class="chat-outside">{words}</p> }
    };
    view! { <Show when=move || inside.get() fallback=outside><Writing chat draft=draft.get_value() /></Show> }
}

/// What writes: the field, and what is known about what stands in it.
#[derive(Clone, Copy)]
struct Pen {
    chat: Chat,
    area: NodeRef<html::Textarea>,
    problem: RwSignal<Option<String>>,
    /// How many people it would reach, while that is asked about.
    asks: RwSignal<Option<(usize, Way)>>,
    strangers: RwSignal<Vec<String>>,
    mention: Mention,
    at_break: AtBreak,
    draft: Draft,
    typed_at: StoredValue<f64>,
    link: RwSignal<live::Link>,
}

impl Pen {
    fn new(chat: Chat, draft: String) -> Self {
        Self {
            chat,
            area: NodeRef::new(),
            problem: RwSignal::new(None),
            asks: RwSignal::new(None),
            strangers: RwSignal::new(Vec::new()),
            mention: Mention::new(chat.here.id, chat.me),
            at_break: AtBreak::new(chat),
            draft: Draft::new(chat.here.id, None, draft),
            typed_at: StoredValue::new(0.0),
            link: live::Live::get().link,
        }
    }

    /// Sends what stands there, once it is known whom it names.
    fn send(self, way: Way) {
        let Some(area) = self.area.get_untracked() else { return };
        let known = || self.mention.members.with_untracked(Option::is_some);
        if !named::names(&area.value()) || known() || !self.link.with_untracked(live::Link::is_connected) {
            return self.send_known(&area, way);
        }
        // What is being asked about stays as it is meanwhile.
        area.set_read_only(true);
        spawn_local(async move {
            self.mention.learn().await;
            area.set_read_only(false);
            if !self.chat.is_gone() {
                self.send_known(&area, way);
            }
        });
    }

    /// Unless it is to be asked about first, or said that somebody in it is not told.
    fn send_known(self, area: &web_sys::HtmlTextAreaElement, way: Way) {
        let text = area.value();
        let (reach, strangers) = self.mention.members.with_untracked(|members| {
            let strangers = members.as_deref().map(|members| named::strangers(&text, members));
            (named::reach(&text, members.as_deref()), strangers.unwrap_or_default())
        });
        if reach.is_some() {
            return self.asks.set(reach.map(|reach| (reach, way)));
        }
        if strangers != self.strangers.get_untracked() {
            return self.strangers.set(strangers);
        }
        self.send_all(way);
    }

    fn send_all(self, way: Way) {
        let Some(area) = self.area.get_untracked() else { return };
        let chat = self.chat;
        self.asks.set(None);
        match Body::parse(&area.value()) {
            Ok(body) if chat.pending.with_untracked(|pending| pending.len() < outbox::MOST) => {
                self.problem.set(None);
                self.strangers.set(Vec::new());
                self.mention.close();
                area.set_value("");
                grow(&area);
                self.typed_at.set_value(0.0);
                let pending = Pending::new(Key(Uuid::new_v4()), body, chat.replying.get_untracked(), way);
                chat.replying.set(None);
                chat.pending.update(|all| all.push(pending));
                self.draft.clear();
                if way == Way::Now {
                    jump::to_present(chat);
                }
            }
            Ok(_) => {
                self.problem.set(Some("Fifty messages wait already; they go out when FocusHive is back.".to_owned()))
            }
            Err(TextProblem::Empty) => {}
            Err(wrong) => self.problem.set(Some(wrong.to_string())),
        }
    }

    fn send_as_wanted(self) {
        self.send(untrack(|| self.at_break.way()));
    }

    fn key(self, event: &ev::KeyboardEvent) {
        let Some(area) = self.area.get_untracked() else { return };
        if is_composed(event) {
            return;
        }
        if self.mention.key(event, &area) {
            return self.changed(&area);
        }
        match event.key().as_str() {
            "Enter" if event.alt_key() => {
                event.prevent_default();
                self.send(untrack(|| self.at_break.other_way()));
            }
            "Enter" if event.ctrl_key() || event.meta_key() || (!event.shift_key() && keys::enter_sends()) => {
                event.prevent_default();
                self.send_as_wanted();
            }
            "Escape" if self.chat.replying.with_untracked(Option::is_some) => self.chat.replying.set(None),
            // Out of the field, so that keys do again what they do elsewhere.
            "Escape" => drop(area.blur()),
            "ArrowUp" if area.value().is_empty() && !self.chat.later.get_untracked() => {
                if let Some(last) = self.chat.last_own() {
                    event.prevent_default();
                    self.chat.editing.set(Some(last));
                }
            }
            _ => {}
        }
    }

    fn input(self) {
        let Some(area) = self.area.get_untracked() else { return };
        self.asks.set(None);
        self.mention.look(&area);
        self.say_typing();
        self.changed(&area);
    }

    fn changed(self, area: &web_sys::HtmlTextAreaElement) {
        grow(area);
        let text = area.value();
        self.strangers.set(self.mention.members.with_untracked(|members| {
            // While a name is being written it is nobody's yet.
            let written = text.rsplit_once(char::is_whitespace).map_or("", |(written, _)| written);
            members.as_deref().map(|members| named::strangers(written, members)).unwrap_or_default()
        }));
        // What is too long stays, for whoever pasted it to cut.
        let over = text.chars().count().saturating_sub(Body::MOST);
        let words = || format!("{over} characters too many: a message has at most {}.", Body::MOST);
        self.problem.set((over > 0).then(words));
        self.draft.set(text);
    }

    fn say_typing(self) {
        let now = js_sys::Date::now();
        let allowed = Session::get().me.with_untracked(|me| me.as_ref().is_some_and(|me| me.privacy.typing));
        if !allowed || now - self.typed_at.get_value() < TYPING_EVERY.as_seconds_f64() * 1000.0 {
            return;
        }
        self.typed_at.set_value(now);
        live::say(SayTyping { hive: self.chat.here.id, typing: true });
    }

    fn focus(self) {
        if let Some(area) = self.area.get_untracked() {
            let _ = area.focus();
        }
    }

    /// What this browser kept is newer than what the server has: it stands there, and is told again
    /// whenever there is somebody to tell.
    fn restore(self) {
        let live = live::Live::get();
        Effect::new(move || self.at_break.restore());
        Effect::new(move || {
            if let (Some(text), Some(area)) = (self.draft.unheard(), self.area.get()) {
                area.set_value(&text);
                grow(&area);
                self.draft.restored(&text);
            }
        });
        Effect::new(move || {
            if live.is_connected() {
                self.draft.say_again();
            }
        });
        Effect::new(move || {
            if let (Some(text), Some(area)) = (self.chat.drafted.get(), self.area.get_untracked())
                && self.draft.heard(&text, &area.value(), is_written(&area))
            {
                area.set_value(&text);
                grow(&area);
            }
        });
    }

    /// What one types while no field has the focus is meant for here, unless a key does something.
    fn take_keys(self) {
        let listener = window_event_listener(ev::keydown, move |event| {
            let held = event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing();
            let printable = event.key().chars().count() == 1 && event.key() != " ";
            if !held && printable && !event.default_prevented() && keys::nobody_types() {
                self.focus();
            }
        });
        on_cleanup(move || listener.remove());
    }
}

#[component]
fn Writing(chat: Chat, draft: String) -> impl IntoView {
    let pen = Pen::new(chat, draft.clone());
    let name = chat.here.hive.with_untracked(|hive| hive.name.to_string());
    pen.restore();
    Effect::new(move || pen.take_keys());
    Effect::new(move || keys::begin(chat, pen.area));
    // A reply is begun elsewhere, and an edit ended: writing goes on here.
    Effect::new(move |edited: Option<bool>| {
        let editing = chat.editing.with(Option::is_some);
        if chat.replying.get().is_some() || (edited == Some(true) && !editing) {
            pen.focus();
        }
        editing
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        pen.send_as_wanted();
    };
    let taken = Callback::new(move |()| {
        if let Some(area) = pen.area.get_untracked() {
            pen.changed(&area);
        }
    });
    let fresh = RwSignal::new(0);
    let mention = pen.mention;
    let holds = move || pen.at_break.way() == Way::AtBreak;
    let message = format!("Message {name}");
    let placeholder = move || pen.at_break.promise().unwrap_or_else(|| message.clone());
    view! {
        <form method="post" class="composer" on:submit=submit>
            <input type="hidden" name="do" value="chat.send" />
            <input type="hidden" name="csrf" value=Session::get().of(|visit| visit.csrf.clone()) />
            <input type="hidden" name="hive" value=chat.here.id.to_string() />
            <KeyField fresh />
            <MentionList mention area=pen.area taken />
            <Replying chat />
            <textarea node_ref=pen.area id="composer" name="body" rows="1" aria-label=format!("Message {name}") aria-autocomplete="list" aria-haspopup="listbox" aria-controls=move || mention.list() aria-activedescendant=move || mention.active() placeholder=placeholder on:keydown=move |event| pen.key(&event) on:input=move |_| pen.input() on:blur=move |_| mention.leave()>{draft}</textarea>
            <Remarks pen />
            <div class="composer-foot">
                <BreakSwitch at_break=pen.at_break />
                <button class="button" data-tone="primary" data-size="small">{move || if holds() { "Hold" } else { "Send" }}</button>
            </div>
        </form>
    }
}

/// What there is to say about what stands there, before it is sent.
#[component]
fn Remarks(pen: Pen) -> impl IntoView {
    let strangers = move || {
        pen.strangers.with(|strangers| {
            (!strangers.is_empty()).then(|| {
                let names: Vec<String> = strangers.iter().map(|name| format!("@{name}")).collect();
                format!("Not in this hive, and not told: {}. Enter sends it all the same.", names.join(", "))
            })
        })
    };
    let ask = move |(reach, way): (usize, Way)| {
        let yes = NodeRef::<html::Button>::new();
        Effect::new(move || {
            if let Some(yes) = yes.get() {
                let _ = yes.focus();
            }
        });
        let back = move || {
            pen.asks.set(None);
            pen.focus();
        };
        view! {
            <div class="composer-ask" role="alertdialog" aria-label="Tell everybody?" on:keydown=move |event: ev::KeyboardEvent| { if event.key() == "Escape" { back() } }>
                <p>{format!("This calls {}.", named::count(reach))}</p>
                <button type="button" node_ref=yes class="button" data-size="small" on:click=move |_| { pen.send_all(way); pen.focus(); }>"Send it"</button>
                <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| back()>"Keep writing"</button>
            </div>
        }
    };
    view! {
        {move || pen.problem.get().map(|words| view! { <p class="field-problem" role="alert">{words}</p> })}
        {move || pen.asks.get().map(ask)}
        <p class="composer-remark" role="status">{strangers}</p>
    }
}

#[component]
fn Replying(chat: Chat) -> impl IntoView {
    move || {
        let seq = chat.replying.get()?;
        let message = chat.message(seq)?;
        Some(view! {
            <p class="composer-reply">
                <span>"Replying to "<b>{message.author.name.to_string()}</b></span>
                <button type="button" class="button" data-tone="ghost" data-size="small" on:click=move |_| chat.replying.set(None)>"Cancel"</button>
            </p>
        })
    }
}

/// Whether somebody is at it: what stands there is about to be gone on with.
fn is_written(area: &web_sys::HtmlTextAreaElement) -> bool {
    let here: &web_sys::Element = area;
    !area.value().is_empty() && reading::looked_at() && document().active_element().as_ref() == Some(here)
}

/// As high as what is in it, up to what the sheet allows.
fn grow(area: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(area);
    let _ = style.set_property("block-size", "auto");
    let _ = style.set_property("block-size", &format!("{}px", area.scroll_height()));
}
