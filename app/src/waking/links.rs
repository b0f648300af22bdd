//! Links while a page wakes: the browser follows them itself. A page that is half awake would go on
//! to another without drawing it.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, prelude::Closure};

type Heard = Closure<dyn Fn(ev::MouseEvent)>;

/// Keeps clicks on links from everybody but the browser, until it is dropped.
pub struct Followed(Heard);

impl Followed {
    pub fn begin() -> Self {
        let heard = Heard::new(|event: ev::MouseEvent| {
            let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            if element.and_then(|element| element.closest("a[href]").ok().flatten()).is_some() {
                event.stop_propagation();
            }
        });
        let _ = window().add_event_listener_with_callback_and_bool("click", heard.as_ref().unchecked_ref(), true);
        Self(heard)
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let _ = window().remove_event_listener_with_callback_and_bool("click", self.0.as_ref().unchecked_ref(), true);
    }
}
