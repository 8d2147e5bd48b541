//! "They will be able to": what comes of an invitation, before it is sent.

use domain::accounts::AccountKind;
use domain::effective::{GroupHolding, Path, Step};
use domain::groups::{Group, GroupRef};
use domain::new_accounts::{Additions, NewAccountView};
use domain::permissions::{Catalogue, PermissionEntry};
use domain::roles::{Role, RoleDefinition};
use leptos::prelude::*;

use super::advanced::Advanced;
use crate::ui::{Icon, OptionView, Skeleton};

/// What the invited will be able to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Reach {
    /// Beside the baseline: categories in the order of the catalogue, with the permissions of each.
    categories: Vec<(String, Vec<String>)>,
    /// How many permissions every user has anyway.
    baseline: usize,
}

/// What comes of what is chosen, as far as that is known.
#[derive(Clone, Copy)]
pub(crate) struct Outlook {
    kind: AccountKind,
    trouble: RwSignal<Option<String>>,
    effective: Memo<Option<Held>>,
}

/// What will be held, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    /// In the order of the catalogue, each with whether something that was chosen brings it.
    entries: Vec<(PermissionEntry, bool)>,
}

impl Outlook {
    /// Follows level, groups, roles and permissions.
    pub(crate) fn new(advanced: Advanced, groups: RwSignal<Vec<GroupRef>>, level: Signal<String>) -> Self {
        let effective = Memo::new(move |_| {
            let (roles, catalogue, start) =
                (advanced.all_roles.get()?, advanced.catalogue.get()?, advanced.start.get()?);
            let chosen = groups.get();
            let known = advanced.groups.get();
            let found = chosen.iter().filter_map(|group| known.iter().find(|known| known.id == group.id));
            let additions = Additions {
                kind: advanced.kind,
                level: Some(level.get()).filter(|level| !level.is_empty()),
                groups: found.map(holding).collect(),
                roles: advanced.roles.get(),
                permissions: advanced.permissions.get(),
            };
            // Without the roles of every group the answer would be wrong.
            (additions.groups.len() == chosen.len()).then(|| held(&start, &additions, roles, catalogue))
        });
        Self { kind: advanced.kind, trouble: advanced.trouble, effective }
    }

    /// What will be held, as what a token can be limited to, reactively; none while that is not known.
    pub(crate) fn options(self) -> Option<Vec<OptionView>> {
        let option = |(entry, _): &(PermissionEntry, bool)| OptionView {
            value: entry.key.clone(),
            label: entry.label.clone(),
            hint: entry.category.clone(),
        };
        self.effective.with(|held| held.as_ref().map(|held| held.entries.iter().map(option).collect()))
    }
}

/// The part of the dialog or page that shows it.
#[component]
pub(super) fn OutlookPanel(outlook: Outlook) -> impl IntoView {
    let title = match outlook.kind {
        AccountKind::User => "They will be able to",
        AccountKind::Service => "It will be able to",
    };
    let reach = Memo::new(move |_| outlook.effective.with(|held| held.as_ref().map(reach)));
    view! {
        <section class="preview" aria-label=title>
            <h3>{title}</h3>
            <div aria-live="polite">
                {move || match reach.get() {
                    None if outlook.trouble.with(Option::is_some) => {
                        view! { <p class="muted">"This cannot be told now."</p> }.into_any()
                    }
                    None => view! { <Skeleton lines=2 /> }.into_any(),
                    Some(reach) => lines(reach).into_any(),
                }}
            </div>
        </section>
    }
}

fn lines(reach: Reach) -> impl IntoView {
    let line = |(category, labels): (String, Vec<String>)| view! { <dt>{category}</dt><dd>{labels.join(", ")}</dd> };
    let is_empty = reach.categories.is_empty();
    let baseline = match reach.baseline {
        0 => String::new(),
        1 => "and the one thing that every user can".to_owned(),
        count => ["and the ", &count.to_string(), " things that every user can"].concat(),
    };
    view! {
        {(!is_empty).then(|| view! { <dl class="facts">{reach.categories.into_iter().map(line).collect::<Vec<_>>()}</dl> })}
        {(is_empty && baseline.is_empty()).then(|| view! { <p class="preview-none"><Icon icon=Icon::Info />"Nothing yet."</p> })}
        {(!baseline.is_empty()).then(|| view! { <p class="muted">{if is_empty { baseline.trim_start_matches("and ").to_owned() } else { baseline }}</p> })}
    }
}

fn holding(group: &Group) -> GroupHolding {
    GroupHolding {
        group: GroupRef { id: group.id, name: group.name.clone() },
        is_everyone: false,
        roles: group.roles.iter().map(|role| role.key.clone()).collect(),
        valid_until: None,
    }
}

fn definition(role: Role) -> RoleDefinition {
    let Role { key, name, description, permissions, level_rank, .. } = role;
    RoleDefinition { key, name, description, permissions, level_rank }
}

fn held(start: &NewAccountView, additions: &Additions, roles: Vec<Role>, catalogue: Vec<PermissionEntry>) -> Held {
    let book = start.book(roles.into_iter().map(definition).collect(), Catalogue(catalogue));
    let effective = start.outlook(additions, &book);
    let is_given = |path: &Path| !path.steps.contains(&Step::Baseline);
    let entries = book.catalogue().0.iter().filter(|entry| effective.holds_key(&entry.key));
    let entries = entries.map(|entry| (entry.clone(), effective.paths(&entry.key).iter().any(is_given)));
    Held { entries: entries.collect() }
}

fn reach(held: &Held) -> Reach {
    let mut reach = Reach::default();
    for (entry, is_given) in &held.entries {
        if !is_given {
            reach.baseline += 1;
            continue;
        }
        match reach.categories.iter_mut().find(|(category, _)| *category == entry.category) {
            Some((_, labels)) => labels.push(entry.label.clone()),
            None => reach.categories.push((entry.category.clone(), vec![entry.label.clone()])),
        }
    }
    reach
}

#[cfg(test)]
mod tests {
    use domain::RoleId;
    use domain::permissions::Risk;

    use super::*;

    #[test]
    fn reach_is_told_by_category_and_without_the_baseline() {
        let entry = |key: &str, category: &str| PermissionEntry {
            key: key.to_owned(),
            category: category.to_owned(),
            label: key.to_uppercase(),
            description: String::new(),
            risk: Risk::Low,
            includes: Vec::new(),
        };
        let role = Role {
            id: RoleId::from_u128(1),
            key: "alerts".to_owned(),
            name: "Alerts".to_owned(),
            description: String::new(),
            permissions: vec!["rules".to_owned(), "view".to_owned()],
            built_in: true,
            level_rank: None,
            accounts: 0,
            service_accounts: 0,
            groups: 0,
            version: 1,
        };
        let catalogue =
            vec![entry("rules", "Alerts"), entry("view", "Basics"), entry("open", "Basics"), entry("runs", "Alerts")];
        let start =
            NewAccountView { baseline: vec!["view".to_owned(), "open".to_owned()], ..NewAccountView::default() };
        let additions = Additions {
            roles: vec!["alerts".to_owned()],
            permissions: vec!["runs".to_owned()],
            ..Additions::default()
        };
        let found = reach(&held(&start, &additions, vec![role], catalogue));
        let texts = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        let expected = vec![("Alerts".to_owned(), texts(&["RULES", "RUNS"])), ("Basics".to_owned(), texts(&["VIEW"]))];
        assert_eq!(found, Reach { categories: expected, baseline: 1 });
    }
}
