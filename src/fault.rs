//! Every way the product says no. A `Fault` is all a person or a client may see of a failure:
//! its code is stable, its words say what to do, and it never carries a secret.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::moment::Moment;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    #[error("sign in first")]
    SignedOut,
    /// The same words for an unknown address, a wrong password and a suspended account.
    #[error("this address and password do not match an account")]
    WrongCredentials,
    #[error("you may not do that")]
    Forbidden,
    #[error("the page is too old or came from somewhere else: reload it and try again")]
    Forged,
    #[error("there is nothing here that you can see")]
    NotFound,
    #[error("{}", first(.problems))]
    Invalid { problems: Vec<Problem> },
    #[error("{message}")]
    Conflict { message: String },
    #[error("somebody changed it meanwhile: look at it again first")]
    Changed,
    #[error("this invitation {}", .why.as_str())]
    InviteRefused { why: InviteRefusal },
    #[error("{why}; you can write again at {}", .at.to_second())]
    NotYet { why: &'static str, at: Moment },
    #[error("this link was used before or is over an hour old: ask for a new one")]
    LinkSpent,
    #[error("that is too large: {limit} at most")]
    TooLarge { limit: String },
    #[error("too many tries: wait a little and try again")]
    RateLimited { retry_after_ms: u64 },
    #[error("FocusHive is busy: try again in a moment")]
    Unavailable { retry_after_ms: u64 },
    #[error("something broke on our side; it has been written down under {trace}")]
    Internal { trace: String },
}

/// What is wrong with one field, in words that stand beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FieldProblem)]
pub struct Problem {
    pub field: String,
    pub message: String,
}

/// Why an invite link lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteRefusal {
    Unknown,
    Expired,
    Used,
    Withdrawn,
}

impl InviteRefusal {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "does not exist: check the link with whoever sent it",
            Self::Expired => "has expired: ask for a new one",
            Self::Used => "has been used as often as it may be: ask for a new one",
            Self::Withdrawn => "has been withdrawn: ask for a new one",
        }
    }
}

impl Fault {
    /// One field is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { problems: vec![Problem { field: field.into(), message: message.into() }] }
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict { message: message.into() }
    }

    /// The stable word that clients match on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::WrongCredentials => "wrong_credentials",
            Self::Forbidden => "forbidden",
            Self::Forged => "forged",
            Self::NotFound => "not_found",
            Self::Invalid { .. } => "invalid",
            Self::Conflict { .. } => "conflict",
            Self::Changed => "changed",
            Self::InviteRefused { .. } => "invite_refused",
            Self::NotYet { .. } => "not_yet",
            Self::LinkSpent => "link_spent",
            Self::TooLarge { .. } => "too_large",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal { .. } => "internal",
        }
    }

    /// The HTTP status that says the same.
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignedOut | Self::WrongCredentials => 401,
            Self::Forbidden | Self::Forged => 403,
            Self::NotFound => 404,
            Self::Conflict { .. } | Self::NotYet { .. } => 409,
            Self::InviteRefused { .. } | Self::LinkSpent => 410,
            Self::Changed => 412,
            Self::TooLarge { .. } => 413,
            Self::Invalid { .. } => 422,
            Self::RateLimited { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Unavailable { .. } => 503,
        }
    }

    /// How long to wait before trying again, where waiting helps.
    pub const fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after_ms } | Self::Unavailable { retry_after_ms } => Some(*retry_after_ms),
            _ => None,
        }
    }
}

/// A fault as every door writes it: one flat object with the code, the words for a person, and
/// the particulars that a client can act upon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The moment from which on it would be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let (code, message) = (fault.code().to_owned(), fault.to_string());
        let retry_after_ms = fault.retry_after_ms();
        let (mut problems, mut at, mut trace) = (Vec::new(), None, None);
        match fault {
            Fault::Invalid { problems: found } => problems = found,
            Fault::NotYet { at: open, .. } => at = Some(open),
            Fault::Internal { trace: word } => trace = Some(word),
            _ => {}
        }
        Self { code, message, problems, retry_after_ms, at, trace }
    }
}

impl Refusal {
    /// What is said beside `field`.
    pub fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|p| p.field == field).map(|p| p.message.as_str())
    }

    /// The message as a sentence of its own; faults are worded for the middle of one.
    pub fn sentence(&self) -> String {
        let mut letters = self.message.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}.", letters.as_str())
    }
}

/// Collects what is wrong with a form, so that a person sees all of it at once.
#[derive(Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The parsed value, or `None` with the problem noted.
    pub fn check<T>(&mut self, field: &str, parsed: Result<T, impl ToString>) -> Option<T> {
        parsed.map_err(|problem| self.note(field, problem.to_string())).ok()
    }

    pub fn note(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(Problem { field: field.to_owned(), message: message.into() });
    }

    /// Fine, if there are none.
    pub fn none(self) -> Result<(), Fault> {
        if self.0.is_empty() { Ok(()) } else { Err(self.fault()) }
    }

    pub fn fault(self) -> Fault {
        Fault::Invalid { problems: self.0 }
    }
}

/// Why a link of any kind is no longer good at `now`, if it is not.
pub fn expired(expires_at: Option<Moment>, now: Moment) -> bool {
    expires_at.is_some_and(|at| at <= now)
}

fn first(problems: &[Problem]) -> &str {
    problems.first().map_or("something in it is wrong", |p| p.message.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_carries_code_particulars_and_words() {
        let refusal = Refusal::from(Fault::RateLimited { retry_after_ms: 1200 });
        let json = serde_json::to_value(&refusal).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "code": "rate_limited",
                "retry_after_ms": 1200,
                "message": "too many tries: wait a little and try again"
            })
        );
    }

    #[test]
    fn what_is_wrong_with_a_field_goes_along() {
        let refusal = Refusal::from(Fault::field("name", "too long"));
        let json = serde_json::to_string(&refusal).unwrap();
        let read: Refusal = serde_json::from_str(&json).unwrap();
        assert_eq!(read.problem("name"), Some("too long"));
        assert_eq!(read.sentence(), "Too long.");
    }
}
