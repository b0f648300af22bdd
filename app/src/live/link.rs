//! The state of the tab's connection: what is known, what happens, and what is to be done about it.
//! Pure; the socket does what it says.

use focushive::protocol::frame::Bye;

/// A connection counts as good once it lasted this long; only then does the next loss begin anew.
pub const GOOD_AFTER_MS: f64 = 5_000.0;

/// The first try comes within this time, and each further one within twice as long as the last.
const FIRST_TRY_MS: f64 = 3_000.0;
const SOONEST_MS: f64 = 500.0;
const LONGEST_MS: f64 = 45_000.0;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Link {
    /// No connection is wanted: nobody is signed in, or the page has not woken up.
    #[default]
    Disconnected,
    Connecting {
        tries: u32,
        lost_ms: f64,
    },
    /// Good once it lasted; until then it is not forgotten since when there was none.
    Connected {
        tries: u32,
        since_ms: f64,
        lost_ms: f64,
    },
    /// Lost, and the next try is set.
    Reconnecting {
        tries: u32,
        lost_ms: f64,
    },
    /// Refused at the moment, in words for a person; it is tried again when they ask for it.
    Error {
        message: String,
    },
    /// The sign-in is over: there is nothing to come back to but the sign-in page.
    Failed,
}

/// What happens to a connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    Wanted,
    Opened,
    Closed {
        bye: Option<Bye>,
    },
    /// The next try is due, or something makes it worth trying at once: the network is back, the
    /// tab is looked at, the machine woke up.
    Due,
    /// The machine slept: whatever the socket says, its other end is gone.
    Slept,
    Unwanted,
}

/// What the socket is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    Nothing,
    Open,
    /// Without waiting for the other side.
    Drop,
    Wait {
        ms: f64,
    },
    /// To the sign-in page, and back.
    SignIn,
}

impl Link {
    pub const fn is_connected(&self) -> bool {
        matches!(self, Self::Connected { .. })
    }

    /// Since when there is none that works, where one is wanted.
    pub const fn lost_ms(&self) -> Option<f64> {
        match self {
            Self::Connecting { lost_ms, .. } | Self::Reconnecting { lost_ms, .. } => Some(*lost_ms),
            _ => None,
        }
    }

    /// The next state, and what to do. `chance` is between 0 and 1.
    pub fn after(&self, happening: Happening, now_ms: f64, chance: f64) -> (Self, Deed) {
        match (self, happening) {
            (Self::Disconnected | Self::Error { .. }, Happening::Wanted) => {
                (Self::Connecting { tries: 0, lost_ms: now_ms }, Deed::Open)
            }
            (Self::Connecting { tries, lost_ms }, Happening::Opened) => {
                (Self::Connected { tries: *tries, since_ms: now_ms, lost_ms: *lost_ms }, Deed::Nothing)
            }
            (Self::Connecting { tries, lost_ms }, Happening::Closed { bye }) => lost(bye, tries + 1, *lost_ms, chance),
            (Self::Connected { tries, since_ms, lost_ms }, Happening::Closed { bye }) => {
                let good = now_ms - since_ms >= GOOD_AFTER_MS;
                let (tries, lost_ms) = if good { (0, now_ms) } else { (tries + 1, *lost_ms) };
                lost(bye, tries, lost_ms, chance)
            }
            (Self::Connected { .. }, Happening::Slept) => {
                (Self::Reconnecting { tries: 0, lost_ms: now_ms }, Deed::Drop)
            }
            (Self::Connecting { tries, lost_ms }, Happening::Slept) => {
                (Self::Reconnecting { tries: *tries, lost_ms: *lost_ms }, Deed::Drop)
            }
            (Self::Reconnecting { tries, lost_ms }, Happening::Due | Happening::Slept) => {
                (Self::Connecting { tries: *tries, lost_ms: *lost_ms }, Deed::Open)
            }
            (Self::Error { .. }, Happening::Due) => (self.clone(), Deed::Nothing),
            (Self::Failed, _) => (Self::Failed, Deed::Nothing),
            (Self::Disconnected, Happening::Unwanted) => (Self::Disconnected, Deed::Nothing),
            (_, Happening::Unwanted) => (Self::Disconnected, Deed::Drop),
            (state, _) => (state.clone(), Deed::Nothing),
        }
    }
}

fn lost(bye: Option<Bye>, tries: u32, lost_ms: f64, chance: f64) -> (Link, Deed) {
    let reason = bye.as_ref().map_or("", |bye| bye.reason.as_str());
    match reason {
        "signed_out" => (Link::Failed, Deed::SignIn),
        "malformed" | "too_large" => {
            let message = "FocusHive did not understand this page: reload it".to_owned();
            (Link::Error { message }, Deed::Nothing)
        }
        _ => {
            let told = bye.and_then(|bye| bye.retry_in_ms).map(|ms| f64::from(u32::try_from(ms).unwrap_or(u32::MAX)));
            // Being told when is no failure; everybody is told another time.
            let ms = told.unwrap_or_else(|| back_off(tries, chance));
            (Link::Reconnecting { tries, lost_ms }, Deed::Wait { ms })
        }
    }
}

