//! "My access": level, groups and every permission, each with why it is held and until when.

use domain::effective::Path;
use domain::groups::EVERYONE;
use domain::me::{HeldPermission, Me};
use leptos::prelude::*;

use crate::features::session::use_session;
use crate::ui::{Badge, Card, Tone, absolute_time};

/// The card.
#[component]
pub(super) fn AccessCard(me: Me) -> impl IntoView {
    let session = use_session();
    let (word, is_owner) =
        untrack(|| session.with(|view| (view.organization.level_word.clone(), view.account.is_owner)));
    let level = me.account.level.as_ref().map(|level| level.name.clone());
    let groups: Vec<String> =
        std::iter::once(EVERYONE.to_owned()).chain(me.account.groups.iter().map(|group| group.name.clone())).collect();
    let level_fact = level.map(|level| view! { <dt>{word.clone()}</dt><dd>{level}</dd> });
    let valid_until = me.account.valid_until.map(|end| {
        view! { <dt>"Access until"</dt><dd>{absolute_time(end.millis())}</dd> }
    });
    let permissions = me.permissions;
    let sections = by_category(&permissions)
        .into_iter()
        .map(|(category, held)| {
            let lines = held.into_iter().map(|held| permission(held, &permissions, &word)).collect::<Vec<_>>();
            view! {
                <section class="access">
                    <h3>{category.to_owned()} " " <span class="count">{lines.len().to_string()}</span></h3>
                    <ul>{lines}</ul>
                </section>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <Card title="My access">
            <div class="stack">
                <dl class="facts">
                    {is_owner.then(|| view! { <dt>"Role"</dt><dd><Badge label="Owner" tone=Tone::Accent /></dd> })}
                    {level_fact}
                    <dt>"Groups"</dt>
                    <dd>{groups.join(", ")}</dd>
                    {valid_until}
                </dl>
                {sections}
            </div>
        </Card>
    }
}

/// The permissions under their categories, both in the order of the catalogue.
fn by_category(permissions: &[HeldPermission]) -> Vec<(&str, Vec<&HeldPermission>)> {
    let mut sections: Vec<(&str, Vec<&HeldPermission>)> = Vec::new();
    for held in permissions {
        match sections.iter_mut().find(|(category, _)| *category == held.category) {
            Some((_, list)) => list.push(held),
            None => sections.push((&held.category, vec![held])),
        }
    }
    sections
}

/// Why it is held: each different reason once, with the latest end it has.
fn reasons(paths: &[Path], level_word: &str, label: impl Fn(&str) -> String) -> Vec<(String, Option<i64>)> {
    let mut reasons: Vec<(String, Option<i64>)> = Vec::new();
    for path in paths {
        let (words, until) = (path.words(level_word, &label), path.until.map(domain::Timestamp::millis));
        match reasons.iter_mut().find(|(known, _)| *known == words) {
            // A path without an end outlasts every other.
            Some((_, known)) => *known = known.zip(until).map(|(known, until)| known.max(until)),
            None => reasons.push((words, until)),
        }
    }
    reasons
}

fn permission(held: &HeldPermission, all: &[HeldPermission], level_word: &str) -> impl IntoView + use<> {
    let label = |key: &str| all.iter().find(|held| held.key == key).map_or(key, |held| &held.label).to_owned();
    let why = reasons(&held.paths, level_word, label).into_iter().map(|(words, until)| match until {
        Some(end) => [&words, ", until ", &absolute_time(end)].concat(),
        None => words,
    });
    view! {
        <li>
            <span>{held.label.clone()}</span>
            <span class="muted">{why.collect::<Vec<_>>().join(" · ")}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use domain::effective::{Path, Step};
    use domain::me::HeldPermission;

    use super::{by_category, reasons};

    #[test]
    fn categories_keep_the_order_of_the_catalogue() {
        let held = |key: &str, category: &str| HeldPermission {
            key: key.to_owned(),
            label: key.to_owned(),
            category: category.to_owned(),
            paths: Vec::new(),
        };
        let permissions = [held("a", "Data"), held("b", "Alerts"), held("c", "Data")];
        let sections = by_category(&permissions);
        let shape = sections.iter().map(|(category, held)| (*category, held.len()));
        assert_eq!(shape.collect::<Vec<_>>(), [("Data", 2), ("Alerts", 1)]);
    }

    #[test]
    fn equal_reasons_are_told_once_with_the_latest_end() {
        let path = |until: Option<i64>| Path { steps: vec![Step::Direct], until: until.map(Timestamp::from_millis) };
        let told = |paths: &[Path]| reasons(paths, "Level", str::to_owned);
        assert_eq!(told(&[path(Some(1)), path(Some(9))]), [("Given directly".to_owned(), Some(9))]);
        assert_eq!(told(&[path(Some(1)), path(None)]), [("Given directly".to_owned(), None)]);
    }
}
