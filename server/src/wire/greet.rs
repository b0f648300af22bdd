//! The first words of a session: who it is.

use focushive::{Caller, caller::Member};
use tokio::time::timeout;

use super::{
    dialect::{Dialect, Greeting},
    line::{Ended, Line, Sign},
};
use crate::{auth, backend::settle, hub::Close, services::Services};

/// Whoever is not known by a cookie or a header has to say so in time.
pub async fn greet<L, D>(services: &Services, line: &mut L, dialect: &mut D, caller: Caller) -> Result<Member, Ended>
where
    D: Dialect,
    L: Line<Heard = D::Heard, Told = D::Told>,
{
    match caller {
        Caller::Member(member) if !D::ALL_GREET => Ok(member),
        Caller::Member(_) | Caller::Guest => {
            let patience = services.config.limits.handshake.duration();
            let greeting = timeout(patience, hello(services, line, dialect, caller));
            greeting.await.unwrap_or(Err(Some(Close::SignedOut)))
        }
    }
}

async fn hello<L, D>(services: &Services, line: &mut L, dialect: &mut D, caller: Caller) -> Result<Member, Ended>
where
    D: Dialect,
    L: Line<Heard = D::Heard, Told = D::Told>,
{
    loop {
        let Sign::Said(heard) = line.hear().await? else { continue };
        let known = match dialect.greet(heard) {
            Greeting::More => continue,
            Greeting::Token(token) => auth::identify::by_token(services, &token).await.map_err(settle),
            Greeting::Cookie => Ok(caller),
            Greeting::Refused(fault) => Err(fault),
        };
        let fault = match known.and_then(Caller::user) {
            Ok(member) => return Ok(member),
            Err(fault) => fault,
        };
        line.tell(dialect.welcome(Err(fault), services.clock.now())).await.map_err(|()| None)?;
        return Err(Some(Close::SignedOut));
    }
}
