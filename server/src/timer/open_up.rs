//! One's own clock goes on as a hive's, where nothing runs yet. What one focused alone until then
//! goes with it: it is one session, not two.

use focushive::{
    Fault, Moment,
    caller::Member,
    hive::Right,
    id::HiveId,
    timer::{Act, Acted, Changed, Done, Run, Span, Timer},
};

use super::{Place, member, name_of, now, store, turn};
use crate::{failure::Failure, focus, services::Services};

pub async fn open_up(services: &Services, by: Member, hive: HiveId) -> Result<Done, Failure> {
    if !member(services, by, hive).await?.may(Right::Write) {
        return Err(Fault::Forbidden.into());
    }
    let (own, theirs) = (Place::Own(by.id), Place::Hive(hive));
    let now = now(services);
    let acted = Acted { by: by.id, name: name_of(services, by.id).await?, at: now, act: Act::Start { grid: false } };
    focus::attest::write(services, Some((own.id(), now))).await?;
    let mut tx = services.db.begin().await?;
    let (alone, hives) = (store::lock(&mut tx, own).await?, store::lock(&mut tx, theirs).await?);
    let (mine, shared) = handed_over(alone.clone(), hives.clone(), acted.clone(), now)?;
    let since = shared.started_at().unwrap_or(now);
    focus::record::move_to(&mut tx, by.id, own, theirs, Span { from: since, to: now }).await?;
    let changed = |place: Place, timer: &Timer, acted| Changed {
        hive: place.hive(),
        timer: timer.clone(),
        ended: Vec::new(),
        acted,
    };
    let left = turn::write(services, &mut tx, own, &alone, &mine, changed(own, &mine, None)).await?;
    let begun = turn::write(services, &mut tx, theirs, &hives, &shared, changed(theirs, &shared, Some(acted))).await?;
    let goal = store::bring_goal(&mut *tx, hive, by.id).await?;
    tx.commit().await?;
    services.presence.set_goal(hive, by.id, goal);
    turn::settle(services, own, &mine, left);
    turn::settle(services, theirs, &shared, begun);
    Ok(Done { timer: shared, proposal: None })
}

/// Both clocks afterwards. The hive keeps its own rhythm for what comes next.
fn handed_over(mut mine: Timer, shared: Timer, acted: Acted, now: Moment) -> Result<(Timer, Timer), Fault> {
    mine.roll(now, None);
    if mine.phase().is_none() {
        return Err(Fault::conflict("start a session of your own first"));
    }
    if shared.phase().is_some() {
        return Err(Fault::conflict("a session is on in this hive already: join it"));
    }
    let shared = Timer {
        run: mine.run.clone(),
        pauses: std::mem::take(&mut mine.pauses),
        round: if mine.is_at_work() { 1 } else { shared.round },
        ordinal: shared.ordinal + 1,
        revision: shared.revision + 1,
        last: Some(acted),
        ..shared
    };
    let mine = Timer { run: Run::Idle, round: 0, revision: mine.revision + 1, ..mine };
    Ok((mine, shared))
}
