//! What each form does. The ones that open or close a session are here, since they hold the
//! cookie; every other `do` is a request of the table.

use focushive::{
    Caller, Fault,
    account::SessionKind,
    auth::SignUpForm,
    hive::{Accepted, Hive},
    id::UserId,
    pair::Opened,
    protocol::{Backend, Reply},
    theme::Theme,
};
use serde_json::Value;
use tower_sessions::Session;

use super::{Outcome, Sender, read::Submitted};
use crate::{
    account::avatar,
    auth::{self, session::SIGN_IN},
    failure::Failure,
    link,
    notification::summary,
    services::Services,
};

pub(super) async fn run(services: &Services, sender: Sender, form: &Submitted) -> Result<Outcome, Failure> {
    match form.does.as_str() {
        "house.set_up" => {
            let owner = auth::set_up(services, &sign_up_form(form)).await?;
            enter(services, sender, owner, "/").await
        }
        "auth.sign_up" => {
            let user = auth::sign_up(services, &sender.visitor, &sign_up_form(form)).await?;
            enter(services, sender, user, "/").await
        }
        "auth.sign_in" => {
            let password = form.get("password").unwrap_or_default().to_owned();
            let email = form.get("email").unwrap_or_default();
            let user = auth::check_password(services, &sender.visitor, email, password).await?;
            enter(services, sender, user, form.next().unwrap_or("/")).await
        }
        "auth.sign_out" => leave(services, sender).await,
        "auth.forgot" => {
            link::forgot(services, &sender.visitor, form.get("email").unwrap_or_default()).await?;
            Ok(Outcome::Told(Value::Bool(true)))
        }
        "auth.reset" => {
            let user = link::reset(services, token(form), form.get("password").unwrap_or_default()).await?;
            enter(services, sender, user, "/").await
        }
        "auth.verify" => {
            link::verify(services, token(form)).await?;
            Ok(Outcome::Told(Value::Bool(true)))
        }
        "summary.stop" => {
            summary::stop(services, token(form)).await?;
            Ok(Outcome::Told(Value::Bool(true)))
        }
        "theme.set" => Ok(Outcome::Keep { cookie: theme_cookie(services, form)? }),
        "account.set_avatar" => {
            let file = form.file.clone().filter(|file| !file.is_empty());
            let file = file.ok_or_else(|| Fault::field("avatar", "choose a picture first"))?;
            avatar::set(services, sender.caller.user()?, file).await?;
            Ok(Outcome::Done)
        }
        _ => ask(services, sender.caller, form).await,
    }
}

/// A request of the table.
async fn ask(services: &Services, caller: Caller, form: &Submitted) -> Result<Outcome, Failure> {
    let reply = services.handle(caller, form.request()?).await?;
    if matches!(reply, Reply::RemoveAccount(())) {
        return Ok(Outcome::Go("/".to_owned()));
    }
    let answer = serde_json::to_value(&reply).map_err(Failure::internal)?;
    Ok(match reply {
        Reply::CreateHive(Hive { id, .. })
        | Reply::AcceptInvite(Accepted { hive: id })
        | Reply::OpenPair(Opened { hive: id }) => Outcome::Led { answer, path: format!("/hive/{id}") },
        _ if answer.is_null() => Outcome::Done,
        _ => Outcome::Told(answer),
    })
}

/// Signs somebody in on this browser. Whatever session it had is thrown away, so that one planted
/// there beforehand is worth nothing.
async fn enter(services: &Services, sender: Sender, user: UserId, next: &str) -> Result<Outcome, Failure> {
    let cookie = cookie(&sender)?;
    if let Caller::Member(member) = sender.caller {
        auth::sign_out(services, member).await?;
    }
    let session = auth::open_session(services, &sender.visitor, user, SessionKind::Browser).await?;
    cookie.clear().await;
    cookie.cycle_id().await.map_err(Failure::internal)?;
    cookie.insert(SIGN_IN, session).await.map_err(Failure::internal)?;
    Ok(Outcome::Go(next.to_owned()))
}

async fn leave(services: &Services, sender: Sender) -> Result<Outcome, Failure> {
    if let Caller::Member(member) = sender.caller {
        auth::sign_out(services, member).await?;
    }
    cookie(&sender)?.flush().await.map_err(Failure::internal)?;
    Ok(Outcome::Go("/".to_owned()))
}

fn cookie(sender: &Sender) -> Result<&Session, Failure> {
    sender.cookie.as_ref().ok_or_else(|| Failure::internal("a form without a session layer"))
}

fn sign_up_form(form: &Submitted) -> SignUpForm {
    let field = |name: &str| form.get(name).unwrap_or_default().to_owned();
    SignUpForm {
        name: field("name"),
        email: field("email"),
        password: field("password"),
        zone: field("zone"),
        invite: field("invite"),
        house: field("house"),
    }
}

fn token(form: &Submitted) -> &str {
    form.get("token").unwrap_or_default()
}

fn theme_cookie(services: &Services, form: &Submitted) -> Result<String, Fault> {
    let theme: Theme =
        form.get("theme").unwrap_or_default().parse().map_err(|()| Fault::field("theme", "choose one"))?;
    let secure = if services.config.public_url().is_secure() { "; Secure" } else { "" };
    Ok(format!("{}={}; Path=/; SameSite=Lax; Max-Age=31536000{secure}", Theme::COOKIE, theme.as_str()))
}
