//! An instant, to the millisecond on the wire. It comes in as an argument; this crate has no clock.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use time::{Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct Moment(pub OffsetDateTime);

impl Moment {
    /// The same instant some time later; the end of time if there is no such instant.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }

    /// The same instant some time earlier.
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration))
    }

    /// Without what is not written: a fact is the same before and after it was stored or told.
    pub fn whole_ms(self) -> Self {
        Self(self.0.replace_nanosecond(self.0.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(self.0))
    }

    /// For a sentence that a person reads: `2026-01-05 10:20:31 UTC`.
    pub fn to_second(self) -> String {
        format!("{} UTC", self.to_string().replace('T', " ").split('.').next().unwrap_or_default())
    }

    /// How long it is from `earlier` to here; never negative.
    pub fn since(self, earlier: Self) -> Duration {
        (self.0 - earlier.0).max(Duration::ZERO)
    }
}

/// RFC 3339 in UTC with exactly three decimals, as every door writes it.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.to_offset(UtcOffset::UTC);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        OffsetDateTime::parse(&text, &Rfc3339).map(Self).map_err(|_| D::Error::custom("not an RFC 3339 instant"))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn is_written_in_utc_with_three_decimals() {
        let at = Moment(datetime!(2026-01-05 11:20:31.4125 +1));
        assert_eq!(at.to_string(), "2026-01-05T10:20:31.412Z");
    }

    #[test]
    fn is_said_to_people_to_the_second() {
        assert_eq!(Moment(datetime!(2026-01-05 10:20:31.412 UTC)).to_second(), "2026-01-05 10:20:31 UTC");
    }

    #[test]
    fn reads_what_it_wrote() {
        let at = Moment(datetime!(2026-01-05 10:20:31.412 UTC));
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), at);
    }

    #[test]
    fn no_time_lies_between_an_instant_and_an_earlier_one() {
        let at = Moment(datetime!(2026-01-05 10:20 UTC));
        assert_eq!(at.since(at.after(Duration::HOUR)), Duration::ZERO);
    }
}
