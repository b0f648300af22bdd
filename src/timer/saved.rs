//! Rhythms that a hive keeps under a name of its own, beside those that many know.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Rhythm;
use crate::{
    id::{HiveId, Key, RhythmId},
    text::RhythmName,
};

/// As many as one still finds one's way in.
pub const MOST_SAVED: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SavedRhythm)]
pub struct Saved {
    pub id: RhythmId,
    pub name: RhythmName,
    pub rhythm: Rhythm,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ListRhythms)]
pub struct ListSaved {
    pub hive: HiveId,
}

/// Keeps a rhythm under a name: this one, or the one the hive's clock has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SaveRhythm)]
pub struct Save {
    pub hive: HiveId,
    pub key: Key,
    pub name: RhythmName,
    #[serde(default)]
    pub rhythm: Option<Rhythm>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RenameRhythm)]
pub struct Rename {
    pub hive: HiveId,
    pub rhythm: RhythmId,
    pub name: RhythmName,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RemoveRhythm)]
pub struct Remove {
    pub hive: HiveId,
    pub rhythm: RhythmId,
}

/// The clock has this rhythm from its next phase on; the phase that is on ends as it was going to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PickRhythm)]
pub struct Pick {
    pub hive: HiveId,
    pub rhythm: RhythmId,
}
