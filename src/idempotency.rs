//! The `Idempotency-Key` of requests that create or mail something: the same request keeps its key until it is known what
//! became of it, so that sending it again does nothing twice.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::api::ApiError;

/// Requests of which nothing is known are few: beyond so many, the keys of all of them are forgotten.
const UNANSWERED_MAX: usize = 100;

thread_local! {
    static UNANSWERED: RefCell<HashMap<String, String>> = RefCell::default();
}

/// The key of one request, while it is not known what became of it.
pub(crate) struct RequestKey {
    request: String,
    key: String,
}

impl RequestKey {
    /// The key that the same request had before if it was not answered, or else a new one.
    pub(crate) fn of(request: String) -> Self {
        Self::with(request, fresh_key)
    }

    fn with(request: String, fresh: impl FnOnce() -> String) -> Self {
        let key = UNANSWERED.with_borrow_mut(|unanswered| {
            if unanswered.len() >= UNANSWERED_MAX {
                unanswered.clear();
            }
            unanswered.entry(request.clone()).or_insert_with(fresh).clone()
        });
        Self { request, key }
    }

    /// Empty where the browser has no randomness: the request goes without a key then.
    pub(crate) fn as_str(&self) -> &str {
        &self.key
    }

    /// Forgets the key once the request was answered: the next one is another request.
    pub(crate) fn answered<T>(self, answer: &Result<T, ApiError>) {
        let is_unknown = match answer {
            Ok(_) => false,
            Err(ApiError::Offline) => true,
            Err(ApiError::Problem(problem)) => problem.status >= 500,
        };
        if !is_unknown {
            UNANSWERED.with_borrow_mut(|unanswered| unanswered.remove(&self.request));
        }
    }
}

fn fresh_key() -> String {
    let mut bytes = [0_u8; 16];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let filled = crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
    filled.map(|_| bytes.iter().map(|byte| format!("{byte:02x}")).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(request: &str, fresh: &str) -> RequestKey {
        RequestKey::with(request.to_owned(), || fresh.to_owned())
    }

    #[test]
    fn request_keeps_its_key_until_it_is_answered() {
        let first = key("POST groups A", "1");
        assert_eq!(first.as_str(), "1");
        first.answered::<()>(&Err(ApiError::Offline));
        let again = key("POST groups A", "2");
        assert_eq!((again.as_str(), key("POST groups B", "3").as_str()), ("1", "3"));
        again.answered(&Ok(()));
        assert_eq!(key("POST groups A", "4").as_str(), "4");
    }
}
