//! An instant, to the millisecond on the wire. It comes in as an argument; this crate has no clock.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

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

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let instant = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(instant)).into()
    }
}

impl ToSchema for Moment {}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text).map(Self).ok_or_else(|| D::Error::custom("not an RFC 3339 instant"))
    }
}

/// `2026-01-05T10:20:31.412Z`, with any number of decimals, or with an offset instead of the Z. By
/// hand: the library's reader of it is as large as a page.
fn read(text: &str) -> Option<OffsetDateTime> {
    let (day, rest) = text.split_once(['T', 't'])?;
    let (year, day) = day.split_once('-')?;
    let (month, day) = day.split_once('-')?;
    let clock = rest.get(..8)?;
    let (hour, clock) = clock.split_once(':')?;
    let (minute, second) = clock.split_once(':')?;
    let rest = rest.get(8..)?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (decimals, zone) = rest.split_at_checked(zone_at)?;
    let date =
        Date::from_calendar_date(digits(year, 4)?, Month::try_from(digits::<u8>(month, 2)?).ok()?, digits(day, 2)?);
    let nanos = nanoseconds(decimals)?;
    let time = Time::from_hms_nano(digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?, nanos);
    Some(OffsetDateTime::new_in_offset(date.ok()?, time.ok()?, offset(zone)?))
}

/// Exactly so many digits, and nothing else.
fn digits<N: FromStr>(text: &str, many: usize) -> Option<N> {
    let fits = text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// A fraction of a second with its point; what is finer than a nanosecond is left out.
fn nanoseconds(decimals: &str) -> Option<u32> {
    if decimals.is_empty() {
        return Some(0);
    }
    let decimals = decimals.strip_prefix('.')?;
    let plain = !decimals.is_empty() && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let nine = decimals.bytes().chain(std::iter::repeat(b'0')).take(9);
    plain.then(|| nine.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

fn offset(zone: &str) -> Option<UtcOffset> {
    let sign = match zone.get(..1)? {
        "Z" | "z" => return (zone.len() == 1).then_some(UtcOffset::UTC),
        "-" => -1,
        _ => 1,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes): (i8, i8) = (digits(hours, 2)?, digits(minutes, 2)?);
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{format_description::well_known::Rfc3339, macros::datetime};

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

    proptest! {
        #[test]
        fn every_instant_is_read_as_the_library_reads_it(
            seconds in 0_i64..253_402_300_000, nanos in 0_i64..1_000_000_000, quarters in -92_i32..=92,
        ) {
            let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap() + Duration::nanoseconds(nanos);
            let at = at.to_offset(UtcOffset::from_whole_seconds(quarters * 900).unwrap());
            prop_assume!((0..=9999).contains(&at.year()));
            let text = at.format(&Rfc3339).unwrap();
            prop_assert_eq!(read(&text), OffsetDateTime::parse(&text, &Rfc3339).ok(), "{}", text);
        }

        #[test]
        fn what_the_library_does_not_read_is_not_read(text in "[0-9TZ:.+-]{0,30}") {
            prop_assert!(read(&text).is_none() || OffsetDateTime::parse(&text, &Rfc3339).is_ok(), "{}", text);
        }
    }

    #[test]
    fn a_day_that_is_not_is_no_instant() {
        for text in [
            "",
            "2026-01-05",
            "2026-02-30T10:20:31Z",
            "2026-01-05T24:00:00Z",
            "2026-01-05T10:20:31",
            "2026-01-05T10:20:31.Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
