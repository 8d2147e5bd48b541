//! What a preview was asked about: exactly one change, with the permission that making it needs.

use super::{MembersChange, PreviewRequest};
use crate::bulk::BulkRequest;
use crate::defaults::Defaults;
use crate::groups::GroupChange;
use crate::id::{GroupId, RoleId};
use crate::permissions::ConsolePermission;
use crate::problem::FieldError;
use crate::roles::{RoleChange, RoleRemoval};

/// One change.
#[derive(Debug, Clone)]
pub enum PreviewedChange {
    Role(RoleId, RoleChange),
    RoleRemoval(RoleId, RoleRemoval),
    Group(GroupId, GroupChange),
    GroupRemoval(GroupId),
    Members(GroupId, MembersChange),
    Bulk(BulkRequest),
    Defaults(Defaults),
}

impl PreviewedChange {
    /// What making the change needs, and so does its preview: one of these.
    #[must_use]
    pub const fn needs(&self) -> &'static [ConsolePermission] {
        match self {
            Self::Role(..) | Self::RoleRemoval(..) => &[ConsolePermission::RolesManage],
            Self::Group(..) | Self::GroupRemoval(_) | Self::Members(..) => &[ConsolePermission::GroupsManage],
            Self::Bulk(request) => request.action.kind.needs(),
            Self::Defaults(_) => &[ConsolePermission::SettingsManage],
        }
    }
}

impl PreviewRequest {
    /// The one change that it names.
    ///
    /// # Errors
    /// The field that is missing, or too much.
    pub fn change(self) -> Result<PreviewedChange, FieldError> {
        let Self { role, role_change, role_removal, group, group_change, members, group_removal, bulk, defaults } =
            self;
        let is_about_role = role.is_some();
        let is_about_group = group.is_some();
        let changes = [
            role_change.zip(role).map(|(change, role)| PreviewedChange::Role(role, change)),
            role_removal.zip(role).map(|(removal, role)| PreviewedChange::RoleRemoval(role, removal)),
            group_change.zip(group).map(|(change, group)| PreviewedChange::Group(group, change)),
            members.zip(group).map(|(members, group)| PreviewedChange::Members(group, members)),
            group.filter(|_| group_removal).map(PreviewedChange::GroupRemoval),
            bulk.map(PreviewedChange::Bulk),
            defaults.map(PreviewedChange::Defaults),
        ];
        let mut changes = changes.into_iter().flatten();
        match (changes.next(), changes.next()) {
            (Some(change), None) => Ok(change),
            (Some(_), Some(_)) => {
                let message = "A preview is of one change. Ask for each by itself.";
                Err(FieldError::new("", "not_allowed", message.to_owned()))
            }
            (None, _) => {
                let field = match (is_about_role, is_about_group) {
                    (true, _) => "role_change",
                    (_, true) => "group_change",
                    _ => "role",
                };
                Err(FieldError::new(field, "required", "Name the change, and the role or group it is of.".to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<&'static [ConsolePermission], String> {
        let request: PreviewRequest = serde_json::from_str(text).unwrap();
        request.change().map(|change| change.needs()).map_err(|error| error.field)
    }

    #[test]
    fn request_names_exactly_one_change() {
        let id = "01a201dc-78d3-7333-844c-520898157319";
        let about = |text: &str| read(&text.replace("ID", id));
        let cases: [(&str, Result<&[ConsolePermission], &str>); 14] = [
            (r#"{"role":"ID","role_change":{"permissions":["a"]}}"#, Ok(&[ConsolePermission::RolesManage])),
            (r#"{"role":"ID","role_removal":{}}"#, Ok(&[ConsolePermission::RolesManage])),
            (r#"{"group":"ID","group_change":{"roles":[]}}"#, Ok(&[ConsolePermission::GroupsManage])),
            (r#"{"group":"ID","members":{"add":["ID"]}}"#, Ok(&[ConsolePermission::GroupsManage])),
            (r#"{"group":"ID","group_removal":true}"#, Ok(&[ConsolePermission::GroupsManage])),
            (
                r#"{"bulk":{"ids":["ID"],"action":{"type":"activate"}}}"#,
                Ok(&[ConsolePermission::AccountsManage, ConsolePermission::ServiceAccountsManage]),
            ),
            (r#"{"bulk":{"ids":["ID"],"action":{"type":"resend"}}}"#, Ok(&[ConsolePermission::AccountsInvite])),
            (r#"{"defaults":{}}"#, Ok(&[ConsolePermission::SettingsManage])),
            ("{}", Err("role")),
            (r#"{"role":"ID"}"#, Err("role_change")),
            (r#"{"group":"ID"}"#, Err("group_change")),
            (r#"{"role_change":{}}"#, Err("role")),
            (r#"{"role":"ID","role_change":{},"role_removal":{}}"#, Err("")),
            (r#"{"defaults":{},"group":"ID","group_removal":true}"#, Err("")),
        ];
        for (text, expected) in cases {
            assert_eq!(about(text), expected.map_err(str::to_owned), "{text}");
        }
    }
}
