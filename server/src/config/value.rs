//! The kinds of values a variable can hold, each read from a text with a sentence on failure.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use axum::http::HeaderName;
use thiserror::Error;

use super::Source;

/// A value that cannot be used; the sentence stops the start.
#[derive(Debug, Error)]
#[error("{variable} {}: {wants}", .value.as_ref().map_or_else(|| "has a value that cannot be used".to_owned(), |v| format!("cannot be {v:?}")))]
pub struct ConfigProblem {
    variable: &'static str,
    /// Absent where the value is a secret.
    value: Option<String>,
    wants: &'static str,
}

/// A kind of value.
pub trait Value: Sized {
    const WANTS: &'static str;
    const SECRET: bool = false;

    fn parse(text: &str) -> Option<Self>;
    fn show(&self) -> String;
}

pub(super) fn read<V: Value>(source: Source<'_>, variable: &'static str, default: &str) -> Result<V, ConfigProblem> {
    let text = source(variable).filter(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned());
    V::parse(text.trim()).ok_or_else(|| ConfigProblem {
        variable,
        value: (!V::SECRET).then_some(text),
        wants: V::WANTS,
    })
}

impl<V: Value> Value for Option<V> {
    const WANTS: &'static str = V::WANTS;
    const SECRET: bool = V::SECRET;

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { V::parse(text).map(Some) }
    }

    fn show(&self) -> String {
        self.as_ref().map(Value::show).unwrap_or_default()
    }
}

macro_rules! plain {
    ($($kind:ty: $wants:literal;)*) => {$(
        impl Value for $kind {
            const WANTS: &'static str = $wants;

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

plain! {
    SocketAddr: "it wants an address and a port, like 127.0.0.1:3000";
    String: "it wants a text";
    u16: "it wants a whole number up to 65535";
    u32: "it wants a whole number";
    bool: "it wants true or false";
    ProxyHeader: "it wants the name of a header, like X-Forwarded-For";
    LogFormat: "it wants pretty, json or auto";
    Listen: "it wants an address and a port, like 127.0.0.1:3001, or off";
    PublicUrl: "it wants an address like https://focus.example.org, without a path";
    Seconds: "it wants a number of seconds";
    CorsOrigins: "it wants addresses like https://app.example.org with commas between them, or *";
    PushServices: "it wants hosts with commas between them, like push.example.org";
}

impl Value for PathBuf {
    const WANTS: &'static str = "it wants a path";

    fn parse(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

/// A connection address with a password in it. It prints as dots.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Value for Secret {
    const WANTS: &'static str = "it wants an address that begins with postgres://, smtp:// or smtps://";
    const SECRET: bool = true;

    fn parse(text: &str) -> Option<Self> {
        let known =
            ["postgres://", "postgresql://", "smtp://", "smtps://"].iter().any(|scheme| text.starts_with(scheme));
        known.then(|| Self(text.to_owned()))
    }

    fn show(&self) -> String {
        "••••••••".to_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}

/// Scheme, host and port, and nothing after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    pub fn of(listen: SocketAddr) -> Self {
        Self(format!("http://{listen}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether cookies may demand https.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for PublicUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(())?;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if host.is_empty() || !host.chars().all(fits) { Err(()) } else { Ok(Self(text.to_lowercase())) }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A header that a proxy sets and a visitor cannot.
#[derive(Clone, Debug)]
pub struct ProxyHeader(pub HeaderName);

impl FromStr for ProxyHeader {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse().map(Self).map_err(|_| ())
    }
}

impl fmt::Display for ProxyHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Auto,
    Pretty,
    Json,
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "auto" => Ok(Self::Auto),
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Pretty => "pretty",
            Self::Json => "json",
        })
    }
}

/// An address to listen on, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    On(SocketAddr),
    Off,
}

impl FromStr for Listen {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "off" { Ok(Self::Off) } else { text.parse().map(Self::On).map_err(|_| ()) }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(address) => address.fmt(f),
            Self::Off => f.write_str("off"),
        }
    }
}

/// A span of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub u32);

impl Seconds {
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl FromStr for Seconds {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse().map(Self).map_err(|_| ())
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The other sites whose scripts may ask; with `*`, all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigins {
    All,
    Some(Vec<PublicUrl>),
}

impl CorsOrigins {
    pub fn allow(&self, origin: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(known) => known.iter().any(|known| known.as_str().eq_ignore_ascii_case(origin)),
        }
    }
}

impl FromStr for CorsOrigins {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "*" {
            return Ok(Self::All);
        }
        let named = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        named.map(str::parse).collect::<Result<_, ()>>().map(Self::Some)
    }
}

impl fmt::Display for CorsOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Some(known) => f.write_str(&known.iter().map(PublicUrl::as_str).collect::<Vec<_>>().join(",")),
        }
    }
}

/// The push services that are spoken to. An address that a browser names is nobody's to be trusted:
/// it could lead into the network this house stands in.
#[derive(Clone, Debug)]
pub struct PushServices(Vec<String>);

impl PushServices {
    /// By `https` to a host of that name or below it; or below an address that is named in full.
    pub fn allow(&self, endpoint: &str) -> bool {
        let Ok(address) = endpoint.parse::<axum::http::Uri>() else { return false };
        let host = address.host().unwrap_or_default();
        let plain = address.scheme_str() == Some("https") && address.port().is_none() && !endpoint.contains('@');
        let below = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.0.iter().any(|known| {
            if known.contains("://") {
                endpoint.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('/'))
            } else {
                plain && below(known)
            }
        })
    }
}

impl FromStr for PushServices {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let named: Vec<String> = text.split(',').map(|name| name.trim().to_lowercase()).collect();
        if named.iter().any(String::is_empty) { Err(()) } else { Ok(Self(named)) }
    }
}

impl fmt::Display for PushServices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}
