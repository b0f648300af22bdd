//! Which signals somebody wants at the end of a phase.

mod store;

use focushive::{Fault, caller::Member, focus::Signals};

use crate::{failure::Failure, services::Services};

pub async fn look(services: &Services, by: Member) -> Result<Signals, Failure> {
    Ok(store::signals(&services.db, by.id).await?)
}

pub async fn set(services: &Services, by: Member, ask: Signals) -> Result<(), Failure> {
    if ask.volume > 100 {
        return Err(Fault::field("volume", "from 0 to 100").into());
    }
    Ok(store::set_signals(&services.db, by.id, ask).await?)
}
