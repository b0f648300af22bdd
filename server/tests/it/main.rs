//! Use cases and doors over a real Postgres: one binary, a database a test.

mod harness;

mod account;
mod attack;
mod auth;
mod backup;
mod invite;
mod member;
mod private_postgres;
mod token;
