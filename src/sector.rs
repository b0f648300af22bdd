//! Sectors: the departments people belong to, at most one each.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{Key, SectorId},
    text::SectorName,
    user::Sector,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    pub sector: Sector,
    pub members: u32,
}

/// The key becomes the sector's id, so that asking twice makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    pub key: Key,
    pub name: SectorName,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    pub sector: SectorId,
    pub name: SectorName,
}

/// Its people then belong to none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    pub sector: SectorId,
}
