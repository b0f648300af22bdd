//! Socket.IO v5 on Engine.IO v4: what is said on its transports, whichever they are, is this dialect.
//! Each namespace of a client is a session like any other; there are no rooms beside our topics,
//! because our hub tells everybody.
//!
//! One is who one's token says, never who a cookie says: another site's page gains nothing by opening
//! a socket.

mod ask;
mod client;
pub mod dialect;
mod emit;
mod engine;
mod line;
pub mod packet;

pub use self::engine::routes;
