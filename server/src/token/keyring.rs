//! The access tokens of outside clients: JWTs of fifteen minutes, signed with one pinned algorithm
//! by a key of ours that is named in the header and changed every month.

use std::sync::{Arc, PoisonError, RwLock};

use focushive::{
    Fault, Moment,
    id::{SessionId, UserId},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use time::Duration;
use uuid::Uuid;

use super::store;
use crate::{failure::Failure, secret};

/// Only this one is ever accepted: a token that names another is refused before its key is looked
/// up, so neither `none` nor a public key taken for a secret gets anywhere.
const ALGORITHM: Algorithm = Algorithm::HS256;
const AUDIENCE: &str = "focushive";

/// How long a key signs, and how much longer it verifies what it signed.
const SIGNS_FOR: Duration = Duration::days(30);
const VERIFIES_ON: Duration = Duration::days(1);

/// One signing key.
#[derive(Clone)]
pub struct Key {
    pub kid: Uuid,
    pub secret: Vec<u8>,
    pub created_at: Moment,
    pub retires_at: Option<Moment>,
}

/// The keys, the newest last.
#[derive(Clone)]
pub struct Keyring(Arc<RwLock<Vec<Key>>>);

#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Who.
    pub sub: UserId,
    /// Through which sign-in.
    pub sid: SessionId,
    pub aud: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

impl Keyring {
    /// The keys of the database, the first one made if there is none.
    pub async fn load(db: &PgPool, now: Moment) -> Result<Self, sqlx::Error> {
        let keyring = Self(Arc::default());
        keyring.refresh(db, now).await?;
        Ok(keyring)
    }

    /// Reads the keys again and makes a new one when the newest is old. Asked at the start and
    /// every hour, on every node; a lock in the database lets one of them make it.
    pub async fn refresh(&self, db: &PgPool, now: Moment) -> Result<(), sqlx::Error> {
        let fresh =
            Key { kid: Uuid::now_v7(), secret: secret::random::<64>().to_vec(), created_at: now, retires_at: None };
        store::rotate_keys(db, &fresh, now.before(SIGNS_FOR), now.after(VERIFIES_ON)).await?;
        let keys = store::token_keys(db, now).await?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    pub fn issue(&self, user: UserId, session: SessionId, now: Moment, expires_at: Moment) -> Result<String, Failure> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.last().ok_or_else(|| Failure::internal("there is no key to sign with"))?;
        let header = Header { kid: Some(key.kid.to_string()), ..Header::new(ALGORITHM) };
        let (iat, exp) = (now.0.unix_timestamp(), expires_at.0.unix_timestamp());
        let claims = Claims { sub: user, sid: session, aud: AUDIENCE.to_owned(), iat, nbf: iat, exp };
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&key.secret)).map_err(Failure::internal)
    }

    /// What the token says, if it is ours and good at `now`. Every flaw gets the same answer.
    pub fn verify(&self, token: &str, now: Moment) -> Result<Claims, Fault> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Fault::SignedOut)?;
        if header.alg != ALGORITHM {
            return Err(Fault::SignedOut);
        }
        let kid = header.kid.and_then(|kid| Uuid::parse_str(&kid).ok()).ok_or(Fault::SignedOut)?;
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.iter().find(|key| key.kid == kid && key.retires_at.is_none_or(|at| at > now));
        let key = key.ok_or(Fault::SignedOut)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(&key.secret), &validation())
            .map_err(|_| Fault::SignedOut)?
            .claims;
        let at = now.0.unix_timestamp();
        if claims.nbf <= at && at < claims.exp { Ok(claims) } else { Err(Fault::SignedOut) }
    }
}

/// Signature and audience by the library; the times by our own clock, without leeway.
fn validation() -> Validation {
    let mut validation = Validation::new(ALGORITHM);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "nbf", "aud", "sub"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}
