//! Configuration: one struct a concern, each field with its variable, its default and one line of
//! meaning. Read once at the start, from the environment alone; nothing is baked in.

mod value;

use std::{net::SocketAddr, path::PathBuf};

pub use value::{ConfigProblem, CorsOrigins, Listen, LogFormat, ProxyHeader, PublicUrl, PushServices, Seconds, Value};

/// One variable, as `focushive --help` and `focushive config` show it.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
    /// As read; secrets are masked.
    pub value: String,
}

/// Where values come from: the process's environment, or a test's own list.
pub type Source<'a> = &'a dyn Fn(&str) -> Option<String>;

macro_rules! settings {
    ($($(#[doc = $about:literal])* $concern:ident { $($(#[doc = $meaning:literal])* $field:ident: $kind:ty = $default:literal, $variable:literal;)* })*) => {
        $(
            $(#[doc = $about])*
            #[derive(Clone, Debug)]
            pub struct $concern {
                $($(#[doc = $meaning])* pub $field: $kind,)*
            }

            impl $concern {
                fn read(source: Source<'_>) -> Result<Self, ConfigProblem> {
                    Ok(Self { $($field: value::read(source, $variable, $default)?,)* })
                }

                fn variables(&self) -> Vec<Variable> {
                    vec![$(Variable {
                        name: $variable,
                        default: $default,
                        meaning: concat!($($meaning),*).trim_ascii_start(),
                        value: Value::show(&self.$field),
                    },)*]
                }
            }
        )*
    };
}

settings! {
    /// How people reach it.
    Web {
        /// the address and port to listen on
        listen: SocketAddr = "127.0.0.1:3000", "FOCUSHIVE_LISTEN";
        /// the address people type, without a path; decides links in mail and whether cookies need https
        public_url: Option<PublicUrl> = "", "FOCUSHIVE_PUBLIC_URL";
        /// the built site; by default the folder `site` beside the executable
        site: Option<PathBuf> = "", "FOCUSHIVE_SITE";
        /// the header in which a proxy of yours names the visitor's address, such as X-Forwarded-For
        proxy_header: Option<ProxyHeader> = "", "FOCUSHIVE_PROXY_HEADER";
        /// the other sites whose scripts may ask at /api/v1, with commas between them, or * for all; they send a token, never a cookie
        cors_origins: CorsOrigins = "", "FOCUSHIVE_CORS_ORIGINS";
        /// how long a request may take
        request_timeout: Seconds = "30", "FOCUSHIVE_REQUEST_SECONDS";
    }

    /// Where it remembers.
    Data {
        /// a Postgres of your own; without it a private one is started
        database_url: Option<value::Secret> = "", "DATABASE_URL";
        /// the folder of the private Postgres
        folder: PathBuf = ".focushive", "FOCUSHIVE_DATA";
        /// the folder of Postgres's programs, where they are not found by themselves
        postgres_bin: Option<PathBuf> = "", "FOCUSHIVE_POSTGRES_BIN";
        /// how many connections to the database at most
        connections: u32 = "16", "FOCUSHIVE_DATABASE_CONNECTIONS";
    }

    /// How it sends mail.
    Mail {
        /// the mail server, like smtps://name:password@mail.example.org; without it links are handed out by admins
        smtp_url: Option<value::Secret> = "", "FOCUSHIVE_SMTP_URL";
        /// the sender of mail
        from: String = "FocusHive <focushive@localhost>", "FOCUSHIVE_MAIL_FROM";
    }

    /// How it reaches browsers in which no page of it is open.
    Push {
        /// the push services it speaks to: the ends of their hosts' names, with commas between them
        services: PushServices = "fcm.googleapis.com,push.services.mozilla.com,notify.windows.com,push.apple.com", "FOCUSHIVE_PUSH_SERVICES";
        /// where a push service complains, like mailto:admin@example.org; by default the public address
        complaints: Option<String> = "", "FOCUSHIVE_PUSH_CONTACT";
    }

    /// How people come in.
    SignIn {
        /// how long a browser stays signed in without a visit
        session_days: u16 = "30", "FOCUSHIVE_SESSION_DAYS";
        /// how many passwords are checked at once; by default half the processors
        hashers: Option<u16> = "", "FOCUSHIVE_HASHERS";
        /// failures of one account within the window before tries are slowed
        account_failures: u32 = "5", "FOCUSHIVE_ACCOUNT_FAILURES";
        /// failures of one network address within the window before tries are slowed
        address_failures: u32 = "19", "FOCUSHIVE_ADDRESS_FAILURES";
        /// how far back failures are counted
        failure_window: Seconds = "600", "FOCUSHIVE_FAILURE_SECONDS";
        /// how long an access token of an outside client is good for
        access_token: Seconds = "900", "FOCUSHIVE_ACCESS_TOKEN_SECONDS";
        /// how long a refresh token is good for, in days
        refresh_token_days: u16 = "30", "FOCUSHIVE_REFRESH_TOKEN_DAYS";
    }

    /// How much of what one may do in a while.
    Limits {
        /// how many messages one person may send in a minute
        sends_a_minute: u32 = "100", "FOCUSHIVE_SENDS_PER_MINUTE";
        /// how many hives one person may join in a minute
        joins_a_minute: u32 = "30", "FOCUSHIVE_JOINS_PER_MINUTE";
        /// how often in a minute one person may be shown writing
        typing_a_minute: u32 = "120", "FOCUSHIVE_TYPING_PER_MINUTE";
        /// how many reactions one person may give or take back in a minute
        reactions_a_minute: u32 = "200", "FOCUSHIVE_REACTIONS_PER_MINUTE";
        /// how many invite links one person may make in a minute
        invites_a_minute: u32 = "60", "FOCUSHIVE_INVITES_PER_MINUTE";
        /// how many hives one person may make in a minute
        hives_a_minute: u32 = "20", "FOCUSHIVE_HIVES_PER_MINUTE";
        /// how many pictures one person may upload in a minute
        uploads_a_minute: u32 = "10", "FOCUSHIVE_UPLOADS_PER_MINUTE";
        /// how many sockets one sign-in, or an address before it is known whose, may open in a minute
        connects_a_minute: u32 = "20", "FOCUSHIVE_CONNECTS_PER_MINUTE";
        /// how many frames may come over one socket in a minute
        frames_a_minute: u32 = "1200", "FOCUSHIVE_FRAMES_PER_MINUTE";
        /// how many of these may be done at once before the pace counts; of what may be done less often, fewer
        burst: u32 = "20", "FOCUSHIVE_BURST";
        /// how often in a minute one may be refused before the connection is ended
        refusals_a_minute: u32 = "10", "FOCUSHIVE_REFUSALS_PER_MINUTE";
        /// how long a request of somebody signed in may take before they are told to come back
        answer_within: Seconds = "3", "FOCUSHIVE_ANSWER_SECONDS";
        /// how many topics one connection may listen to
        topics: u32 = "512", "FOCUSHIVE_TOPICS_PER_CONNECTION";
        /// how many events may wait for one slow reader before it is told to come back
        outbox_events: u32 = "512", "FOCUSHIVE_OUTBOX_EVENTS";
        /// how many bytes of them
        outbox_bytes: u32 = "1048576", "FOCUSHIVE_OUTBOX_BYTES";
        /// how many missed events of a topic are told again; who missed more gets a snapshot
        replay_events: u32 = "10000", "FOCUSHIVE_REPLAY_EVENTS";
        /// for how long they are kept, in hours
        replay_hours: u16 = "24", "FOCUSHIVE_REPLAY_HOURS";
        /// how long a request's head may take once it has begun
        slowest_head: Seconds = "10", "FOCUSHIVE_HEAD_SECONDS";
        /// how long a connection may be silent before a request
        kept_alive: Seconds = "75", "FOCUSHIVE_KEEP_ALIVE_SECONDS";
        /// how many connections may be open in all
        connections: u32 = "20000", "FOCUSHIVE_CONNECTIONS";
        /// how many of one network address may be open and have asked for nothing yet; a proxy of yours is one address
        silent_connections: u32 = "2000", "FOCUSHIVE_SILENT_CONNECTIONS";
        /// how long somebody may take to say who they are
        handshake: Seconds = "10", "FOCUSHIVE_HANDSHAKE_SECONDS";
        /// how often a socket is asked whether anybody is there
        ping_every: Seconds = "25", "FOCUSHIVE_PING_SECONDS";
        /// how long a socket may be silent, pings unanswered, before it counts as dead
        dead_after: Seconds = "60", "FOCUSHIVE_DEAD_SECONDS";
        /// how long a socket that listens to nothing may ask for nothing
        idle_after: Seconds = "300", "FOCUSHIVE_IDLE_SECONDS";
    }

    /// What it says about itself.
    Telemetry {
        /// what is logged, as tracing's filters say it
        log: String = "info", "FOCUSHIVE_LOG";
        /// pretty, json, or auto: pretty on a terminal
        log_format: LogFormat = "auto", "FOCUSHIVE_LOG_FORMAT";
        /// where Prometheus finds the figures; `off` for nowhere
        metrics: Listen = "127.0.0.1:3001", "FOCUSHIVE_METRICS_LISTEN";
    }

    /// For those who build it.
    Development {
        /// whether /ui shows every component in every state
        ui_page: bool = "false", "FOCUSHIVE_UI_PAGE";
    }
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    pub web: Web,
    pub data: Data,
    pub mail: Mail,
    pub push: Push,
    pub sign_in: SignIn,
    pub limits: Limits,
    pub telemetry: Telemetry,
    pub development: Development,
}

impl Config {
    pub fn read(source: Source<'_>) -> Result<Self, ConfigProblem> {
        Ok(Self {
            web: Web::read(source)?,
            data: Data::read(source)?,
            mail: Mail::read(source)?,
            push: Push::read(source)?,
            sign_in: SignIn::read(source)?,
            limits: Limits::read(source)?,
            telemetry: Telemetry::read(source)?,
            development: Development::read(source)?,
        })
    }

    pub fn from_env() -> Result<Self, ConfigProblem> {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// Every variable with its value, concern by concern.
    pub fn variables(&self) -> Vec<(&'static str, Vec<Variable>)> {
        vec![
            ("How people reach it", self.web.variables()),
            ("Where it remembers", self.data.variables()),
            ("How it sends mail", self.mail.variables()),
            ("How it reaches closed browsers", self.push.variables()),
            ("How people come in", self.sign_in.variables()),
            ("How much one may do", self.limits.variables()),
            ("What it says about itself", self.telemetry.variables()),
            ("For those who build it", self.development.variables()),
        ]
    }

    /// The address people type: as set, or where it listens.
    pub fn public_url(&self) -> PublicUrl {
        self.web.public_url.clone().unwrap_or_else(|| PublicUrl::of(self.web.listen))
    }
}

impl Push {
    /// Where to complain: push services want a word.
    pub fn contact(&self, house: &PublicUrl) -> String {
        self.complaints.clone().unwrap_or_else(|| house.as_str().to_owned())
    }

    /// Whether this house speaks to that address.
    pub fn allows(&self, endpoint: &str) -> bool {
        self.services.allow(endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigProblem> {
        let find = |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Config::read(&find)
    }

    #[test]
    fn everything_has_a_default() {
        let config = read(&[]).unwrap();
        assert_eq!(config.public_url().as_str(), "http://127.0.0.1:3000");
        assert!(config.data.database_url.is_none());
    }

    #[test]
    fn a_bad_value_is_refused_in_one_sentence_that_names_the_variable() {
        for (name, value) in [
            ("FOCUSHIVE_LISTEN", "everywhere"),
            ("FOCUSHIVE_PUBLIC_URL", "focus.example.org"),
            ("FOCUSHIVE_DATABASE_CONNECTIONS", "many"),
            ("FOCUSHIVE_LOG_FORMAT", "loud"),
            ("FOCUSHIVE_UI_PAGE", "maybe"),
            ("FOCUSHIVE_CORS_ORIGINS", "https://app.example.org/path"),
        ] {
            let problem = read(&[(name, value)]).unwrap_err().to_string();
            assert!(problem.contains(name) && problem.contains(value), "{problem}");
        }
    }

    #[test]
    fn secrets_are_masked_wherever_they_are_shown() {
        let config =
            read(&[("DATABASE_URL", "postgres://u:hunter2@h/d"), ("FOCUSHIVE_SMTP_URL", "smtp://u:hunter2@h")])
                .unwrap();
        assert!(!format!("{config:?}{:?}", config.variables()).contains("hunter2"));
    }

    #[test]
    fn a_bad_secret_is_not_repeated() {
        let problem = read(&[("DATABASE_URL", "mysql://u:hunter2@h/d")]).unwrap_err().to_string();
        assert!(problem.contains("DATABASE_URL") && !problem.contains("hunter2"));
    }

    #[test]
    fn every_variable_says_what_it_means() {
        for (_, variables) in read(&[]).unwrap().variables() {
            for variable in variables {
                assert!(variable.meaning.len() > 10, "{}", variable.name);
            }
        }
    }
}
