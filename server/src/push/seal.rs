//! What a push looks like on its way: sealed for one browser (RFC 8291), and signed by this house
//! (RFC 8292).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use focushive::Moment;
use p256::{
    PublicKey, SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer},
    elliptic_curve::sec1::ToEncodedPoint,
};
use time::Duration;
use web_push_native::Auth;

use crate::secret;

/// How long a signature is good for; push services refuse more than a day.
const SIGNED_FOR: Duration = Duration::hours(12);

/// The key that this house signs with.
#[derive(Clone)]
pub struct Key(SecretKey);

impl Key {
    /// The bytes of a new one. Nearly every number is a key; the next is tried where one is not.
    pub fn fresh() -> Vec<u8> {
        loop {
            let bytes = secret::random::<32>();
            if SecretKey::from_slice(&bytes).is_ok() {
                return bytes.to_vec();
            }
        }
    }

    pub fn read(bytes: &[u8]) -> Option<Self> {
        SecretKey::from_slice(bytes).ok().map(Self)
    }

    /// As browsers want it.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key().to_encoded_point(false).as_bytes())
    }

    /// The word that says who pushes: for one push service, and for some hours.
    pub fn signature(&self, origin: &str, contact: &str, now: Moment) -> String {
        let until = now.after(SIGNED_FOR).0.unix_timestamp();
        let claims = serde_json::json!({ "aud": origin, "exp": until, "sub": contact });
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let said = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature: Signature = SigningKey::from(&self.0).sign(said.as_bytes());
        let token = format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()));
        format!("vapid t={token}, k={}", self.public())
    }
}

/// Whether these bytes are a browser's key.
pub fn is_key(bytes: &[u8]) -> bool {
    PublicKey::from_sec1_bytes(bytes).is_ok()
}

/// Sealed, so that only the browser reads it.
pub fn seal(words: &str, p256dh: &[u8], auth: &[u8]) -> Option<Vec<u8>> {
    let key = PublicKey::from_sec1_bytes(p256dh).ok()?;
    let auth: [u8; 16] = auth.try_into().ok()?;
    web_push_native::encrypt(words.as_bytes().to_vec(), &key, &Auth::from(auth)).ok()
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{VerifyingKey, signature::Verifier};
    use time::macros::datetime;

    use super::*;

    #[test]
    fn only_the_browser_reads_what_is_sealed_for_it() {
        let browser = Key::read(&Key::fresh()).unwrap();
        let point = browser.0.public_key().to_encoded_point(false);
        let sealed = seal("hello", point.as_bytes(), &[7; 16]).unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"hello"));
        let opened = web_push_native::decrypt(sealed, &browser.0, &Auth::from([7; 16])).unwrap();
        assert_eq!(opened, b"hello");
    }

    #[test]
    fn what_is_signed_is_checked_with_the_public_key() {
        let key = Key::read(&Key::fresh()).unwrap();
        let said =
            key.signature("https://push.example.org", "mailto:a@example.org", Moment(datetime!(2026-01-05 10:00 UTC)));
        let token = said.strip_prefix("vapid t=").unwrap().split(',').next().unwrap();
        let (words, signature) = token.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        let public = URL_SAFE_NO_PAD.decode(key.public()).unwrap();
        VerifyingKey::from_sec1_bytes(&public).unwrap().verify(words.as_bytes(), &signature).unwrap();
    }
}
