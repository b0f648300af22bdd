//! Pairs: where somebody writes to one other person alone. A pair is a hive of two that nobody else
//! knows of, so all that is done in a hive is done there too; neither of them owns it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    chat::Message,
    id::{HiveId, Key, UserId},
    text::Body,
};

/// The pair that one is with somebody, which is made where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpenPair)]
pub struct Open {
    pub to: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenedPair)]
pub struct Opened {
    pub hive: HiveId,
}

/// Writes to somebody alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SendPrivately)]
pub struct Send {
    pub to: UserId,
    pub key: Key,
    pub body: Body,
}

/// A message of a pair, for both of them wherever they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PrivateMessage)]
pub struct Sent {
    pub hive: HiveId,
    pub message: Box<Message>,
}

/// One of them was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    pub hive: HiveId,
    pub message: u64,
}

/// What names the pair of two people, whoever of them asks.
pub fn name(one: UserId, other: UserId) -> String {
    let (first, second) = if one.0 <= other.0 { (one, other) } else { (other, one) };
    format!("{first} {second}")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn it_is_the_same_pair_whoever_asks() {
        let [ada, bob, carl] = [3, 1, 2].map(|n| UserId(Uuid::from_u128(n)));
        assert_eq!(name(ada, bob), name(bob, ada));
        assert_ne!(name(ada, bob), name(ada, carl));
    }
}
