//! Somebody's face: their picture, or their initials on a tint of their own.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvatarSize {
    Small,
    #[default]
    Medium,
    Large,
}

impl AvatarSize {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    #[prop(into)] initials: String,
    #[prop(optional_no_strip)] picture: Option<String>,
    #[prop(optional)] size: AvatarSize,
) -> impl IntoView {
    let tint = tint(&name);
    view! {
        <span class="avatar" data-size=size.as_str() data-tint=tint.to_string() aria-hidden="true">
            {match picture {
                Some(src) => view! { <img src=src alt="" width="256" height="256" decoding="async" /> }.into_any(),
                None => initials.into_any(),
            }}
        </span>
    }
}

/// One of eight tints, always the same for a name.
pub fn tint(name: &str) -> u8 {
    name.bytes().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % 8
}
