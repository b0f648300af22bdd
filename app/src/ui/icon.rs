//! Icons of one family: drawn once in a sprite, used by name.

use leptos::prelude::*;

macro_rules! icons {
    ($($icon:ident: $name:literal, $path:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($icon),* }

        impl Icon {
            pub const ALL: &'static [Self] = &[$(Self::$icon),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$icon => $name),* }
            }

            const fn path(self) -> &'static str {
                match self { $(Self::$icon => $path),* }
            }
        }
    };
}

icons! {
    Alert: "alert", "M12 8v5m0 3v.2M12 3l9.5 17h-19z";
    Bell: "bell", "M6 16v-5a6 6 0 1 1 12 0v5l1.5 2h-15zM10 20a2 2 0 0 0 4 0";
    Check: "check", "M5 12.5l4.5 4.5L19 7.5";
    ChevronDown: "chevron-down", "M6 9l6 6 6-6";
    Clock: "clock", "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 4v5l3.5 2";
    Close: "close", "M6 6l12 12M18 6L6 18";
    Gear: "gear", "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM12 3v3m0 12v3M4.2 7.5l2.6 1.5m10.4 6l2.6 1.5M4.2 16.5l2.6-1.5m10.4-6l2.6-1.5";
    Hexagon: "hexagon", "M12 3l8 4.5v9L12 21l-8-4.5v-9z";
    Info: "info", "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 8v5m0-8v.2";
    Key: "key", "M8 12a4 4 0 1 1 0 6 4 4 0 0 1 0-6zm3 0L20 3m-3 3l3 3m-6 0l2 2";
    Mail: "mail", "M3 6h18v12H3zm0 1l9 7 9-7";
    Menu: "menu", "M4 7h16M4 12h16M4 17h16";
    Moon: "moon", "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z";
    More: "more", "M5 12h.2M12 12h.2M19 12h.2";
    Pin: "pin", "M9 3h6l-1 6 4 4H6l4-4zm3 10v8";
    Plus: "plus", "M12 5v14M5 12h14";
    Search: "search", "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm5 12l4.5 4.5";
    SignOut: "sign-out", "M10 4H5v16h5m4-12l4 4-4 4m4-4H9";
    Sun: "sun", "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm0-6v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M19 5l-1.4 1.4M6.4 17.6L5 19";
    Users: "users", "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM3 20c0-4 2.5-6 6-6s6 2 6 6m1-14.5a3.5 3.5 0 0 1 0 6.5m2 2c2 .8 3 2.8 3 6";
}

#[component]
pub fn IconMark(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <use href=format!("#icon-{}", icon.as_str()) />
        </svg>
    }
}

/// The drawings, once a page.
#[component]
pub fn Sprite() -> impl IntoView {
    let drawing = |icon: &Icon| {
        format!(r#"<symbol id="icon-{}" viewBox="0 0 24 24"><path d="{}"/></symbol>"#, icon.as_str(), icon.path())
    };
    let drawings: String = Icon::ALL.iter().map(drawing).collect();
    view! { <svg class="sprite" width="0" height="0" aria-hidden="true" inner_html=drawings></svg> }
}
