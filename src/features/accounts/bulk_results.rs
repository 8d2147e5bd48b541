//! What became of a bulk change where some accounts were left as they are: how many, which, and why.

use std::collections::BTreeMap;

use domain::bulk::{BulkSummary, refused_words};
use domain::{Code, OperationId};
use leptos::prelude::*;

use super::bulk::BulkTask;
use crate::ui::text::grouped;
use crate::ui::{Banner, Tone};

/// Names listed below one reason; the others are counted.
const NAMED_MAX: usize = 50;

/// What became of a bulk change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) summary: BulkSummary,
    /// As the message says it.
    pub(super) said: String,
    /// For Undo, where something can be undone.
    pub(super) operation: Option<OperationId>,
}

/// The counts, and below them the accounts that were left as they are.
#[component]
pub(super) fn BulkResults(
    /// What was to be done.
    task: BulkTask,
    /// What became of it.
    outcome: Outcome,
) -> impl IntoView {
    let tone = if outcome.summary.changed > 0 { Tone::Warning } else { Tone::Danger };
    let reasons = refused_names(&task, &outcome.summary).into_iter().map(reason).collect::<Vec<_>>();
    view! {
        <div class="stack">
            <Banner tone=tone title=outcome.said announce=true />
            {reasons}
        </div>
    }
}

fn reason((code, names, more): (Code, Vec<String>, usize)) -> impl IntoView {
    let rows = names.into_iter().map(|name| view! { <li class="result">{name}</li> }).collect::<Vec<_>>();
    view! {
        <section class="stack-tight">
            <h3>"Left as they are: " {refused_words(code)}</h3>
            <ul class="results">
                {rows}
                {(more > 0).then(|| view! { <li class="result muted">"and " {grouped(more)} " more"</li> })}
            </ul>
        </section>
    }
}

/// Below each reason its accounts by name, and how many there are beside those named.
fn refused_names(task: &BulkTask, summary: &BulkSummary) -> Vec<(Code, Vec<String>, usize)> {
    let names: BTreeMap<_, _> = task.accounts.iter().map(|picked| (picked.id, picked.name.as_str())).collect();
    let of = |(code, ids): &(Code, Vec<domain::AccountId>)| {
        let named = ids.iter().take(NAMED_MAX).filter_map(|id| names.get(id)).map(|name| (*name).to_owned());
        (*code, named.collect(), ids.len().saturating_sub(NAMED_MAX))
    };
    summary.refused.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::AccountId;
    use domain::bulk::BulkKind;

    use super::*;
    use crate::features::accounts::testing::account;

    #[test]
    fn refused_accounts_are_named_up_to_a_limit() {
        let accounts = (0..60).map(|number| (&account(number)).into()).collect();
        let task = BulkTask::new(BulkKind::Activate, Arc::new(accounts));
        let ids = (0..55).map(AccountId::from_u128).collect();
        let summary = BulkSummary { refused: vec![(Code::NoSeat, ids)], ..BulkSummary::default() };
        let named = refused_names(&task, &summary);
        assert_eq!(named.len(), 1);
        assert_eq!((named[0].0, named[0].1.len(), named[0].2), (Code::NoSeat, 50, 5));
        assert_eq!(named[0].1.first().map(String::as_str), Some("0"));
    }
}
