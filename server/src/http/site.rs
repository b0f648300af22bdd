//! The built site: what the browser loads besides pages. Files whose names carry a hash of their
//! content are kept for ever; compressed copies made at build time are sent as they lie.

use std::{fs, path::Path};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::Response,
};
use tower_http::services::{ServeDir, ServeFile};

use super::App;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What shows pushes while no page is open.
const WORKER: &str = "/sw.js";

const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// A route for each thing that lies in the site's folder now. Anything else is a page's business.
pub fn routes(root: &str) -> Router<App> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let mut router = Router::new();
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            let files =
                ServeDir::new(&path).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
            router = router.nest_service(&format!("/{name}"), files);
        } else if !is_compressed_copy(&path) {
            let file = ServeFile::new(&path).precompressed_br().precompressed_gzip();
            router = router.route_service(&format!("/{name}"), file);
        }
    }
    router.layer(middleware::from_fn(keep))
}

fn is_compressed_copy(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "br" || ending == "gz")
}

async fn keep(request: Request, next: Next) -> Response {
    let (hashed, worker) = (is_hashed(request.uri().path()), request.uri().path() == WORKER);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if worker {
        // It runs by its own policy, and a new one is found at once.
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    } else if response.status().is_success() {
        let how_long = if hashed { FOR_EVER } else { FOR_AN_HOUR };
        response.headers_mut().insert(header::CACHE_CONTROL, how_long);
    }
    response
}

/// `focushive.F0cUs5h1vE_x-Y.wasm`: a name, a hash of its content, an ending.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    matches!(name.split('.').collect::<Vec<_>>().as_slice(), [_, hash, _] if hash.len() >= 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("/pkg/focushive.dHwfDkn0KVxxMW5eN8bhkA.wasm"));
        assert!(!is_hashed("/pkg/focushive.wasm"));
        assert!(!is_hashed("/favicon.svg"));
        assert!(!is_hashed("/manifest.webmanifest"));
    }
}
