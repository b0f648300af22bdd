//! Who is asking. Made only by the server's identification of a request, never from its body.

use crate::{
    fault::Fault,
    id::{SessionId, UserId},
    user::{Deed, Role},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    Guest,
    Member(Member),
}

/// A signed-in person, and the sign-in they ask through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: UserId,
    pub role: Role,
    pub session: SessionId,
    /// Which of their open connections asks; none for a request that came by HTTP alone.
    pub connection: Option<u64>,
    /// What they saw of what they want to change, if they asked that it still be so.
    pub seen: Option<Seen>,
}

/// A digest of what somebody was shown; made where it is shown, and compared where it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen(pub [u8; 12]);

impl Caller {
    /// The sign-in check.
    pub const fn user(self) -> Result<Member, Fault> {
        match self {
            Self::Guest => Err(Fault::SignedOut),
            Self::Member(member) => Ok(member),
        }
    }

    /// The permission check: signed in, and of a role that may do this.
    pub fn allowed(self, deed: Deed) -> Result<Member, Fault> {
        let member = self.user()?;
        if member.role.may(deed) { Ok(member) } else { Err(Fault::Forbidden) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_asked_to_sign_in() {
        assert_eq!(Caller::Guest.user(), Err(Fault::SignedOut));
        assert_eq!(Caller::Guest.allowed(Deed::InvitePeople), Err(Fault::SignedOut));
    }
}
