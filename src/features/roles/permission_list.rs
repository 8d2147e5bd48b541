//! Permissions by category: to be read, or with check boxes to be chosen.

use std::collections::BTreeSet;

use domain::permissions::{Catalogue, PermissionEntry};
use domain::session::SessionView;
use leptos::{ev::KeyboardEvent, prelude::*};

use super::words::risk_tone;
use crate::features::session::{Session, use_session};
use crate::ui::text::contains_ignoring_case;
use crate::ui::{Badge, Checkbox, Icon, SearchField, dom};

/// Why a check box cannot be used: nobody gives, or takes, what they do not hold (I7).
const NOT_HELD: &str = "You do not hold it yourself.";
/// The category of keys that the catalogue lacks, as after a change of the profile.
const UNKNOWN: &str = "No longer known";

/// What the list shows and changes.
#[derive(Clone, Copy)]
struct List {
    catalogue: StoredValue<Catalogue>,
    chosen: RwSignal<BTreeSet<String>>,
    search: RwSignal<String>,
    /// Those that are listed alone: what was chosen when that was asked for. None for all.
    alone: RwSignal<Option<BTreeSet<String>>>,
    is_editable: bool,
    session: Session,
}

/// The list, with a search above it.
#[component]
pub(crate) fn PermissionList(
    /// All permissions there are.
    catalogue: StoredValue<Catalogue>,
    /// Keys of those that are named, read and, with check boxes, written.
    chosen: RwSignal<BTreeSet<String>>,
    /// Whether there are check boxes. Without, only what these give is listed.
    is_editable: bool,
) -> impl IntoView {
    let list = List {
        catalogue,
        chosen,
        search: RwSignal::new(String::new()),
        alone: RwSignal::new(None),
        is_editable,
        session: use_session(),
    };
    let all = catalogue.with_value(|catalogue| sections(catalogue, &chosen.get_untracked()));
    let is_none = {
        let entries: Vec<PermissionEntry> = all.iter().flat_map(|(_, entries)| entries.clone()).collect();
        Memo::new(move |_| !entries.iter().any(|entry| list.shows(entry)))
    };
    let all = all.into_iter().map(|(category, entries)| section(list, category, entries)).collect::<Vec<_>>();
    // Enter in the search would send the form around it.
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Enter" && dom::closest(&event, "input[type=search]").is_some() {
            event.prevent_default();
        }
    };
    view! {
        <div class="permissions" on:keydown=keydown>
            <SearchField label="Search permissions" value=list.search />
            {is_editable.then(|| view! {
                <Checkbox
                    label="Only what is chosen"
                    checked=Signal::derive(move || list.alone.with(Option::is_some))
                    on_change=move |is_on: bool| list.alone.set(is_on.then(|| list.chosen.get_untracked()))
                />
            })}
            {all}
            <p class="muted" role="status">{move || is_none.get().then(|| list.nothing())}</p>
        </div>
    }
}

impl List {
    /// Whether a permission is listed now, reactively.
    fn shows(self, entry: &PermissionEntry) -> bool {
        let is_among = self.alone.with(|alone| alone.as_ref().is_none_or(|alone| alone.contains(&entry.key)));
        let fits = is_among && self.search.with(|search| fits(entry, search));
        fits && (self.is_editable || self.is_chosen(&entry.key) || !self.comes_with(entry).is_empty())
    }

    fn nothing(self) -> &'static str {
        if self.alone.with(Option::is_some) && self.search.with(String::is_empty) {
            "Nothing is chosen yet."
        } else if self.search.with(String::is_empty) {
            "This role gives no permissions."
        } else {
            "No permission fits the search."
        }
    }

    fn is_chosen(self, key: &str) -> bool {
        self.chosen.with(|chosen| chosen.contains(key))
    }

    /// `Comes with "Change dashboards".`, reactively; empty where nothing that is chosen brings it.
    fn comes_with(self, entry: &PermissionEntry) -> String {
        let chosen: Vec<String> = self.chosen.with(|chosen| chosen.iter().cloned().collect());
        self.catalogue.with_value(|catalogue| {
            let labels: Vec<&str> = catalogue.includers(&entry.key, &chosen).map(|entry| &*entry.label).collect();
            if labels.is_empty() { String::new() } else { ["Comes with \"", &labels.join("\" and \""), "\"."].concat() }
        })
    }

    fn toggle(self, keys: &[String], is_on: bool) {
        self.chosen.update(|chosen| {
            for key in keys {
                if is_on {
                    chosen.insert(key.clone());
                } else {
                    chosen.remove(key);
                }
            }
        });
    }

    /// Why a permission can neither be given nor taken by who is here, reactively; empty where it can.
    fn refusal(self, key: &str) -> String {
        let may = self.session.with(|session| may_touch(session, key));
        if may { String::new() } else { NOT_HELD.to_owned() }
    }
}

/// Whether a person may give and take a permission.
pub(super) fn may_touch(session: &SessionView, key: &str) -> bool {
    session.may_give_all(&[key.to_owned()])
}

fn section(list: List, category: String, entries: Vec<PermissionEntry>) -> AnyView {
    let keys: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    let is_hidden = {
        let entries = entries.clone();
        Memo::new(move |_| !entries.iter().any(|entry| list.shows(entry)))
    };
    let whole = (list.is_editable && keys.len() > 1).then(|| select_all(list, &category, entries.clone()));
    let count = list.is_editable.then(|| {
        let count = move || {
            let chosen = list.chosen.with(|chosen| keys.iter().filter(|key| chosen.contains(*key)).count());
            [&chosen.to_string(), " of ", &keys.len().to_string()].concat()
        };
        view! { <span class="count">{count}</span> }
    });
    let rows = entries.into_iter().map(|entry| row(list, entry)).collect::<Vec<_>>();
    let label = category.clone();
    view! {
        <div class="permission-section" role="group" aria-label=label hidden=is_hidden>
            <div class="permission-head">
                <h3>{category}</h3>
                {count}
                {whole}
            </div>
            {rows}
        </div>
    }
    .into_any()
}

