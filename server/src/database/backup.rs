//! stub
use std::path::Path;
pub enum Target {
    Empty,
    Replace,
}
pub async fn backup(_: Option<&Path>, _: &str, _: &Path) -> Result<(), std::io::Error> {
    Ok(())
}
pub async fn restore(_: Option<&Path>, _: &str, _: &Path, _: Target) -> Result<(), std::io::Error> {
    Ok(())
}
