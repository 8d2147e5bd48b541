//! Deleting a role: who holds it, which role they get instead, and what that changes.

use std::sync::Arc;

use domain::Code;
use domain::accounts::AccountKind;
use domain::page::Page;
use domain::previews::PreviewRequest;
use domain::roles::{OWNER_ROLE, Role, RoleHolders, RoleRemoval};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::words::{ROLES, holders, path};
use crate::api::{ApiError, Change};
use crate::features::previews::{Attempt, LivePreview, PreviewDialog};
use crate::load::Loader;
use crate::ui::{Banner, Icon, Select, SelectOption, Tone};

/// What the dialog knows and what is chosen in it.
#[derive(Clone, Copy)]
struct Removal {
    role: StoredValue<Arc<Role>>,
    version: RwSignal<i64>,
    holders: Loader<RoleHolders>,
    /// Key of the role that the holders get instead; empty while none is chosen.
    move_to: RwSignal<String>,
    attempt: Attempt,
    on_deleted: Callback<String>,
}

/// The dialog. It is open while it is mounted.
#[component]
pub(super) fn DeleteRoleDialog(
    /// The role, which is not built in.
    role: Arc<Role>,
    /// Runs with what to say once it is gone.
    #[prop(into)]
    on_deleted: Callback<String>,
    /// Runs when a person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let holders = Loader::<RoleHolders>::new([&path(&role), "/holders"].concat());
    let roles = Loader::<Page<Role>>::new(ROLES);
    let move_to = RwSignal::new(String::new());
    let (id, key) = (role.id, role.key.clone());
    let request = Signal::derive(move || {
        let move_to = move_to.with(|key| (!key.is_empty()).then(|| key.clone()))?;
        let role_removal = Some(RoleRemoval { move_to: Some(move_to) });
        Some(PreviewRequest { role: Some(id), role_removal, ..PreviewRequest::default() })
    });
    let attempt = Attempt::new(LivePreview::new(request));
    let version = RwSignal::new(role.version);
    let title = ["Delete the role ", &role.name, "?"].concat();
    let removal = Removal { role: StoredValue::new(role), version, holders, move_to, attempt, on_deleted };
    let is_held = Signal::derive(move || removal.is_held() == Some(true));
    let options = Signal::derive(move || {
        let offered = |page: &Page<Role>| {
            attempt.session.with(|session| options(&page.items, &key, |role| session.may_give_all(&role.permissions)))
        };
        roles.with(offered).unwrap_or_default()
    });
    let confirm = Signal::derive(move || if is_held.get() { "Move and delete" } else { "Delete role" }.to_owned());
    let reason = Signal::derive(move || removal.reason().to_owned());
    view! {
        <PreviewDialog
            title=title
            confirm=confirm
            danger=true
            attempt=attempt
            has_preview=is_held
            idle="Choose a role first."
            disabled_reason=reason
            on_confirm=move || removal.apply()
            on_close=on_close
        >
            {holders.draw(move |found| view! { <Holders found=found /> })}
            {move || is_held.get().then(|| view! {
                <Select
                    label="Give them this role instead"
                    value=move_to
                    options=options
                    required=true
                    hint="Accounts and groups alike, with the same ends."
                />
            })}
        </PreviewDialog>
    }
}

/// Roles that accounts and groups alike can hold, beside the one that goes and what the person may not give.
fn options(roles: &[Role], gone: &str, may_give: impl Fn(&Role) -> bool) -> Vec<SelectOption> {
    let can_be_held =
        |role: &&Role| role.level_rank.is_none() && role.key != OWNER_ROLE && role.key != gone && may_give(role);
    let option = |role: &Role| SelectOption::new(&role.key, &role.name);
    std::iter::once(SelectOption::new("", "Choose a role"))
        .chain(roles.iter().filter(can_be_held).map(option))
        .collect()
}

#[component]
fn Holders(found: RoleHolders) -> impl IntoView {
    let words = holders(found.accounts_total, found.groups_total);
    if words.is_empty() {
        return view! { <p class="prose">"Nobody holds this role. It cannot be brought back."</p> }.into_any();
    }
    let total = found.accounts_total + found.groups_total;
    let verb = if total == 1 { " holds it." } else { " hold it." };
    let rest = total.saturating_sub((found.accounts.len() + found.groups.len()) as u64);
    let groups = found.groups.into_iter().map(|group| (Icon::Group, group.name, String::new()));
    let accounts = found.accounts.into_iter().map(|account| {
        let icon = if account.kind == AccountKind::Service { Icon::Bot } else { Icon::User };
        (icon, account.name, account.handle)
    });
    let lines = groups.chain(accounts).map(|(icon, name, handle)| {
        view! { <li class="preview-account"><Icon icon=icon /><span>{name}</span><span class="muted">{handle}</span></li> }
    });
    let lines = lines.collect::<Vec<_>>();
    let rest = (rest > 0).then(|| view! { <li class="muted">"and " {rest.to_string()} " more"</li> });
    view! {
        <Banner tone=Tone::Warning title=["The role is in use: ", &words, verb].concat() />
        <ul class="holders" aria-label="Who holds the role" tabindex="0">{lines}{rest}</ul>
    }
    .into_any()
}

impl Removal {
    /// Whether anybody holds it, reactively; none while that is not known.
    fn is_held(self) -> Option<bool> {
        self.holders.with(|found| found.accounts_total + found.groups_total > 0)
    }

    fn reason(self) -> &'static str {
        match self.is_held() {
            None => "Who holds it is not known yet.",
            Some(true) if self.move_to.with(String::is_empty) => "Choose the role that they get instead.",
            Some(_) => "",
        }
    }

    fn apply(self) {
        if !self.attempt.begin() {
            return;
        }
        let role = self.role.get_value();
        let version = self.version.get_untracked();
        let basis = self.attempt.preview.basis();
        let move_to = Some(self.move_to.get_untracked()).filter(|key| !key.is_empty());
        spawn_local(async move {
            let path = path(&role);
            let request = Change::new(Method::DELETE, &path).version(version).basis(basis.as_deref());
            match request.tell(&RoleRemoval { move_to }).await {
                Ok(()) => {
                    self.on_deleted.try_run(["The role ", &role.name, " was deleted."].concat());
                }
                Err(error) => self.refused(&error),
            }
        });
    }

    /// Takes over what the refusal teaches: who holds it by now, and which version it has.
    fn refused(self, error: &ApiError) {
        if let ApiError::Problem(problem) = error {
            if let (Code::InUse, Some(found)) = (problem.code, &problem.holders) {
                self.holders.set((**found).clone());
            }
            if let Some(role) = &problem.current_role {
                self.version.try_set(role.version);
                self.holders.reload();
            }
        }
        self.attempt.fail(error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::roles::words::testing::role;

    #[test]
    fn holders_are_moved_to_what_groups_can_carry_too() {
        let level = Role { level_rank: Some(1), ..role(1, "Viewer", &[]) };
        let beyond = role(5, "Billing", &["billing.view"]);
        let roles = [level, role(2, "Owner", &["*"]), role(3, "Alerts", &[]), role(4, "Data", &[]), beyond];
        let may_give = |role: &Role| role.permissions.is_empty();
        let offered: Vec<_> = options(&roles, "alerts", may_give).into_iter().map(|option| option.label).collect();
        assert_eq!(offered, ["Choose a role", "Data"]);
    }
}
