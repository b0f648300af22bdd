//! Coming in: setup, sign-up, sign-in, reset; and the tokens of outside clients.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    fault::{Fault, Problems},
    moment::Moment,
    text::{Email, HouseName, Name, Password, Zone},
    user::Person,
};

/// What is typed into the setup and sign-up forms, before any of it is trusted.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignUpForm {
    pub name: String,
    pub email: String,
    pub password: String,
    /// The browser's time zone, if a script could tell.
    pub zone: String,
    /// The secret of an invite link.
    pub invite: String,
    /// What this FocusHive is called; asked at setup alone.
    pub house: String,
}

/// A person about to exist.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub name: Name,
    pub email: Email,
    pub password: Password,
    pub zone: Zone,
}

impl SignUpForm {
    /// Everything that is wrong with it at once, or the sign-up.
    pub fn check(&self) -> Result<SignUp, Fault> {
        let mut problems = Problems::default();
        let name = problems.check("name", Name::parse(&self.name));
        let email = problems.check("email", Email::parse(&self.email));
        let password = problems.check("password", Password::parse(&self.password));
        let zone = Zone::parse(&self.zone).unwrap_or_else(|_| Zone::utc());
        match (name, email, password) {
            (Some(name), Some(email), Some(password)) if !too_easy(&password, &email) => {
                Ok(SignUp { name, email, password, zone })
            }
            (_, Some(_), Some(_)) if self.name_fits() => Err(Fault::field("password", TOO_EASY)),
            _ => Err(problems.fault()),
        }
    }

    /// The same for the setup page, which also names the house.
    pub fn check_setup(&self) -> Result<(SignUp, HouseName), Fault> {
        match (self.check(), HouseName::parse(&self.house)) {
            (Ok(sign_up), Ok(house)) => Ok((sign_up, house)),
            (Err(Fault::Invalid { mut problems }), Err(problem)) => {
                problems.push(crate::fault::Problem { field: "house".to_owned(), message: problem.to_string() });
                Err(Fault::Invalid { problems })
            }
            (Err(fault), _) => Err(fault),
            (Ok(_), Err(problem)) => Err(Fault::field("house", problem.to_string())),
        }
    }

    fn name_fits(&self) -> bool {
        Name::parse(&self.name).is_ok()
    }
}

/// Said beside a password that anybody would try first.
pub const TOO_EASY: &str = "this one is too easy to guess: try a few unrelated words";

/// Whether a password is one that is tried first: one character or a run repeated, the address
/// itself, or one of the few that fill every leaked list.
pub fn too_easy(password: &Password, email: &Email) -> bool {
    let text = password.as_str().to_lowercase();
    let local = email.as_str().split('@').next().unwrap_or_default();
    let distinct: std::collections::BTreeSet<char> = text.chars().collect();
    distinct.len() < 4
        || text == email.as_str()
        || text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '!') == local
        || "01234567890123456789".contains(&text)
        || COMMON.contains(&text.as_str())
}

/// The most used passwords of ten characters and more.
const COMMON: [&str; 16] = [
    "password12",
    "password123",
    "password1234",
    "passwordpassword",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "iloveyou12",
    "letmein123",
    "welcome123",
    "administrator",
    "abcdefghij",
    "focushive1",
    "focushive123",
];

/// Sign-in as an outside client sends it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: String,
    pub password: String,
    /// What to call this client in the list of sessions.
    #[serde(default)]
    pub device: Option<String>,
}

/// What an outside client holds: a short-lived access token and the one use of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: String,
    pub token_type: String,
    pub expires_at: Moment,
    pub user: Person,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    pub refresh_token: String,
}

/// Asks for a link with which to set a new password.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgot {
    pub email: String,
}

/// Sets a new password with such a link's secret.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    pub token: String,
    pub password: String,
}

/// Confirms an address with the secret of the link that went there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    pub token: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Refusal;

    fn form() -> SignUpForm {
        SignUpForm {
            name: "Ada".to_owned(),
            email: "ada@example.org".to_owned(),
            password: "seven blue herons".to_owned(),
            ..SignUpForm::default()
        }
    }

    #[test]
    fn a_sound_form_becomes_a_sign_up() {
        assert_eq!(form().check().unwrap().zone, Zone::utc());
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let Err(Fault::Invalid { problems }) = SignUpForm::default().check_setup() else { panic!("refused") };
        let fields: Vec<_> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["name", "email", "password", "house"]);
    }

    #[test]
    fn passwords_everybody_tries_first_are_refused() {
        for easy in ["aaaaaaaaaaaa", "ada@example.org", "Password123", "1234567890", "abababababab"] {
            let fault = SignUpForm { password: easy.to_owned(), ..form() }.check().unwrap_err();
            assert_eq!(Refusal::from(fault.clone()).problem("password"), Some(TOO_EASY), "{easy}");
        }
    }
}
