//! Secrets that travel in links and tokens: 256 random bits, kept as a digest only.

use aes_gcm::{
    Aes256Gcm, Nonce,
    aead::{Aead, KeyInit},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use rand::RngCore;
use sha2::{Digest, Sha256};

/// A fresh secret, safe in a URL.
pub fn generate() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rngs::ThreadRng::default().fill_bytes(&mut bytes);
    bytes
}

/// What is stored of a secret. A plain hash is enough: the secret has 256 bits of its own.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Signs a text for one purpose.
pub fn sign(key: &[u8], purpose: &str, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(mac(key, purpose, text).finalize().into_bytes())
}

/// Whether `signature` is ours; compared in constant time.
pub fn verify(key: &[u8], purpose: &str, text: &str, signature: &str) -> bool {
    URL_SAFE_NO_PAD.decode(signature).is_ok_and(|signature| mac(key, purpose, text).verify_slice(&signature).is_ok())
}

fn mac(key: &[u8], purpose: &str, text: &str) -> Hmac<Sha256> {
    // A MAC of any key length is defined; the error type is for ciphers.
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap_or_else(|_| <Hmac<Sha256> as Mac>::new(&Default::default()));
    mac.update(purpose.as_bytes());
    mac.update(b"\0");
    mac.update(text.as_bytes());
    mac
}

/// Locks a text up under a password that is long and random; nothing else opens it.
pub fn seal(key: &[u8], password: &str, text: &[u8]) -> Option<Vec<u8>> {
    let nonce = random::<12>();
    let sealed = cipher(key, password)?.encrypt(Nonce::from_slice(&nonce), text).ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

pub fn unseal(key: &[u8], password: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_at_checked(12)?;
    cipher(key, password)?.decrypt(Nonce::from_slice(nonce), sealed).ok()
}

fn cipher(key: &[u8], password: &str) -> Option<Aes256Gcm> {
    Aes256Gcm::new_from_slice(&mac(key, "seal", password).finalize().into_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_purpose_text_and_key_alone() {
        let signature = sign(b"key", "form", "visitor");
        assert!(verify(b"key", "form", "visitor", &signature));
        assert!(!verify(b"other", "form", "visitor", &signature));
        assert!(!verify(b"key", "mail", "visitor", &signature));
        assert!(!verify(b"key", "form", "somebody", &signature));
        assert!(!verify(b"key", "form", "visitor", "not base64!"));
    }

    #[test]
    fn what_is_sealed_opens_with_its_password_alone() {
        let sealed = seal(b"key", "password", b"a link").unwrap();
        assert_eq!(unseal(b"key", "password", &sealed).as_deref(), Some(b"a link".as_slice()));
        assert_eq!(unseal(b"key", "another", &sealed), None);
        assert_eq!(unseal(b"other", "password", &sealed), None);
        assert_eq!(unseal(b"key", "password", b"short"), None);
    }

    #[test]
    fn no_two_secrets_are_alike() {
        assert_ne!(generate(), generate());
    }
}
