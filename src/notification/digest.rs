//! What one hears of at the end of a silence: everything that waited, in one card, what is meant
//! for one first. Nothing in it counts as read before it is opened.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Kind, Notification, Why};
use crate::{
    id::{HiveId, NotificationId},
    moment::Moment,
    text::HiveName,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Digest {
    pub from: Moment,
    pub to: Moment,
    /// What it was quiet for.
    pub why: Why,
    /// In the order in which one wants to know of it.
    pub lines: Vec<Line>,
}

/// Some things of one kind from one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// Nothing for what was written in a hive to all of it.
    pub kind: Option<Kind>,
    pub hive: Option<HiveId>,
    pub words: String,
    pub count: u32,
    /// Where the first of them is.
    pub path: String,
    /// Which one that is, of what one was told: it counts as read once it is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<NotificationId>,
}

impl Digest {
    /// Of what one was told, in the order it happened, and of what was written in hives meanwhile.
    pub fn new(from: Moment, to: Moment, why: Why, told: &[Notification], written: Vec<Written>) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        for notification in told {
            let (kind, hive) = (notification.what.kind(), notification.what.hive());
            match lines.iter_mut().find(|line| line.kind == Some(kind) && line.hive == hive) {
                Some(line) => line.count += 1,
                None => lines.push(Line {
                    kind: Some(kind),
                    hive,
                    words: notification.what.sentence(),
                    count: 1,
                    path: notification.what.path(),
                    first: Some(notification.id),
                }),
            }
        }
        lines.sort_by_key(|line| line.kind);
        lines.extend(written.into_iter().map(Written::line));
        Self { from, to, why, lines }
    }

    /// How many things are in it.
    pub fn count(&self) -> u32 {
        self.lines.iter().map(|line| line.count).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// How much was written in a hive, and where the first of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub hive: HiveId,
    pub name: HiveName,
    pub count: u32,
    pub first: u64,
}

impl Written {
    fn line(self) -> Line {
        let words = if self.count == 1 {
            format!("A message in {}", self.name)
        } else {
            format!("{} messages in {}", self.count, self.name)
        };
        Line {
            kind: None,
            hive: Some(self.hive),
            words,
            count: self.count,
            path: format!("/hive/{}?at={}", self.hive, self.first),
            first: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::{NotificationId, UserId},
        notification::{Actor, Level, Place, Rule, Said, What},
        text::Name,
        user::Role,
    };

    const NOW: Moment = Moment(datetime!(2026-01-05 10:25 UTC));

    fn told(seq: u64, what: What) -> Notification {
        let id = NotificationId(Uuid::from_u128(seq.into()));
        Notification { id, seq, what, at: NOW, level: Level::Interrupt, rule: Rule::Default, read_at: None }
    }

    #[test]
    fn mentions_come_first_and_everything_is_accounted_for() {
        let by = Actor { id: UserId(Uuid::from_u128(1)), name: Name::parse("Ada").unwrap() };
        let hive = Place { id: HiveId(Uuid::from_u128(2)), name: HiveName::parse("Library").unwrap() };
        let mention = |message| What::Mention(Said { by: by.clone(), hive: hive.clone(), message });
        let told =
            [told(1, What::Role { by: by.clone(), role: Role::Admin }), told(2, mention(11)), told(3, mention(12))];
        let written = Written { hive: hive.id, name: hive.name.clone(), count: 40, first: 5 };
        let digest = Digest::new(NOW, NOW, Why::Focus, &told, vec![written]);
        assert_eq!(digest.count(), 43);
        let kinds: Vec<_> = digest.lines.iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [Some(Kind::Mention), Some(Kind::Role), None]);
        assert!(digest.lines[0].path.ends_with("?at=11"));
        let first: Vec<_> = digest.lines.iter().map(|line| line.first).collect();
        assert_eq!(first, [Some(told[1].id), Some(told[0].id), None]);
    }
}
