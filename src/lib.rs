//! What FocusHive is: its words, its rules, and the way it is spoken.
//!
//! This crate does no IO, reads no clock and draws no random number: time and ids come in as
//! arguments. It compiles for the server and for the browser, and both trust the same rules.

pub mod id;
pub mod moment;

pub mod fault;
pub mod letter;
mod said;
pub mod text;

pub mod caller;
pub mod day;
pub mod user;

pub mod account;
pub mod auth;
pub mod chat;
pub mod clock;
pub mod focus;
pub mod hive;
pub mod invite;
pub mod member;
pub mod notification;
pub mod pair;
pub mod presence;
pub mod sector;
pub mod setting;
pub mod theme;
pub mod timer;

pub mod protocol;

pub use caller::Caller;
pub use fault::Fault;
pub use moment::Moment;
