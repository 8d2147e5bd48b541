//! Addresses that lead to the sign-in page and back, and the secrets that links carry behind the `#`.

use leptos::prelude::window;
use wasm_bindgen::JsValue;

/// The sign-in page's address, which knows where to go on afterwards.
pub(super) fn sign_in_address(here: &str, encode: impl Fn(&str) -> String) -> String {
    if here == "/" { "/sign-in".to_owned() } else { ["/sign-in?next=", &encode(here)].concat() }
}

/// Where to go on after signing in: an address of the console, never of another site.
pub(crate) fn next_address(asked: Option<&str>) -> String {
    let is_own = |next: &&str| {
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains('\\')
            && !next.chars().any(char::is_control)
            && !next.starts_with("/sign-in")
            && !next.starts_with("/api/")
    };
    asked.filter(is_own).unwrap_or("/").to_owned()
}

/// What stands behind the `#` of the address. It never leaves the browser by itself.
pub(crate) fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Takes the fragment out of the address bar and the history.
pub(crate) fn forget_fragment() {
    if let (Ok(path), Ok(history)) = (window().location().pathname(), window().history()) {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&path)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::{next_address, sign_in_address};

    #[test]
    fn sign_in_goes_on_to_own_addresses_only() {
        for (asked, next) in [
            (None, "/"),
            (Some(""), "/"),
            (Some("/accounts?status=pending"), "/accounts?status=pending"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("/\t/evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some("accounts"), "/"),
            (Some("/sign-in?next=/sign-in"), "/"),
        ] {
            assert_eq!(next_address(asked), next, "{asked:?}");
        }
    }

    #[test]
    fn sign_in_page_knows_the_way_back() {
        let encode = |text: &str| text.replace('/', "%2F");
        assert_eq!(sign_in_address("/", encode), "/sign-in");
        assert_eq!(sign_in_address("/accounts", encode), "/sign-in?next=%2Faccounts");
    }
}
