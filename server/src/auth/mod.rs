//! Coming in and going out: setup, sign-up, sign-in, sign-out, and whose request this is.

pub mod identify;
pub mod password;
pub mod session;
pub mod store;
pub mod throttle;

use focushive::{
    Fault, Moment,
    account::{Session, SessionKind},
    auth::{SignUp, SignUpForm},
    caller::Member,
    id::{SessionId, UserId},
    setting::Registration,
    text::Label,
    user::Role,
};
use time::Duration;
use uuid::Uuid;

use crate::{account, failure::Failure, invite, link, services::Services, setting};

/// Where a try to come in comes from.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub address: String,
    pub label: Label,
}

impl Visitor {
    /// Lets a client say what it is called, if that can be shown.
    pub fn name_device(&mut self, name: &str) {
        if let Ok(label) = Label::parse(name) {
            self.label = label;
        }
    }
}

/// Makes the owner of an empty house. Once there is one, this page never was.
pub async fn set_up(services: &Services, form: &SignUpForm) -> Result<UserId, Failure> {
    if setting::is_set_up(services).await? {
        return Err(Fault::NotFound.into());
    }
    let (sign_up, house) = form.check_setup()?;
    let hash = services.hasher.hash(sign_up.password.clone()).await?;
    let mut tx = services.db.begin().await?;
    if !setting::store::open_house(&mut *tx, &house).await? {
        return Err(Fault::NotFound.into());
    }
    let owner = account::create(&mut tx, &sign_up, &hash, Role::Owner, services.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(user.id = %owner, "the house has an owner");
    Ok(owner)
}

/// Makes an account for somebody with an invite link, or for anybody where the owner says so.
pub async fn sign_up(services: &Services, visitor: &Visitor, form: &SignUpForm) -> Result<UserId, Failure> {
    let invited = !form.invite.is_empty();
    if !invited && setting::look(services).await?.registration == Registration::Invite {
        return Err(Fault::InviteRefused { why: focushive::fault::InviteRefusal::Unknown }.into());
    }
    if invited {
        invite::open(services, &form.invite).await?;
    }
    let sign_up = form.check()?;
    let now = services.clock.now();
    if !invited {
        slow_down(services, visitor, sign_up.email.as_str(), now).await?;
    }
    let hash = services.hasher.hash(sign_up.password.clone()).await?;
    let mut tx = services.db.begin().await?;
    let role = if invited { invite::accept(&mut tx, &form.invite, now).await? } else { Role::Member };
    let user = account::create(&mut tx, &sign_up, &hash, role, now).await?;
    tx.commit().await?;
    greet(services, user, sign_up).await?;
    Ok(user)
}

/// An open door is not a mill for accounts: many sign-ups from one place wait their turn, counted
/// apart from its sign-ins.
async fn slow_down(services: &Services, visitor: &Visitor, email: &str, now: Moment) -> Result<(), Failure> {
    let attempt = throttle::Try::new(&format!("sign-up:{email}"), &format!("sign-up:{}", visitor.address));
    services.throttle.pass(&services.db, &services.config.sign_in, &attempt, now).await?;
    Ok(store::note_failure(&services.db, &attempt, now).await?)
}

async fn greet(services: &Services, user: UserId, sign_up: SignUp) -> Result<(), Failure> {
    tracing::info!(user.id = %user, "somebody joined the house");
    link::send_verification(services, user, sign_up.email, sign_up.name).await
}

/// Who this address and password belong to. Unknown addresses, wrong passwords and suspended
/// accounts are told apart neither by words nor by time.
pub async fn check_password(
    services: &Services,
    visitor: &Visitor,
    email: &str,
    password: String,
) -> Result<UserId, Failure> {
    let attempt = throttle::Try::new(email, &visitor.address);
    services.throttle.pass(&services.db, &services.config.sign_in, &attempt, services.clock.now()).await?;
    let known = store::credentials(&services.db, &email.trim().to_lowercase()).await?;
    let hash = known.as_ref().and_then(|known| known.password_hash.clone());
    let fits = services.hasher.verify(password, hash).await?;
    match known {
        Some(known) if fits && known.active => {
            store::forgive(&services.db, &attempt).await?;
            Ok(known.user)
        }
        _ => {
            store::note_failure(&services.db, &attempt, services.clock.now()).await?;
            Err(Fault::WrongCredentials.into())
        }
    }
}

/// Whether it is really the signed-in person who asks for something grave.
pub async fn confirm_password(services: &Services, user: UserId, password: String) -> Result<(), Failure> {
    let me = account::look_up(services, user).await?;
    let attempt = throttle::Try::new(me.email.as_str(), &user.to_string());
    services.throttle.pass(&services.db, &services.config.sign_in, &attempt, services.clock.now()).await?;
    let hash = store::password_hash(&services.db, user).await?;
    if services.hasher.verify(password, hash).await? {
        return Ok(());
    }
    store::note_failure(&services.db, &attempt, services.clock.now()).await?;
    Err(Fault::WrongCredentials.into())
}

/// A new sign-in. Every one gets a fresh id, so none can be planted beforehand.
pub async fn open_session(
    services: &Services,
    visitor: &Visitor,
    user: UserId,
    kind: SessionKind,
) -> Result<SessionId, Failure> {
    let id = SessionId(Uuid::now_v7());
    let now = services.clock.now();
    let new = store::NewSession {
        id,
        user,
        kind,
        label: &visitor.label,
        address: &visitor.address,
        now,
        expires_at: now.after(lasts(services, kind)),
    };
    store::insert_session(&services.db, new).await?;
    Ok(id)
}

/// How long a sign-in lives without a visit.
pub fn lasts(services: &Services, kind: SessionKind) -> Duration {
    let sign_in = &services.config.sign_in;
    Duration::days(match kind {
        SessionKind::Browser => sign_in.session_days.into(),
        SessionKind::Token => sign_in.refresh_token_days.into(),
    })
}

pub async fn sign_out(services: &Services, member: Member) -> Result<(), Failure> {
    store::end_session(&services.db, member.id, member.session).await?;
    session_ended(services, member.id, member.session);
    Ok(())
}

/// After commit: the sockets of that sign-in close, and its seats are empty.
pub fn session_ended(services: &Services, user: UserId, session: SessionId) {
    services.hub.end_session(user, session);
    services.presence.forget(user, services.clock.now(), |ended| ended == session);
}

/// The same for all sign-ins of somebody, but perhaps for one.
pub fn sessions_ended(services: &Services, user: UserId, except: Option<SessionId>) {
    services.hub.end_sessions(user, except);
    services.presence.forget(user, services.clock.now(), |ended| Some(ended) != except);
}

pub async fn sessions(services: &Services, member: Member) -> Result<Vec<Session>, Failure> {
    Ok(store::sessions(&services.db, member.id, member.session, services.clock.now()).await?)
}

pub async fn revoke(services: &Services, member: Member, session: SessionId) -> Result<(), Failure> {
    if !store::end_session(&services.db, member.id, session).await? {
        return Err(Fault::NotFound.into());
    }
    session_ended(services, member.id, session);
    Ok(())
}

pub async fn revoke_others(services: &Services, member: Member) -> Result<(), Failure> {
    store::end_sessions(&services.db, member.id, Some(member.session)).await?;
    sessions_ended(services, member.id, Some(member.session));
    Ok(())
}
