//! What one reads stays where it is, whatever comes in above or below it and however large it grows.
//! The list is written from its newest end; whoever is at that end stays there.

use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlDivElement, ResizeObserver};

use super::{jump::Scroller, state::Chat};

/// Within this many pixels of the end, one is at the end.
const AT_END: i32 = 100;

/// Less than this is nothing one sees.
const NOTHING: f64 = 0.5;

#[derive(Clone, Copy)]
pub struct Anchor {
    chat: Chat,
    scroller: Scroller,
    pub at_end: RwSignal<bool>,
    /// The first message in sight, and how far below the list's upper edge it begins.
    held: StoredValue<Option<(u64, f64)>>,
}

impl Anchor {
    pub fn new(chat: Chat, scroller: Scroller) -> Self {
        Self { chat, scroller, at_end: RwSignal::new(true), held: StoredValue::new(None) }
    }

    /// How far one is from the newest end: the list is reversed, zero is that end.
    pub fn from_end(box_: &HtmlDivElement) -> i32 {
        -box_.scroll_top()
    }

    /// One has scrolled, or was led somewhere: this is what stays.
    pub fn note(self, box_: &HtmlDivElement) {
        self.at_end.set(Self::from_end(box_) <= AT_END);
        let top = box_.get_bounding_client_rect().top();
        let begins = |seq: u64| row(seq).map(|row| row.get_bounding_client_rect());
        let first = self.chat.order.with_untracked(|order| {
            let at = order.partition_point(|seq| begins(*seq).is_some_and(|row| row.bottom() <= top));
            order.get(at).copied()
        });
        self.held.set_value(first.and_then(|seq| Some((seq, begins(seq)?.top() - top))));
    }

    /// Something moved: back to where it was.
    fn settle(self, box_: &HtmlDivElement) {
        if self.at_end.get_untracked() && !self.chat.later.get_untracked() {
            box_.set_scroll_top(0);
        } else if let Some((seq, begins)) = self.held.get_value()
            && let Some(row) = row(seq)
        {
            let moved = row.get_bounding_client_rect().top() - box_.get_bounding_client_rect().top() - begins;
            if moved.abs() > NOTHING {
                // A fraction of a pixel counts as well, which the typed property leaves out.
                let top = js_sys::Reflect::get(box_, &"scrollTop".into()).ok().and_then(|top| top.as_f64());
                let there = (top.unwrap_or_default() + moved).into();
                let _ = js_sys::Reflect::set(box_, &"scrollTop".into(), &there);
            }
        }
    }

    /// For as long as the list is there; each time it has settled, that is said. Call it in an effect.
    pub fn keep(self, rows: NodeRef<html::Ol>, settled: impl Fn(&HtmlDivElement) + Copy + 'static) {
        let (Some(box_), Some(rows)) = (self.scroller.get(), rows.get()) else { return };
        let settle = move || {
            if let Some(box_) = self.scroller.get_untracked() {
                self.settle(&box_);
                settled(&box_);
            }
        };
        Effect::new(move || {
            self.chat.order.track();
            self.chat.pending.track();
            request_animation_frame(settle);
        });
        let settle = Closure::<dyn Fn()>::new(settle);
        let Ok(observer) = ResizeObserver::new(settle.as_ref().unchecked_ref()) else { return };
        observer.observe(&box_);
        observer.observe(&rows);
        let kept = send_wrapper::SendWrapper::new((observer, settle));
        on_cleanup(move || kept.0.disconnect());
    }
}

fn row(seq: u64) -> Option<Element> {
    document().get_element_by_id(&format!("message-{seq}"))
}