/// The check box for all of a category that the search leaves.
fn select_all(list: List, category: &str, entries: Vec<PermissionEntry>) -> AnyView {
    let touched = Memo::new(move |_| {
        let is_meant = |entry: &&PermissionEntry| list.shows(entry) && list.refusal(&entry.key).is_empty();
        entries.iter().filter(is_meant).map(|entry| entry.key.clone()).collect::<Vec<_>>()
    });
    let count = Memo::new(move |_| touched.with(|keys| keys.iter().filter(|key| list.is_chosen(key)).count()));
    let total = move || touched.with(Vec::len);
    let checked = Signal::derive(move || total() > 0 && count.get() == total());
    let mixed = Signal::derive(move || count.get() > 0 && count.get() < total());
    let reason = Signal::derive(move || if total() == 0 { NOT_HELD.to_owned() } else { String::new() });
    let label = ["Select all of ", category].concat();
    let change = move |is_on: bool| touched.with_untracked(|keys| list.toggle(keys, is_on));
    view! { <Checkbox label=label checked=checked mixed=mixed on_change=change disabled_reason=reason /> }.into_any()
}

fn row(list: List, entry: PermissionEntry) -> AnyView {
    let (label, risk) = (entry.label.clone(), entry.risk);
    let entry = StoredValue::new(entry);
    let is_hidden = Memo::new(move |_| !entry.with_value(|entry| list.shows(entry)));
    let refusal = Signal::derive(move || entry.with_value(|entry| list.refusal(&entry.key)));
    let hint = Signal::derive(move || {
        let refusal = if list.is_editable { refusal.get() } else { String::new() };
        let parts = [
            entry.with_value(|entry| entry.description.clone()),
            entry.with_value(|entry| list.comes_with(entry)),
            refusal,
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let what = if list.is_editable {
        let checked = Signal::derive(move || entry.with_value(|entry| list.is_chosen(&entry.key)));
        let change = move |is_on: bool| entry.with_value(|entry| list.toggle(std::slice::from_ref(&entry.key), is_on));
        view! { <Checkbox label=label checked=checked on_change=change hint=hint disabled_reason=refusal /> }.into_any()
    } else {
        view! {
            <div class="choice choice-read">
                <Icon icon=Icon::Check />
                <span class="choice-label">{label}</span>
                <span class="choice-hint">{hint}</span>
            </div>
        }
        .into_any()
    };
    view! { <div class="permission" hidden=is_hidden>{what}<Badge label=risk.label() tone=risk_tone(risk) /></div> }
        .into_any()
}

/// The permissions under their categories, both in the order of the catalogue; at the end keys that it lacks.
fn sections(catalogue: &Catalogue, chosen: &BTreeSet<String>) -> Vec<(String, Vec<PermissionEntry>)> {
    let unknown = chosen.iter().filter(|key| catalogue.find(key).is_none()).map(|key| PermissionEntry {
        key: key.clone(),
        category: UNKNOWN.to_owned(),
        label: key.clone(),
        description: "The product has no such permission any more.".to_owned(),
        risk: domain::permissions::Risk::Low,
        includes: Vec::new(),
    });
    let mut sections: Vec<(String, Vec<PermissionEntry>)> = Vec::new();
    for entry in catalogue.0.iter().cloned().chain(unknown) {
        match sections.iter_mut().find(|(category, _)| *category == entry.category) {
            Some((_, entries)) => entries.push(entry),
            None => sections.push((entry.category.clone(), vec![entry])),
        }
    }
    sections
}

/// Whether a permission holds every word of the search.
fn fits(entry: &PermissionEntry, search: &str) -> bool {
    let texts = [&entry.label, &entry.description, &entry.category, &entry.key];
    search.split_whitespace().all(|word| texts.iter().any(|text| contains_ignoring_case(text, word)))
}

#[cfg(test)]
mod tests {
    use domain::permissions::Risk;

    use super::*;

    fn entry(key: &str, category: &str) -> PermissionEntry {
        PermissionEntry {
            key: key.to_owned(),
            category: category.to_owned(),
            label: ["Change ", key].concat(),
            description: "For the night".to_owned(),
            risk: Risk::Low,
            includes: Vec::new(),
        }
    }

    #[test]
    fn categories_keep_the_order_of_the_catalogue_and_unknown_keys_come_last() {
        let catalogue = Catalogue(vec![entry("a", "Data"), entry("b", "Alerts"), entry("c", "Data")]);
        let chosen = ["b".to_owned(), "gone".to_owned()].into();
        let shape: Vec<_> =
            sections(&catalogue, &chosen).into_iter().map(|(category, entries)| (category, entries.len())).collect();
        let expected = [("Data", 2), ("Alerts", 1), (UNKNOWN, 1)];
        assert!(shape.iter().map(|(category, count)| (&**category, *count)).eq(expected));
    }

    #[test]
    fn search_looks_at_label_description_category_and_key() {
        let entry = entry("alerts.rules", "Alerts");
        for (search, expected) in
            [("", true), ("CHANGE", true), ("night", true), ("alerts.r", true), ("change night", true), ("data", false)]
        {
            assert_eq!(fits(&entry, search), expected, "{search}");
        }
    }
}