/// Twice as long each time, with full jitter, so that a thousand tabs do not come back together.
fn back_off(tries: u32, chance: f64) -> f64 {
    let longest = (FIRST_TRY_MS * f64::from(1_u32 << tries.min(5))).min(LONGEST_MS);
    SOONEST_MS + chance.clamp(0.0, 1.0) * (longest - SOONEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bye(reason: &str, retry_in_ms: Option<u64>) -> Happening {
        Happening::Closed { bye: Some(Bye { reason: reason.to_owned(), retry_in_ms }) }
    }

    fn lost() -> Happening {
        Happening::Closed { bye: None }
    }

    fn good() -> Link {
        Link::Connected { tries: 0, since_ms: 0.0, lost_ms: 0.0 }
    }

    #[test]
    fn it_connects_when_somebody_is_signed_in_and_stops_when_not() {
        let (connecting, deed) = Link::Disconnected.after(Happening::Wanted, 0.0, 0.5);
        assert_eq!((&connecting, deed), (&Link::Connecting { tries: 0, lost_ms: 0.0 }, Deed::Open));
        let (connected, _) = connecting.after(Happening::Opened, 10.0, 0.5);
        assert!(connected.is_connected());
        assert_eq!(connected.after(Happening::Unwanted, 20.0, 0.5), (Link::Disconnected, Deed::Drop));
    }

    #[test]
    fn it_comes_back_ever_more_slowly_until_a_connection_was_good() {
        let mut link = Link::Connecting { tries: 0, lost_ms: 0.0 };
        let mut waits = Vec::new();
        for _ in 0..8 {
            let (next, deed) = link.after(lost(), 0.0, 1.0);
            let Deed::Wait { ms } = deed else { panic!("{deed:?}") };
            waits.push(ms);
            link = next.after(Happening::Due, 0.0, 1.0).0;
        }
        assert_eq!(waits, [6_000.0, 12_000.0, 24_000.0, 45_000.0, 45_000.0, 45_000.0, 45_000.0, 45_000.0]);
    }

    #[test]
    fn a_connection_that_did_not_last_is_no_connection() {
        let brief = Link::Connected { tries: 3, since_ms: 2_000.0, lost_ms: 1_000.0 };
        assert_eq!(brief.after(lost(), 6_000.0, 0.0).0, Link::Reconnecting { tries: 4, lost_ms: 1_000.0 });
        assert_eq!(brief.after(lost(), 7_000.0, 0.0).0, Link::Reconnecting { tries: 0, lost_ms: 7_000.0 });
        let trying = Link::Reconnecting { tries: 4, lost_ms: 1_000.0 }.after(Happening::Due, 9_000.0, 0.0).0;
        assert_eq!(trying.lost_ms(), Some(1_000.0));
        assert_eq!(brief.lost_ms(), None);
    }

    #[test]
    fn a_try_that_the_machine_slept_through_is_made_anew() {
        let trying = Link::Connecting { tries: 2, lost_ms: 1.0 };
        let (link, deed) = trying.after(Happening::Slept, 9.0, 0.0);
        assert_eq!((link.after(Happening::Due, 9.0, 0.0), deed), ((trying, Deed::Open), Deed::Drop));
    }

    #[test]
    fn a_server_that_says_when_is_believed() {
        let connected = good();
        assert_eq!(connected.after(bye("restart", Some(4200)), 9_000.0, 0.9).1, Deed::Wait { ms: 4_200.0 });
    }

    #[test]
    fn the_end_of_a_sign_in_leads_to_the_sign_in_page_and_nowhere_else() {
        let connected = good();
        let (failed, deed) = connected.after(bye("signed_out", None), 0.0, 0.0);
        assert_eq!((&failed, deed), (&Link::Failed, Deed::SignIn));
        assert_eq!(failed.after(Happening::Due, 0.0, 0.0), (Link::Failed, Deed::Nothing));
    }

    #[test]
    fn a_machine_that_slept_does_not_trust_its_socket() {
        let connected = good();
        let (link, deed) = connected.after(Happening::Slept, 1.0, 0.0);
        assert_eq!(deed, Deed::Drop);
        assert_eq!(link.after(Happening::Due, 1.0, 0.0).1, Deed::Open);
    }

    #[test]
    fn an_error_is_a_persons_business() {
        let (error, _) = Link::Connecting { tries: 0, lost_ms: 0.0 }.after(bye("malformed", None), 0.0, 0.0);
        assert!(matches!(error, Link::Error { .. }));
        assert_eq!(error.after(Happening::Due, 0.0, 0.0).1, Deed::Nothing);
        assert_eq!(error.after(Happening::Wanted, 0.0, 0.0).1, Deed::Open);
    }
}
