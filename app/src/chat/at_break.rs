//! Whether what one writes waits for the break: offered while the others focus, with the time at
//! which they are free, and remembered for this hive by this browser.

use focushive::{id::HiveId, timer::Face};
use leptos::prelude::*;

use super::{outbox::Way, state::Chat};
use crate::{
    keep,
    timer::Dial,
    ui::{Icon, IconMark},
};

#[derive(Clone, Copy)]
pub struct AtBreak {
    hive: HiveId,
    wanted: RwSignal<bool>,
    /// When the others are free, in words; nothing while they are.
    free: Memo<Option<String>>,
}

impl AtBreak {
    pub fn new(chat: Chat) -> Self {
        let hive = chat.here.id;
        let free = Memo::new(move |_| chat.dial.and_then(free));
        Self { hive, wanted: RwSignal::new(false), free }
    }

    /// What this browser remembers. Only in the browser: call it in an effect.
    pub fn restore(self) {
        self.wanted.set(keep::read(&self.name()).unwrap_or_default());
    }

    fn name(self) -> String {
        format!("at_break:{}", self.hive)
    }

    fn turn(self) {
        let wanted = !self.wanted.get_untracked();
        self.wanted.set(wanted);
        if wanted { keep::write(&self.name(), &true) } else { keep::forget(&self.name()) }
    }

    /// How a message goes that is sent the usual way.
    pub fn way(self) -> Way {
        if self.wanted.get() && self.free.with(Option::is_some) { Way::AtBreak } else { Way::Now }
    }

    /// What it comes to, where it waits.
    pub fn promise(self) -> Option<String> {
        self.free.get().filter(|_| self.wanted.get()).map(|free| format!("Deliver at the break ({free})"))
    }

    /// And how one does that is sent the other way.
    pub fn other_way(self) -> Way {
        match self.way() {
            Way::AtBreak => Way::Now,
            Way::Now if self.free.with(Option::is_some) => Way::AtBreak,
            Way::Now => Way::Now,
        }
    }
}

/// When those who focus are free; a whole minute that has begun is still to come.
fn free(dial: Dial) -> Option<String> {
    let timer = dial.rolled();
    timer.is_at_work().then(|| match timer.face(dial.now()) {
        Face::Down { left, .. } => match (left.whole_seconds() + 59) / 60 {
            ..=1 => "free in a minute".to_owned(),
            minutes => format!("free in {minutes} min"),
        },
        Face::Held { .. } => "free when the focus is over".to_owned(),
        Face::Up { .. } | Face::Ready { .. } => "free when the flow ends".to_owned(),
    })
}

/// The offer, in the foot of the composer.
#[component]
pub fn BreakSwitch(at_break: AtBreak) -> impl IntoView {
    let free = at_break.free;
    let offered = Memo::new(move |_| free.with(Option::is_some));
    let hint = || view! { <small>"**bold**, _italic_, `code`, @name"</small> };
    view! {
        <Show when=move || offered.get() fallback=hint>
            <button type="button" class="at-break" aria-pressed={move || at_break.wanted.get().to_string()} title="Alt+Enter sends one message the other way" on:click=move |_| at_break.turn()>
                <IconMark icon=Icon::Clock /><b>"At the break"</b><small>{move || free.get()}</small>
            </button>
        </Show>
    }
}
