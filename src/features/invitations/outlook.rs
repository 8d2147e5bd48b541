//! "They will be able to": what comes of an invitation, before it is sent.

use domain::effective::{GroupHolding, Path, Step};
use domain::groups::Group;
use domain::new_accounts::{Additions, NewAccountView};
use domain::permissions::{Catalogue, PermissionEntry};
use domain::roles::{Role, RoleDefinition};
use leptos::prelude::*;

use super::invite_form::InviteForm;
use crate::ui::{Icon, Skeleton};

/// What the invited will be able to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Reach {
    /// Beside the baseline: categories in the order of the catalogue, with the permissions of each.
    categories: Vec<(String, Vec<String>)>,
    /// How many permissions every user has anyway.
    baseline: usize,
}

/// The part of the dialog. It follows level, groups, roles and permissions.
#[component]
pub(super) fn Outlook(form: InviteForm) -> impl IntoView {
    let advanced = form.advanced;
    let reach = Memo::new(move |_| {
        let (roles, catalogue, start) = (advanced.all_roles.get()?, advanced.catalogue.get()?, advanced.start.get()?);
        let chosen = form.groups.get();
        let known = advanced.groups.get();
        let groups = chosen.iter().filter_map(|group| known.iter().find(|known| known.id == group.id));
        let additions = Additions {
            level: Some(form.level.get()).filter(|level| !level.is_empty()),
            groups: groups.map(holding).collect(),
            roles: advanced.roles.get(),
            permissions: advanced.permissions.get(),
        };
        // Without the roles of every group the answer would be wrong.
        (additions.groups.len() == chosen.len()).then(|| reach(&start, &additions, roles, catalogue))
    });
    view! {
        <section class="preview" aria-label="They will be able to">
            <h3>"They will be able to"</h3>
            <div aria-live="polite">
                {move || match reach.get() {
                    None if advanced.trouble.with(Option::is_some) => {
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
        group: domain::groups::GroupRef { id: group.id, name: group.name.clone() },
        is_everyone: false,
        roles: group.roles.iter().map(|role| role.key.clone()).collect(),
        valid_until: None,
    }
}

fn definition(role: Role) -> RoleDefinition {
    let Role { key, name, description, permissions, level_rank, .. } = role;
    RoleDefinition { key, name, description, permissions, level_rank }
}

fn reach(start: &NewAccountView, additions: &Additions, roles: Vec<Role>, catalogue: Vec<PermissionEntry>) -> Reach {
    let book = start.book(roles.into_iter().map(definition).collect(), Catalogue(catalogue));
    let effective = start.outlook(additions, &book);
    let is_given = |path: &Path| !path.steps.contains(&Step::Baseline);
    let mut reach = Reach::default();
    for entry in book.catalogue().0.iter().filter(|entry| effective.holds_key(&entry.key)) {
        if !effective.paths(&entry.key).iter().any(is_given) {
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
        let found = reach(&start, &additions, vec![role], catalogue);
        let texts = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        let expected = vec![("Alerts".to_owned(), texts(&["RULES", "RUNS"])), ("Basics".to_owned(), texts(&["VIEW"]))];
        assert_eq!(found, Reach { categories: expected, baseline: 1 });
    }
}
