//! What is typed about a new service account, and the request that comes of it.

use domain::FieldError;
use domain::groups::GroupRef;
use domain::problem::FieldErrors;
use domain::service_accounts::{AccountOwner, CreatedServiceAccount, NewServiceAccount, ServiceAccountId};
use domain::text::Name;
use domain::tokens::TokenPolicy;
use leptos::prelude::*;

use super::owner_field::choice_of;
use crate::api::{ApiError, Change};
use crate::features::groups::NewGroups;
use crate::features::invitations::{Advanced, Outlook};
use crate::features::tokens::TokenFields;
use crate::form::FormState;
use crate::ui::dom;

/// The id of the form, by which its first wrong field is found.
pub(super) const FORM: &str = "new-service-account";
const FIELDS: [&str; 5] = ["account_id", "display_name", "description", "owner", "groups"];
/// What comes before the fields of the first token in the answer.
const OF_TOKEN: &str = "token.";
/// What the first token is called beforehand.
const FIRST_TOKEN: &str = "first";

/// What outlives the session: everything but the first token's limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    account_id: String,
    name: String,
    description: String,
    owner: Option<AccountOwner>,
    groups: Vec<GroupRef>,
    roles: Vec<String>,
    permissions: Vec<String>,
}

/// The page's fields.
#[derive(Clone, Copy)]
pub(super) struct NewForm {
    pub(super) account_id: RwSignal<String>,
    pub(super) name: RwSignal<String>,
    pub(super) description: RwSignal<String>,
    pub(super) owner: RwSignal<Option<AccountOwner>>,
    pub(super) groups: RwSignal<Vec<GroupRef>>,
    pub(super) new_groups: NewGroups,
    pub(super) advanced: Advanced,
    pub(super) outlook: Outlook,
    pub(super) has_token: RwSignal<bool>,
    pub(super) token: TokenFields,
    pub(super) form: FormState,
}

impl NewForm {
    pub(super) fn new(policy: TokenPolicy) -> Self {
        let (advanced, groups) = (Advanced::of_service(), RwSignal::new(Vec::new()));
        Self {
            account_id: RwSignal::new(String::new()),
            name: RwSignal::new(String::new()),
            description: RwSignal::new(String::new()),
            owner: RwSignal::new(None),
            groups,
            new_groups: NewGroups::new(),
            advanced,
            outlook: Outlook::new(advanced, groups, Signal::stored(String::new())),
            has_token: RwSignal::new(true),
            token: TokenFields::new(policy, FIRST_TOKEN),
            form: FormState::new(FORM, &FIELDS),
        }
    }

    /// What was typed, reactively.
    pub(super) fn typed(self) -> Typed {
        Typed {
            account_id: self.account_id.get(),
            name: self.name.get(),
            description: self.description.get(),
            owner: self.owner.get(),
            groups: self.groups.get(),
            roles: self.advanced.roles.get(),
            permissions: self.advanced.permissions.get(),
        }
    }

    pub(super) fn show(self, typed: Typed) {
        self.account_id.set(typed.account_id);
        self.name.set(typed.name);
        self.description.set(typed.description);
        self.owner.set(typed.owner);
        self.groups.set(typed.groups);
        self.advanced.roles.set(typed.roles);
        self.advanced.permissions.set(typed.permissions);
    }

    /// The request, or what is wrong, not reactively.
    fn read(self) -> Result<NewServiceAccount, Vec<FieldError>> {
        let typed = untrack(|| self.typed());
        let mut errors = FieldErrors::default();
        let account_id = errors.take("account_id", ServiceAccountId::parse(&typed.account_id));
        let name = Some(typed.name.trim()).filter(|name| !name.is_empty()).map(Name::parse);
        let display_name = name.and_then(|name| errors.take("display_name", name));
        let token = self.has_token.get_untracked().then(|| self.token.read()).transpose();
        let token = token.unwrap_or_else(|faults| {
            for fault in faults {
                errors.push(FieldError { field: [OF_TOKEN, &fault.field].concat(), ..fault });
            }
            None
        });
        let (Some(account_id), true) = (account_id, errors.is_empty()) else { return Err(errors.into_vec()) };
        Ok(NewServiceAccount {
            account_id,
            display_name,
            description: typed.description.trim().to_owned(),
            owner: typed.owner.as_ref().map(|owner| choice_of(Some(owner))),
            groups: typed.groups.iter().map(|group| group.id).collect(),
            roles: typed.roles,
            permissions: typed.permissions,
            token,
        })
    }

    /// Shows what is wrong, each at its field.
    fn refuse(self, errors: Vec<FieldError>) {
        let sorted = Sorted::of(errors);
        self.token.refuse(sorted.of_token);
        self.advanced.refuse(sorted.of_gifts);
        self.form.refuse(sorted.others);
        dom::focus_first_invalid(FORM);
    }

    /// Makes the account; none where something is wrong, which is then shown.
    pub(super) async fn send(self) -> Option<CreatedServiceAccount> {
        if self.new_groups.refuse_left_over() || !self.form.begin() {
            dom::focus_first_invalid(FORM);
            return None;
        }
        self.token.refuse(Vec::new());
        self.advanced.refuse(Vec::new());
        let request = match self.read() {
            Ok(request) => request,
            Err(errors) => {
                self.refuse(errors);
                return None;
            }
        };
        match Change::post("/api/v1/service-accounts").once().send(&request).await {
            Ok(created) => Some(created),
            Err(ApiError::Problem(problem)) if !problem.errors.is_empty() => {
                self.refuse(problem.errors);
                None
            }
            Err(error) => {
                self.form.fail(error);
                None
            }
        }
    }
}

/// What is wrong, by where it is shown.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sorted {
    /// Named as the token's own fields.
    of_token: Vec<FieldError>,
    of_gifts: Vec<FieldError>,
    others: Vec<FieldError>,
}

impl Sorted {
    fn of(errors: Vec<FieldError>) -> Self {
        let mut sorted = Self::default();
        for error in errors {
            if let Some(field) = error.field.strip_prefix(OF_TOKEN) {
                sorted.of_token.push(FieldError { field: field.to_owned(), ..error });
            } else if matches!(error.field.as_str(), "roles" | "permissions") {
                sorted.of_gifts.push(error);
            } else {
                sorted.others.push(error);
            }
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_go_to_where_their_fields_are() {
        let error = |field: &str| FieldError::new(field, "invalid", String::new());
        let sorted =
            Sorted::of(["token.name", "roles", "account_id", "permissions", "token.scopes"].map(error).to_vec());
        let fields = |errors: &[FieldError]| errors.iter().map(|error| error.field.clone()).collect::<Vec<_>>();
        assert_eq!(fields(&sorted.of_token), ["name", "scopes"]);
        assert_eq!(fields(&sorted.of_gifts), ["roles", "permissions"]);
        assert_eq!(fields(&sorted.others), ["account_id"]);
    }
}
