//! How FocusHive runs: configuration, the database, use cases, and the doors they are reached by.
//!
//! Modules in reading order. A feature (`account`, `invite`, …) is a folder: `mod.rs` holds its use
//! cases, `store.rs` its SQL, `rest.rs` its routes.

pub mod clock;
pub mod config;
pub mod failure;
pub mod limit;
pub mod secret;
pub mod seen;
pub mod services;

pub mod database;
pub mod telemetry;
mod together;

pub mod auth;
pub mod link;
pub mod token;

pub mod hub;
pub mod topic;

pub mod account;
pub mod audit;
pub mod chat;
pub mod draft;
pub mod focus;
pub mod hive;
pub mod invite;
pub mod mail;
pub mod member;
pub mod notification;
pub mod pair;
pub mod presence;
pub mod push;
pub mod sector;
pub mod setting;
pub mod timer;

pub mod backend;
pub mod listen;

pub mod http;
pub mod wire;

pub mod serve;
