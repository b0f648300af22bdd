//! How FocusHive looks: one Leptos UI, rendered by the server and woken in the browser.
//!
//! `ui` knows no feature; features know `ui`, `backend`, `visit` and `form`. What a page needs from
//! the server it asks through `backend::call`, and nothing here knows who answers. In the browser a page
//! wakes part by part (`waking`).

#![recursion_limit = "256"]

pub mod backend;
pub mod composition;
pub mod corner;
pub mod form;
pub mod keep;
pub mod live;
pub mod pieces;
pub mod reader;
pub mod routes;
pub mod shell;
pub mod visit;
pub mod waking;

pub mod layout;
pub mod ui;

pub mod admin;
pub mod auth;
pub mod chat;
pub mod focus;
pub mod hive;
pub mod landing;
pub mod lobby;
pub mod notification;
pub mod presence;
pub mod push;
pub mod settings;
pub mod switcher;
pub mod timer;
