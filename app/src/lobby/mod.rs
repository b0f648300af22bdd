//! The lobby: every hive that one may see.

mod page;

pub use page::LobbyPage;
