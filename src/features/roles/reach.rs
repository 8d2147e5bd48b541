//! Which roles the person at the console may hand on, where only their keys are known.

use domain::page::Page;
use domain::permissions::ConsolePermission;
use domain::roles::{Role, RoleRef};
use domain::session::SessionView;
use leptos::prelude::*;

use super::words::ROLES;
use crate::features::session::{Session, use_session};
use crate::load::Loader;

/// What roles give, beside what the person holds: nobody gives or takes away what they lack (I7).
#[derive(Clone, Copy)]
pub(crate) struct RoleReach {
    /// None for Owners, who may hand on everything, and for those who may not read them.
    roles: Option<Loader<Page<Role>>>,
    session: Session,
}

impl RoleReach {
    /// Begins to read what the roles give.
    pub(crate) fn new() -> Self {
        let session = use_session();
        let asks = |session: &SessionView| !session.account.is_owner && session.may(ConsolePermission::AccountsView);
        Self { roles: untrack(|| session.with(asks)).then(|| Loader::new(ROLES)), session }
    }

    /// Whether all of these roles may be put on something and taken off it, reactively. While that is not known the
    /// server decides.
    pub(crate) fn may_give(self, held: &[RoleRef]) -> bool {
        let known = self.roles.and_then(|roles| {
            let is_given =
                |roles: &[Role]| self.session.with(|session| all_given(held, roles, |keys| session.may_give_all(keys)));
            roles.with(|page| is_given(&page.items))
        });
        known.unwrap_or(true)
    }
}

/// Whether each of these roles, as far as it is known, gives only what may be given.
fn all_given(held: &[RoleRef], roles: &[Role], may_give_all: impl Fn(&[String]) -> bool) -> bool {
    let permissions = |role: &RoleRef| roles.iter().find(|known| known.key == role.key).map(|known| &known.permissions);
    held.iter().filter_map(permissions).all(|keys| may_give_all(keys))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::roles::words::testing::role;

    #[test]
    fn roles_are_handed_on_by_those_who_hold_all_they_give() {
        let roles = [role(1, "Alerts", &["alerts"]), role(2, "Data", &["data", "alerts"])];
        let held = |keys: &[&str]| -> Vec<RoleRef> {
            keys.iter().map(|key| RoleRef { key: (*key).to_owned(), name: String::new() }).collect()
        };
        let may_give = |keys: &[String]| keys.iter().all(|key| key == "alerts");
        for (keys, expected) in [(&["alerts"][..], true), (&["alerts", "data"], false), (&[], true), (&["gone"], true)]
        {
            assert_eq!(all_given(&held(keys), &roles, may_give), expected, "{keys:?}");
        }
    }
}
