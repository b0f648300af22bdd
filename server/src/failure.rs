//! How a use case fails: with a `Fault`, which the caller may see, or with something of ours,
//! which is written down where it stops and never shown.

use std::{error::Error, fmt};

use focushive::{Fault, text::TextProblem};

pub enum Failure {
    Fault(Fault),
    Internal(Box<dyn Error + Send + Sync>),
}

/// As it is written down: with the words of what went wrong, and without its particulars, in which
/// the database quotes the row that it refused.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Internal(error) => write!(f, "{error}"),
        }
    }
}

/// How long a caller should wait when the database cannot be had.
const DATABASE_AWAY_MS: u64 = 2_000;

impl Failure {
    pub fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The database is the judge of uniqueness: its named constraints are our faults.
impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(problem) => match problem.constraint().and_then(broken) {
                Some(fault) => Self::Fault(fault),
                None if is_unwritable(problem.code().as_deref()) => Self::Fault(unwritable()),
                None if refuses_work(problem.code().as_deref()) => Self::Fault(away()),
                None => Self::Internal(error.into()),
            },
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                tracing::warn!(%error, "the database cannot be had");
                Self::Fault(away())
            }
            _ => Self::Internal(error.into()),
        }
    }
}

fn broken(constraint: &str) -> Option<Fault> {
    match constraint {
        "user_email_unique" => Some(Fault::field("email", "there is an account with this address: sign in instead")),
        "user_handle_unique" => Some(Fault::field("handle", "somebody has this handle: choose another")),
        "sector_name_unique" => Some(Fault::field("name", "there is a sector of this name")),
        "hive_rhythm_name_unique" => Some(Fault::field("name", "there is a rhythm of this name: choose another")),
        "user_sector_id_fkey" => Some(Fault::field("sector", "there is no such sector")),
        _ => None,
    }
}

/// A text with a NUL in it, which Postgres keeps nowhere (its code 22021; 22P05 within JSON).
fn is_unwritable(code: Option<&str>) -> bool {
    matches!(code, Some("22021" | "22P05"))
}

fn unwritable() -> Fault {
    Fault::field("text", TextProblem::Hidden.to_string())
}

/// Postgres is starting, stopping, or out of connections (its classes 57P and 53), or it ended this
/// for the sake of somebody else's work, and nothing of it was done (class 40).
fn refuses_work(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.starts_with("57P") || code.starts_with("53") || code.starts_with("40"))
}

/// The database cannot be had now.
pub fn away() -> Fault {
    Fault::Unavailable { retry_after_ms: DATABASE_AWAY_MS }
}
