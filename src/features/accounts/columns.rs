//! Which columns the list of accounts shows: as many as fit, or those that a person chose, remembered in this browser.

use leptos::prelude::*;

use super::desk::Desk;
use crate::ui::{MenuAlign, MenuButton, MenuItem, dom};

const KEY: &str = "account-columns";

/// A column that can be left out: all but the name, the box that selects and the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountColumn {
    Email,
    Status,
    Level,
    Roles,
    Groups,
    Teams,
    LastActive,
    AuthMethods,
    Created,
}

impl AccountColumn {
    /// In the order of the table.
    const ALL: [Self; 9] = [
        Self::Email,
        Self::Status,
        Self::Level,
        Self::Roles,
        Self::Groups,
        Self::Teams,
        Self::LastActive,
        Self::AuthMethods,
        Self::Created,
    ];

    /// As in the storage, and in the classes of the column (`col-`), of its cells (`cell-`), and of a table without it (`without-`).
    const fn key(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Status => "status",
            Self::Level => "level",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::Teams => "teams",
            Self::LastActive => "active",
            Self::AuthMethods => "auth",
            Self::Created => "created",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Email => "E-mail",
            Self::Status => "Status",
            Self::Level => "Level",
            Self::Roles => "Roles",
            Self::Groups => "Groups",
            Self::Teams => "Teams",
            Self::LastActive => "Last active",
            Self::AuthMethods => "Auth methods",
            Self::Created => "Created",
        }
    }
}

/// The choice, to be read reactively.
#[derive(Clone, Copy)]
pub(crate) struct ColumnChoice {
    /// None for as many as fit.
    chosen: RwSignal<Option<Vec<AccountColumn>>>,
}

impl ColumnChoice {
    /// As it was left in this browser.
    pub(crate) fn recall() -> Self {
        let storage = || window().local_storage().ok().flatten();
        let stored = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        let chosen = RwSignal::new(stored.map(|text| read(&text)));
        Effect::watch(
            move || chosen.get(),
            move |chosen, _, _| {
                // Where the storage is forbidden or full the choice holds for this page.
                match (storage(), chosen) {
                    (Some(storage), Some(chosen)) => drop(storage.set_item(KEY, &written(chosen))),
                    (Some(storage), None) => drop(storage.remove_item(KEY)),
                    (None, _) => {}
                }
            },
            false,
        );
        Self { chosen }
    }

    /// The classes of what stands around the table.
    pub(crate) fn class(self) -> String {
        self.chosen.with(|chosen| class(chosen.as_deref()))
    }

    /// What is shown now: what was chosen, or what fits.
    fn shown(self) -> Vec<AccountColumn> {
        self.chosen.get_untracked().unwrap_or_else(|| {
            let is_drawn = |column: &AccountColumn| {
                let root = document().document_element();
                let cell = root.and_then(|root| dom::query(&root, &["th.cell-", column.key()].concat()));
                cell.is_some_and(|cell| cell.offset_width() > 0)
            };
            AccountColumn::ALL.into_iter().filter(is_drawn).collect()
        })
    }
}

/// "Columns": a check box for each, and the way back to as many as fit.
#[component]
pub(super) fn ColumnsMenu(
    /// Whose profile has a word for levels.
    desk: Desk,
    /// What is chosen.
    columns: ColumnChoice,
) -> impl IntoView {
    let items = move |()| {
        let shown = RwSignal::new(columns.shown());
        let level_word = untrack(|| desk.session.with(|session| session.organization.level_word.clone()));
        let item = |column: AccountColumn| {
            let label = if column == AccountColumn::Level { level_word.clone() } else { column.label().to_owned() };
            let is_shown = Signal::derive(move || shown.with(|shown| shown.contains(&column)));
            MenuItem::check(label, is_shown, move || {
                shown.update(|shown| *shown = toggled(shown, column));
                columns.chosen.set(Some(shown.get_untracked()));
            })
        };
        let fits = Signal::derive(move || columns.chosen.with(Option::is_none));
        let fit = MenuItem::radio("As many as fit", fits, move || columns.chosen.set(None));
        AccountColumn::ALL.into_iter().map(item).chain([MenuItem::separator(), fit]).collect::<Vec<_>>()
    };
    view! { <MenuButton label="Columns" items=items align=MenuAlign::End /> }
}

/// The same columns with one more, or one less, in the order of the table.
fn toggled(shown: &[AccountColumn], column: AccountColumn) -> Vec<AccountColumn> {
    let is_shown = |other: &AccountColumn| shown.contains(other) != (*other == column);
    AccountColumn::ALL.into_iter().filter(is_shown).collect()
}

fn read(text: &str) -> Vec<AccountColumn> {
    AccountColumn::ALL.into_iter().filter(|column| text.split(' ').any(|key| key == column.key())).collect()
}

fn written(columns: &[AccountColumn]) -> String {
    columns.iter().map(|column| column.key()).collect::<Vec<_>>().join(" ")
}

fn class(chosen: Option<&[AccountColumn]>) -> String {
    let Some(chosen) = chosen else { return "columns columns-fit".to_owned() };
    let left_out = AccountColumn::ALL.into_iter().filter(|column| !chosen.contains(column));
    left_out.fold("columns columns-chosen".to_owned(), |class, column| [&class, " without-", column.key()].concat())
}

#[cfg(test)]
mod tests {
    use AccountColumn::{AuthMethods, Email, Teams};

    use super::*;

    #[test]
    fn columns_come_and_go_in_the_order_of_the_table() {
        assert_eq!(toggled(&[Teams], Email), [Email, Teams]);
        assert_eq!(toggled(&[Email, Teams], Email), [Teams]);
    }

    #[test]
    fn choice_reads_back_and_nonsense_is_left_out() {
        assert_eq!(read(&written(&[Email, AuthMethods])), [Email, AuthMethods]);
        assert_eq!(read("teams nonsense email"), [Email, Teams]);
        assert_eq!(read(&written(&[])), []);
    }

    #[test]
    fn table_says_what_it_is_without() {
        assert_eq!(class(None), "columns columns-fit");
        assert_eq!(class(Some(&AccountColumn::ALL)), "columns columns-chosen");
        assert!(class(Some(&[Email])).ends_with("without-teams without-active without-auth without-created"));
    }
}
