//! Use cases and doors over a real Postgres: one binary, a database a test.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod harness;

mod account;
mod announcement;
mod attack;
mod auth;
mod backup;
mod chat;
mod clock_chaos;
mod command;
mod company;
mod connection;
mod deflate;
mod flood;
mod focus;
mod handover;
mod held;
mod history;
mod hive;
mod hive_order;
mod hostile;
mod invite;
mod lane;
mod large;
mod limit;
mod log;
mod mail;
mod member;
mod message;
mod notification;
mod outage;
mod pair;
mod presence;
mod private_postgres;
mod push;
mod quiet;
mod race;
mod rest;
mod rhythm;
mod rig;
mod scene;
mod seat;
mod socket;
mod stranger;
mod summary;
mod teller;
mod timer;
mod token;
mod undo;
mod wire_access;
mod wire_engineio;
mod wire_socketio;
mod wire_sockjs;
mod wire_stomp;
mod writer;
