//! Use cases and doors over a real Postgres: one binary, a database a test.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod harness;

mod account;
mod attack;
mod auth;
mod backup;
mod invite;
mod mail;
mod member;
mod private_postgres;
mod token;
