//! stub
use std::path::Path;
#[derive(Debug, thiserror::Error)] #[error("x")] pub struct PrivatePostgresError;
pub struct PrivatePostgres;
impl PrivatePostgres { pub async fn start(_: &Path, _: Option<&Path>) -> Result<Self, PrivatePostgresError> { Err(PrivatePostgresError) } pub fn url(&self) -> String { String::new() } pub fn folder(&self) -> &Path { Path::new("") } pub async fn stop(self) -> Result<(), PrivatePostgresError> { Ok(()) } }
