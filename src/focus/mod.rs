//! Focus that counts: what of a phase somebody was really there for, minute by minute, each with its
//! reason; and the sessions, days and streaks that follow from it. Only stretches are stored: every
//! total is computed from them. What is asked of it is in `ask.rs`.

mod ask;
mod streak;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use ask::*;
use serde::{Deserialize, Serialize};
pub use streak::{Day, Totals, streak};
use time::Duration;
use utoipa::ToSchema;

use crate::{
    id::{HiveId, StintId},
    moment::Moment,
    presence::{BEAT, LEASE},
    text::Goal,
    timer::{Ending, Span},
};

/// A session that is given up before this is void: kept, and not counted.
pub const LEAST: Duration = Duration::minutes(5);

/// What somebody was at during a stretch of time, as the server knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Was {
    /// A device of theirs said so all along.
    There,
    /// Finishing a thought beyond the end.
    Overtime,
    /// Paused for themselves.
    Paused,
    /// At another clock, which has its own account.
    Elsewhere,
}

/// A stretch of time that was attested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attested {
    #[serde(flatten)]
    pub span: Span,
    pub was: Was,
}

/// Why a stretch counts, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    There,
    Overtime,
    Paused,
    Elsewhere,
    /// The clock itself stood still.
    AllPaused,
    /// No device said anything: asleep, gone or not there yet.
    NotHeard,
}

impl Cause {
    pub const fn counts(self) -> bool {
        matches!(self, Self::There | Self::Overtime)
    }

    /// In words, for the account of a session.
    pub const fn words(self) -> &'static str {
        match self {
            Self::There => "you were there",
            Self::Overtime => "you finished your thought",
            Self::Paused => "you paused, not counted",
            Self::Elsewhere => "you were at another clock, counted there",
            Self::AllPaused => "everybody paused, not counted",
            Self::NotHeard => "no device of yours was heard, not counted",
        }
    }
}

/// One line of the account of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Piece {
    #[serde(flatten)]
    pub span: Span,
    pub cause: Cause,
}

/// The whole of a phase, piece by piece. Two devices at once count once.
pub fn account(phase: Span, pauses: &[Span], attested: &[Attested]) -> Vec<Piece> {
    let mut cuts = BTreeSet::from([phase.from, phase.to]);
    let spans = pauses.iter().copied().chain(attested.iter().map(|attested| attested.span));
    for both in spans.filter_map(|span| span.within(phase)) {
        cuts.extend([both.from, both.to]);
    }
    let cuts: Vec<Moment> = cuts.into_iter().collect();
    let mut pieces: Vec<Piece> = Vec::new();
    for (from, to) in cuts.iter().copied().zip(cuts.iter().copied().skip(1)) {
        let cause = cause_at(from, pauses, attested);
        match pieces.last_mut() {
            Some(last) if last.cause == cause => last.span.to = to,
            _ => pieces.push(Piece { span: Span { from, to }, cause }),
        }
    }
    pieces
}

/// What was the matter from an instant on, up to the next cut.
fn cause_at(from: Moment, pauses: &[Span], attested: &[Attested]) -> Cause {
    let covers = |span: &Span| span.from <= from && from < span.to;
    let was = |was: Was| attested.iter().any(|attested| attested.was == was && covers(&attested.span));
    if pauses.iter().any(covers) {
        Cause::AllPaused
    } else if was(Was::Paused) {
        Cause::Paused
    } else if was(Was::Elsewhere) {
        Cause::Elsewhere
    } else if was(Was::There) {
        Cause::There
    } else if was(Was::Overtime) {
        Cause::Overtime
    } else {
        Cause::NotHeard
    }
}

/// How much of it counts.
pub fn credit(pieces: &[Piece]) -> Duration {
    pieces.iter().filter(|piece| piece.cause.counts()).map(|piece| piece.span.length()).sum()
}

/// Whether a session was given up before it was worth counting: the phase was ended before it had
/// lasted, or they left it with little done. Whoever came late to one that did last gave nothing up.
pub fn is_void(pieces: &[Piece], ending: Ending, planned: Duration) -> bool {
    let least = LEAST.min(planned / 2);
    let ran = pieces.iter().filter(|piece| piece.cause != Cause::AllPaused).map(|piece| piece.span.length());
    let given_up = ending != Ending::Completed && ran.sum::<Duration>() < least;
    let left = pieces.last().is_some_and(|last| last.cause == Cause::NotHeard && last.span.length() > BEAT);
    given_up || (left && credit(pieces) < least)
}

/// Goes on with a stretch, or begins another. Devices speak once in a while: one that fell silent
/// was there, on average, for half a beat more. What had no length is as though it had not been.
pub fn hear(last: Option<Attested>, at: Moment, was: Was, outage: Duration) -> (Option<Attested>, Attested) {
    let begun = Attested { span: Span { from: at, to: at }, was };
    let Some(last) = last else { return (None, begun) };
    let silent = at.since(last.span.to) - outage;
    if silent > LEASE {
        return (Some(last.fading()), begun);
    }
    let longer = Attested { span: Span { to: at.max(last.span.to), ..last.span }, ..last };
    if last.was == was { (None, longer) } else { (Some(longer).filter(|over| over.span.from < over.span.to), begun) }
}

impl Attested {
    /// The end of a stretch whose devices were not heard again.
    pub fn fading(self) -> Self {
        Self { span: Span { to: self.span.to.after(BEAT / 2), ..self.span }, ..self }
    }
}

/// How somebody came out of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    Partly,
    Not,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Done, Self::Partly, Self::Not];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partly => "partly",
            Self::Not => "not",
        }
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Partly => "Partly",
            Self::Not => "Not this time",
        }
    }
}

/// What pulled somebody away: something of their own, or somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Pull {
    Inner,
    Outer,
}

/// Somebody's part in one focus phase: what people call a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stint {
    pub id: StintId,
    /// None for a session alone.
    pub hive: Option<HiveId>,
    pub place: String,
    #[serde(flatten)]
    pub span: Span,
    pub credited_seconds: u32,
    /// What they say themselves it was; it stands above the computed one, and is marked.
    pub corrected_seconds: Option<u32>,
    pub goal: Option<Goal>,
    pub outcome: Option<Outcome>,
    pub void: bool,
    pub inner: u16,
    pub outer: u16,
}

impl Stint {
    /// What it adds to every total.
    pub fn seconds(&self) -> u32 {
        self.corrected_seconds.unwrap_or(if self.void { 0 } else { self.credited_seconds })
    }
}
