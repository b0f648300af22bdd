//! Mail: the few letters that are sent, and how they leave. Without a mail server nothing is sent,
//! and whoever would have got a link gets it from an admin.

use std::sync::Arc;

use focushive::text::{Email, Name};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use thiserror::Error;
use tokio_util::task::TaskTracker;

use crate::config;

#[derive(Clone)]
pub enum Mailer {
    Off,
    Smtp(Arc<Post>),
}

/// The way to a mail server. `sending` owns the letters under way, so that a shutdown waits for them.
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    sending: TaskTracker,
}

#[derive(Debug, Error)]
pub enum MailProblem {
    #[error("FOCUSHIVE_SMTP_URL is not understood: {0}")]
    Url(#[from] lettre::transport::smtp::Error),
    #[error("FOCUSHIVE_MAIL_FROM is not a sender: {0}")]
    From(#[from] lettre::address::AddressError),
    #[error("this is not an address: {0}")]
    To(lettre::address::AddressError),
    #[error("this house sends no mail")]
    Off,
    #[error("the letter cannot be written: {0}")]
    Written(#[from] lettre::error::Error),
    #[error("the mail server did not take it: {0}")]
    Sent(lettre::transport::smtp::Error),
}

/// A letter to one person.
pub struct Letter {
    pub to: Email,
    pub name: Name,
    pub subject: String,
    pub body: String,
    /// Where a mail program ends letters of this kind at one press.
    pub stop: Option<String>,
}

/// What a summary says.
pub struct Summarised {
    pub to: Email,
    pub name: Name,
    pub lines: Vec<String>,
    /// How much more there is.
    pub more: usize,
    /// Where all of it is.
    pub all: String,
    /// The page that ends them, and what a mail program calls for it.
    pub stop: String,
    pub stop_at_once: String,
}

impl Mailer {
    pub fn new(config: &config::Mail) -> Result<Self, MailProblem> {
        let Some(url) = &config.smtp_url else { return Ok(Self::Off) };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())?.build();
        Ok(Self::Smtp(Arc::new(Post { transport, from: config.from.parse()?, sending: TaskTracker::new() })))
    }

    pub const fn is_on(&self) -> bool {
        matches!(self, Self::Smtp(_))
    }

    /// Sends it in the background, so that neither the mail server's speed nor its health is felt,
    /// or can be timed, by whoever asked. A letter that cannot be sent is logged.
    pub fn post(&self, letter: Letter) {
        let Self::Smtp(post) = self.clone() else { return };
        post.sending.clone().spawn(async move {
            if let Err(error) = send(&post, letter).await {
                tracing::error!(%error, "a letter could not be sent");
            }
        });
    }

    /// Sends it, and says whether the mail server took it.
    pub async fn send(&self, letter: Letter) -> Result<(), MailProblem> {
        let Self::Smtp(post) = self else { return Err(MailProblem::Off) };
        send(post, letter).await
    }

    /// Waits for the letters under way.
    pub async fn drain(&self) {
        if let Self::Smtp(post) = self {
            post.sending.close();
            post.sending.wait().await;
        }
    }
}

async fn send(post: &Post, letter: Letter) -> Result<(), MailProblem> {
    let address = letter.to.as_str().parse().map_err(MailProblem::To)?;
    let to = Mailbox::new(Some(letter.name.to_string()), address);
    let mut message = Message::builder()
        .from(post.from.clone())
        .to(to)
        .subject(letter.subject)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.body)?;
    if let Some(stop) = letter.stop {
        let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        let headers = message.headers_mut();
        headers.insert_raw(header("List-Unsubscribe", format!("<{stop}>")));
        headers.insert_raw(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    post.transport.send(message).await.map_err(MailProblem::Sent)?;
    Ok(())
}

impl Letter {
    fn plain(to: Email, name: Name, subject: &str, body: String) -> Self {
        Self { to, name, subject: subject.to_owned(), body, stop: None }
    }
}

pub fn verification(to: Email, name: Name, link: &str) -> Letter {
    let body = format!(
        "Hello {name},\n\nplease open this link to confirm that this address is yours:\n\n{link}\n\n\
         If you did not sign up, you need not do anything.\n"
    );
    Letter::plain(to, name, "Confirm your address", body)
}

pub fn reset(to: Email, name: Name, link: &str) -> Letter {
    let body = format!(
        "Hello {name},\n\nwith this link you can set a new password. It works once, within an hour:\n\n{link}\n\n\
         If you did not ask for it, you need not do anything; your password stays as it is.\n"
    );
    Letter::plain(to, name, "Set a new password", body)
}

pub fn new_address(to: Email, name: Name, link: &str) -> Letter {
    let body = format!(
        "Hello {name},\n\nplease open this link to make this the address of your account:\n\n{link}\n\n\
         If you did not ask for it, you need not do anything.\n"
    );
    Letter::plain(to, name, "Confirm your new address", body)
}

/// To the old address, which is the one its owner knows.
pub fn address_changes(to: Email, name: Name, new: &Email) -> Letter {
    let body = format!(
        "Hello {name},\n\nsomebody who is signed in as you asked that your address be {new} from now on. That happens \
         once a link which was sent there is opened; until then this one stays.\n\nIf that was not you, change your \
         password, and say in Settings that you keep this address.\n"
    );
    Letter::plain(to, name, "Your address is about to change", body)
}

pub fn token_reuse(to: Email, name: Name) -> Letter {
    let body = format!(
        "Hello {name},\n\na sign-in token of yours was used a second time, which happens when somebody has a copy \
         of it. We have signed that device out. If you see devices that are not yours in Settings, Sessions, end \
         them and change your password.\n"
    );
    Letter::plain(to, name, "A device was signed out", body)
}

pub fn summary(said: Summarised) -> Letter {
    let Summarised { to, name, lines, more, all, stop, stop_at_once } = said;
    let count = lines.len() + more;
    let things = if count == 1 { "one thing waits for you".to_owned() } else { format!("{count} things wait for you") };
    let rest = if more > 0 { format!("\n\nand {more} more") } else { String::new() };
    let body = format!(
        "Hello {name},\n\n{things} in FocusHive:\n\n{}{rest}\n\nAll of it: {all}\n\nYou asked for this summary. \
         No more of them: {stop}\n",
        lines.join("\n\n"),
    );
    let subject = format!("FocusHive: {things}");
    Letter { stop: Some(stop_at_once), ..Letter::plain(to, name, &subject, body) }
}
