//! The pieces every page is made of. No piece knows a feature; each has its sheet of the same name
//! in `style/ui`. What can work without a script does: native details, dialogs and inputs.

mod tone;

mod button;
mod choice;
mod copy;
mod field;

mod avatar;
mod badge;
mod brand;
mod icon;
mod time;

mod card;
mod empty;
mod notice;
mod skeleton;
mod tabs;

mod dialog;
mod menu;
mod toast;

mod hexagon;
mod ring;

mod gallery;

pub use avatar::{Avatar, AvatarSize, tint};
pub use badge::{Badge, Count};
pub use brand::Brand;
pub use button::Button;
pub use card::Card;
pub use choice::{RadioCards, Select, Switch};
pub use copy::CopyText;
pub use dialog::Dialog;
pub use empty::Empty;
pub use field::{Area, Field, FieldKind};
pub use gallery::Gallery;
pub use hexagon::{Cell, CellState, Comb, CombSize};
pub use icon::{Icon, IconMark, Sprite};
pub use menu::Menu;
pub use notice::Notice;
pub use ring::{GoesOn, Ring, decimal};
pub use skeleton::SkeletonList;
pub use tabs::Tabs;
pub use time::{Parts, Time, TimeOfDay, day_number, local, local_zone, sentence};
pub use toast::{Toaster, Toasts};
pub use tone::Tone;

/// What a piece writes, for the tests at the foot of its file.
#[cfg(test)]
pub fn written<V: leptos::prelude::RenderHtml>(view: impl FnOnce() -> V) -> String {
    leptos::prelude::Owner::new().with(|| view().to_html())
}
