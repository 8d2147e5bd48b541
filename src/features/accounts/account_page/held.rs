//! "Effective permissions": everything the account may do, by category, with the ways in which it holds each.

use domain::me::HeldPermission;
use leptos::prelude::*;

use super::reasons::{Reasons, line_id};
use super::state::Page;
use crate::ui::{Banner, Button, Card, SearchField, Skeleton, Tone};

/// The card.
#[component]
pub(super) fn HeldCard(page: Page) -> impl IntoView {
    let because = Memo::new(move |_| page.held.with(|held| held.as_ref()?.nothing_because.clone()));
    let is_ready = Memo::new(move |_| page.held.with(Option::is_some));
    view! {
        <Card title="Effective permissions">
            <div class="stack">
                {move || page.trouble.get().map(|why| view! {
                    <Banner tone=Tone::Danger title="What the account holds could not be loaded" text=why>
                        <Button label="Retry" on_click=move || page.reload() />
                    </Banner>
                })}
                {move || because.get().map(|why| view! {
                    <Banner tone=Tone::Warning title=["It may do nothing now: ", &why].concat() text="Below is what it would hold while active." />
                })}
                {move || is_ready.get().then(|| view! {
                    <SearchField label="Search permissions" value=page.search shortcut="" />
                    <Sections page=page />
                })}
                {move || (!is_ready.get() && page.trouble.with(Option::is_none)).then(|| view! { <Skeleton lines=6 /> })}
            </div>
        </Card>
    }
}

#[component]
fn Sections(page: Page) -> impl IntoView {
    move || {
        let held = page.held.get();
        let all = held.as_deref().map(|held| match &held.nothing_because {
            Some(_) => held.permissions_when_active.as_slice(),
            None => held.permissions.as_slice(),
        });
        let all = all.unwrap_or_default();
        let found = page.search.with(|search| by_category(all, search));
        if found.is_empty() {
            let text = if all.is_empty() { "Nothing at all." } else { "No permission it holds fits the search." };
            return view! { <p class="muted">{text}</p> }.into_any();
        }
        found
            .into_iter()
            .map(|(category, held)| {
                let count = held.len().to_string();
                let lines = held.into_iter().map(|held| line(page, held)).collect::<Vec<_>>();
                view! {
                    <section class="access">
                        <h3>{category.to_owned()} " " <span class="count">{count}</span></h3>
                        <ul>{lines}</ul>
                    </section>
                }
            })
            .collect::<Vec<_>>()
            .into_any()
    }
}

fn line(page: Page, held: &HeldPermission) -> impl IntoView + use<> {
    let paths = held.paths.clone();
    view! {
        <li id=line_id(&held.key) tabindex="-1">
            <span data-tip=held.key.clone()>{held.label.clone()}</span>
            <Reasons page=page paths=paths />
        </li>
    }
}

/// The permissions that have every word of the search in their name, key or category, under their categories; both in the
/// order of the catalogue.
fn by_category<'a>(permissions: &'a [HeldPermission], search: &str) -> Vec<(&'a str, Vec<&'a HeldPermission>)> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    let fits = |held: &&HeldPermission| {
        let text = [&held.label, " ", &held.key, " ", &held.category].concat().to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut sections: Vec<(&str, Vec<&HeldPermission>)> = Vec::new();
    for held in permissions.iter().filter(fits) {
        match sections.iter_mut().find(|(category, _)| *category == held.category) {
            Some((_, list)) => list.push(held),
            None => sections.push((&held.category, vec![held])),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_finds_name_key_and_category() {
        let held = |key: &str, label: &str, category: &str| HeldPermission {
            key: key.to_owned(),
            label: label.to_owned(),
            category: category.to_owned(),
            paths: Vec::new(),
        };
        let all = [
            held("a.view", "View alerts", "Alerts"),
            held("b.edit", "Modify graphs", "Data"),
            held("c", "Own alerts", "Alerts"),
        ];
        let shape = |search| {
            by_category(&all, search).into_iter().map(|(category, held)| (category, held.len())).collect::<Vec<_>>()
        };
        assert_eq!(shape(""), [("Alerts", 2), ("Data", 1)]);
        assert_eq!(shape("VIEW alerts"), [("Alerts", 1)]);
        assert_eq!(shape("b.edit"), [("Data", 1)]);
        assert_eq!(shape("data"), [("Data", 1)]);
        assert_eq!(shape("nothing"), []);
    }
}
