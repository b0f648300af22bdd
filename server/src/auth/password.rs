//! Argon2id with OWASP's parameters, on threads of its own: hashing never blocks the runtime, and
//! a flood of sign-ins waits here instead of taking every processor.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::{SaltString, rand_core::OsRng},
};
use focushive::{Fault, text::Password};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::failure::Failure;

/// 19 MiB, 2 passes, 1 lane: OWASP's Password Storage Cheat Sheet.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many may wait for a hashing slot. At some 30 ms a hash this bounds the wait to a few seconds.
const QUEUE: usize = 64;

/// A hash of nothing anybody knows, so that an unknown address takes as long as a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$0VkzPcsDqpbcEKz4BcSNkRDZfbNgLg1xqGBtY7dKnVQ";

#[derive(Clone)]
pub struct Hasher {
    slots: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Hasher {
    pub fn new(threads: Option<u16>) -> Self {
        let half = std::thread::available_parallelism().map_or(1, |n| n.get().div_ceil(2));
        let threads = threads.map_or(half, usize::from).max(1);
        Self { slots: Arc::new(Semaphore::new(threads)), queue: Arc::new(Semaphore::new(threads + QUEUE)) }
    }

    pub async fn hash(&self, password: Password) -> Result<String, Failure> {
        let _place = self.place()?;
        let _slot = self.slot().await?;
        tokio::task::spawn_blocking(move || {
            let salt = SaltString::generate(&mut OsRng);
            argon2()?.hash_password(password.as_str().as_bytes(), &salt).map(|hash| hash.to_string())
        })
        .await
        .map_err(Failure::internal)?
        .map_err(|error| Failure::internal(error.to_string()))
    }

    /// Whether the password fits. Without a hash to compare with it takes as long and says no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Failure> {
        let _place = self.place()?;
        let _slot = self.slot().await?;
        tokio::task::spawn_blocking(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let parsed = PasswordHash::new(&hash)?;
            let fits = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
            Ok::<_, argon2::password_hash::Error>(fits && known)
        })
        .await
        .map_err(Failure::internal)?
        .map_err(|error| Failure::internal(error.to_string()))
    }

    fn place(&self) -> Result<SemaphorePermit<'_>, Failure> {
        self.queue.try_acquire().map_err(|_| Fault::Unavailable { retry_after_ms: 3_000 }.into())
    }

    async fn slot(&self) -> Result<SemaphorePermit<'_>, Failure> {
        self.slots.acquire().await.map_err(Failure::internal)
    }
}

fn argon2() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_fits_and_no_other() {
        let hasher = Hasher::new(Some(1));
        let hash = hasher.hash(Password::parse("seven blue herons").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify("seven blue herons".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("seven blue heronz".to_owned(), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_is_signed_in_whatever_they_type() {
        assert!(!Hasher::new(Some(1)).verify("anything".to_owned(), None).await.unwrap());
    }
}
