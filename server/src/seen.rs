//! Whether what somebody wants to change is still what they saw. The door says what that was; it is
//! judged in the transaction that changes it, once it is locked there, and nowhere else for good.

use focushive::{
    Fault,
    caller::{Member, Seen},
};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// As much of a digest as tells two answers apart.
pub fn digest(bytes: &[u8]) -> Seen {
    let mut short = [0; 12];
    let whole = Sha256::digest(bytes);
    short.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    Seen(short)
}

/// What is shown of it, in short; the order of its fields makes no difference.
pub fn of(shown: &Value) -> Seen {
    digest(shown.to_string().as_bytes())
}

/// `now` is how it stands, locked, in the form in which it is shown.
pub fn unchanged(by: Member, now: impl Serialize) -> Result<(), Failure> {
    let Some(seen) = by.seen else { return Ok(()) };
    let now = serde_json::to_value(now).map_err(Failure::internal)?;
    if of(&now) == seen { Ok(()) } else { Err(Fault::Changed.into()) }
}
