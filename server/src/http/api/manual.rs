//! x
use axum::response::Response;
pub async fn show() -> Response {
    todo()
}
fn todo() -> Response {
    axum::response::IntoResponse::into_response(())
}
