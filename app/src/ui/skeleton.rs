//! Where a list will stand, while it is fetched. It shows only if that takes a while.

use leptos::prelude::*;

#[component]
pub fn SkeletonList() -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">"Loading"</span>
            <i></i><i></i><i></i>
        </div>
    }
}
