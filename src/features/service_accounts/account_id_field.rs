//! The id of a new service account: what it becomes, the rule where it is broken, and whether somebody has it already.

use std::time::Duration;

use domain::problem::Code;
use domain::service_accounts::{Availability, SERVICE_PREFIX, ServiceAccountId, ServiceIdError};
use leptos::{prelude::*, task::spawn_local};

use crate::api;
use crate::features::session::use_session;
use crate::ui::{InputKind, TextField};

/// How long typing rests before it is asked who has the id.
const REST: Duration = Duration::from_millis(250);

/// What is known of an id that fits the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Asking,
    Free,
    Taken,
    /// The server did not say; it decides when the account is made.
    Unknown,
}

/// The line below the field.
fn hint(parsed: &Result<ServiceAccountId, ServiceIdError>, standing: Standing) -> String {
    match (parsed, standing) {
        (Ok(id), Standing::Free) => ["Will be ", id.as_str(), ", which is free."].concat(),
        (Ok(id), _) => ["Will be ", id.as_str(), "."].concat(),
        (Err(_), _) => "Letters a to z, digits, dot, hyphen and underscore. It never changes.".to_owned(),
    }
}

/// What is wrong while typing: nothing with an empty field yet.
fn fault(parsed: &Result<ServiceAccountId, ServiceIdError>, standing: Standing) -> Option<String> {
    match (parsed, standing) {
        (Err(ServiceIdError::Empty), _) => None,
        (Err(error), _) => Some(error.to_string()),
        (Ok(id), Standing::Taken) => Some([id.as_str(), " is taken, or was once. Choose another."].concat()),
        (Ok(_), _) => None,
    }
}

/// The field.
#[component]
pub(super) fn AccountIdField(
    /// The raw text, read and written.
    value: RwSignal<String>,
    /// What the form found wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let session = use_session();
    let parsed = Memo::new(move |_| value.with(|text| ServiceAccountId::parse(text)));
    let standing = RwSignal::new(Standing::Asking);
    Effect::new(move |_| {
        standing.set(Standing::Asking);
        let Ok(id) = parsed.get() else { return };
        let ask = move || {
            spawn_local(async move {
                let path = ["/api/v1/service-accounts/availability?account_id=", &api::encode(id.as_str())].concat();
                let answer = api::get::<Availability>(&path).await;
                // The answer to an older question is too late.
                if parsed.try_with_untracked(|now| now.as_ref() == Ok(&id)) != Some(true) {
                    return;
                }
                standing.set(match answer {
                    Ok(answer) if answer.available => Standing::Free,
                    Ok(_) => Standing::Taken,
                    Err(error) if error.code() == Some(Code::NotSignedIn) => return session.end(),
                    Err(_) => Standing::Unknown,
                });
            });
        };
        if let Ok(rest) = set_timeout_with_handle(ask, REST) {
            on_cleanup(move || rest.clear());
        }
    });
    let hint = Signal::derive(move || parsed.with(|parsed| hint(parsed, standing.get())));
    let error = Signal::derive(move || parsed.with(|parsed| fault(parsed, standing.get())).or_else(|| error.get()));
    view! {
        <TextField
            label="Account ID"
            value=value
            kind=InputKind::Code
            prefix=SERVICE_PREFIX
            required=true
            autofocus=true
            placeholder="ingest-eu"
            hint=hint
            error=error
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_is_told_in_words_and_the_result_as_it_will_be() {
        let told = |text: &str, standing| {
            let parsed = ServiceAccountId::parse(text);
            (hint(&parsed, standing), fault(&parsed, standing))
        };
        assert_eq!(told("SA::Ingest-EU", Standing::Asking), ("Will be sa::ingest-eu.".to_owned(), None));
        assert_eq!(told("ingest-eu", Standing::Free).0, "Will be sa::ingest-eu, which is free.");
        assert!(told("ingest-eu", Standing::Taken).1.is_some_and(|why| why.starts_with("sa::ingest-eu is taken")));
        assert!(told("", Standing::Asking).1.is_none());
        assert!(told("-x", Standing::Asking).1.is_some() && told("two words", Standing::Asking).1.is_some());
    }
}
