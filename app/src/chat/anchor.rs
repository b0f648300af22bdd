//! What one reads stays where it is, whatever comes in above or below it and however large it grows.
//! The list is written from its newest end; whoever is at that end stays there.

use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlDivElement, MutationObserver, MutationObserverInit, ResizeObserver};

use super::{jump::Scroller, state::Chat};

/// Within this many pixels of the end, one is at the end.
const AT_END: i32 = 100;

/// Less than this is nothing one sees.
const NOTHING: f64 = 0.5;

#[derive(Clone, Copy)]
pub struct Anchor {
    chat: Chat,
    scroller: Scroller,
    /// The first message in sight, and how far below the list's upper edge it begins.
    held: StoredValue<Option<(u64, f64)>>,
    /// How far the list was scrolled then.
    scrolled: StoredValue<i32>,
}

impl Anchor {
    pub fn new(chat: Chat, scroller: Scroller) -> Self {
        Self { chat, scroller, held: StoredValue::new(None), scrolled: StoredValue::new(0) }
    }

    /// How far one is from the newest end: the list is reversed, zero is that end.
    pub fn from_end(box_: &HtmlDivElement) -> i32 {
        -box_.scroll_top()
    }

    /// One has scrolled, or was led somewhere: this is what stays.
    pub fn note(self, box_: &HtmlDivElement) {
        self.chat.at_end.set(Self::from_end(box_) <= AT_END);
        let top = box_.get_bounding_client_rect().top();
        let begins = |seq: u64| row(seq).map(|row| row.get_bounding_client_rect());
        let first = self.chat.order.with_untracked(|order| {
            let at = order.partition_point(|seq| begins(*seq).is_some_and(|row| row.bottom() <= top));
            order.get(at).copied()
        });
        self.held.set_value(first.and_then(|seq| Some((seq, begins(seq)?.top() - top))));
        self.scrolled.set_value(box_.scroll_top());
    }

    /// Something moved: back to where it was.
    fn settle(self, box_: &HtmlDivElement) {
        if self.chat.at_end.get_untracked() && !self.chat.later.get_untracked() {
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
        self.scrolled.set_value(box_.scroll_top());
    }

    /// For as long as the list is there; each time it has settled, that is said. Call it in an effect.
    pub fn keep(self, rows: NodeRef<html::Ol>, settled: impl Fn(&HtmlDivElement) + Copy + 'static) {
        let (Some(box_), Some(rows)) = (self.scroller.get(), rows.get()) else { return };
        let there = box_.clone();
        // At once, before anybody scrolls on from where it does not belong.
        let changed = Closure::<dyn Fn()>::new(move || {
            self.settle(&there);
            settled(&there);
        });
        let there = box_.clone();
        let grown = Closure::<dyn Fn()>::new(move || {
            // Where one was led meanwhile, one stays.
            if there.scroll_top() == self.scrolled.get_value() {
                self.settle(&there);
            } else {
                self.note(&there);
            }
            settled(&there);
        });
        let changes = MutationObserver::new(changed.as_ref().unchecked_ref());
        let sizes = ResizeObserver::new(grown.as_ref().unchecked_ref());
        let (Ok(changes), Ok(sizes)) = (changes, sizes) else { return };
        let all = MutationObserverInit::new();
        all.set_child_list(true);
        all.set_subtree(true);
        let _ = changes.observe_with_options(&rows, &all);
        sizes.observe(&box_);
        sizes.observe(&rows);
        let kept = send_wrapper::SendWrapper::new((changes, sizes, changed, grown));
        on_cleanup(move || {
            kept.0.disconnect();
            kept.1.disconnect();
        });
    }
}

fn row(seq: u64) -> Option<Element> {
    document().get_element_by_id(&format!("message-{seq}"))
}
