//! What is wrong with an invitation, by where it is shown: at a field, at one entry of it, or above all.

use domain::FieldError;
use domain::invitations::InviteRequest;

use crate::api::ApiError;

/// A field of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Emails,
    Level,
    Groups,
    Roles,
    Permissions,
}

impl Field {
    /// By its name in the request.
    fn of(name: &str) -> Option<Self> {
        match name {
            "emails" => Some(Self::Emails),
            "level" => Some(Self::Level),
            "groups" => Some(Self::Groups),
            "roles" => Some(Self::Roles),
            "permissions" => Some(Self::Permissions),
            _ => None,
        }
    }

    /// What was sent at a position of the field's list.
    fn entry(self, sent: &InviteRequest, index: usize) -> Option<String> {
        match self {
            Self::Emails => sent.emails.entries().get(index).map(|entry| entry.input.clone()),
            Self::Level => None,
            Self::Groups => sent.groups.get(index).map(ToString::to_string),
            Self::Roles => sent.roles.get(index).cloned(),
            Self::Permissions => sent.permissions.get(index).cloned(),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    field: Field,
    /// As in the request; none where it is the field as a whole.
    entry: Option<String>,
    text: String,
}

/// All that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    faults: Vec<Fault>,
    /// What belongs to no field.
    pub(super) other: Option<String>,
}

impl Faults {
    /// Why the server refused a request.
    pub(super) fn of(error: &ApiError, sent: &InviteRequest) -> Self {
        let mut faults = Self::default();
        for error in error.fields() {
            faults.take(error, sent);
        }
        if faults.faults.is_empty() {
            faults.other = Some(error.message());
        }
        faults
    }

    fn take(&mut self, error: &FieldError, sent: &InviteRequest) {
        if let Some(field) = Field::of(&error.field) {
            let entry = error.index.and_then(|index| field.entry(sent, index));
            self.faults.push(Fault { field, entry, text: error.message.clone() });
        }
    }

    /// The same with what is wrong with a field as a whole, if anything is.
    pub(super) fn with(mut self, field: Field, text: Option<String>) -> Self {
        self.faults.extend(text.map(|text| Fault { field, entry: None, text }));
        self
    }

    /// Whether nothing is wrong.
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with a field as a whole.
    pub(super) fn whole(&self, field: Field) -> Option<String> {
        self.faults.iter().find(|fault| fault.field == field && fault.entry.is_none()).map(|fault| fault.text.clone())
    }

    /// The entries of a field that were refused, each with why.
    pub(super) fn entries(&self, field: Field) -> Vec<(String, String)> {
        let of_field = self.faults.iter().filter(|fault| fault.field == field);
        of_field.filter_map(|fault| Some((fault.entry.clone()?, fault.text.clone()))).collect()
    }

    /// Whether something is wrong with one of these fields.
    pub(super) fn are_in(&self, fields: &[Field]) -> bool {
        self.faults.iter().any(|fault| fields.contains(&fault.field))
    }

    /// A field was changed: what was wrong with it as a whole is no longer so.
    pub(super) fn forget_whole(&mut self, field: Field) {
        self.faults.retain(|fault| fault.field != field || fault.entry.is_some());
    }
}

#[cfg(test)]
mod tests {
    use domain::email_list::EmailList;
    use domain::{GroupId, Problem};

    use super::*;

    #[test]
    fn fault_stands_at_the_entry_that_was_sent() {
        let sent = InviteRequest {
            emails: EmailList::parse("a@x.io, b@x.io").unwrap(),
            level: None,
            groups: vec![GroupId::from_u128(1), GroupId::from_u128(2)],
            roles: vec!["alerts".to_owned()],
            permissions: Vec::new(),
        };
        let gone = |field| FieldError::new(field, "unknown", "Gone.".to_owned());
        let mut faults = Faults::default();
        for error in [gone("emails").at(1), gone("groups").at(1), gone("roles").at(0), gone("roles").at(7), gone("x")] {
            faults.take(&error, &sent);
        }
        let entries = |field| faults.entries(field).into_iter().map(|(entry, _)| entry).collect::<Vec<_>>();
        assert_eq!(entries(Field::Emails), ["b@x.io"]);
        assert_eq!(entries(Field::Groups), [GroupId::from_u128(2).to_string()]);
        assert_eq!(entries(Field::Roles), ["alerts"]);
        assert_eq!(faults.whole(Field::Roles).as_deref(), Some("Gone."), "a position that was not sent");
        assert!(faults.are_in(&[Field::Roles]) && !faults.are_in(&[Field::Permissions, Field::Level]));
    }

    #[test]
    fn refusal_of_no_field_stands_above_all() {
        let sent = InviteRequest {
            emails: EmailList::parse("a@x.io").unwrap(),
            level: None,
            groups: Vec::new(),
            roles: Vec::new(),
            permissions: Vec::new(),
        };
        let problem: Problem = serde_json::from_str(
            r#"{"type":"about:blank","title":"Forbidden","status":403,"code":"escalation","detail":"Not yours."}"#,
        )
        .unwrap();
        let faults = Faults::of(&ApiError::Problem(Box::new(problem)), &sent);
        assert_eq!(faults.other.as_deref(), Some("Not yours."));
        assert!(!faults.is_none());
    }
}
