//! Random acts: every path by which rights are given, taken, or handed on.

use domain::AccountId;
use serde_json::{Value, json};

use super::company::{Company, OBJECTS};
use super::dice::Dice;

macro_rules! acts {
    ($($name:ident { $($field:ident: $type:ty),* })*) => {
        /// One request that somebody makes.
        #[derive(Debug)]
        pub(super) enum Act {
            $($name { $($field: $type),* },)*
        }

        /// What is done, whatever it is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum ActKind {
            $($name,)*
        }

        impl ActKind {
            pub(super) const ALL: &'static [Self] = &[$(Self::$name,)*];
        }

        impl Act {
            pub(super) const fn kind(&self) -> ActKind {
                match self {
                    $(Self::$name { .. } => ActKind::$name,)*
                }
            }
        }
    };
}

acts! {
    Bulk { ids: Vec<AccountId>, action: Value }
    Members { group: String, body: Value }
    Member { group: String, account: AccountId, body: Value }
    ChangeAccount { account: AccountId, body: Value }
    NewRole { body: Value }
    ChangeRole { id: String, body: Value }
    RemoveRole { id: String, body: Value }
    ChangeGroup { id: String, body: Value }
    RemoveGroup { id: String }
    Defaults { body: Value }
    DefaultLevel { body: Value }
    Invite { body: Value }
    Accept { token: String }
    Undo { operation: String }
    Access { object: &'static str, body: Value }
    Revoke { object: &'static str, query: String }
    ChangeObject { object: &'static str, body: Value }
}

impl Act {
    /// Whether single accounts are what it is about: each has to be within reach.
    pub(super) const fn is_about_accounts(&self) -> bool {
        matches!(
            self,
            Self::Bulk { .. }
                | Self::Members { .. }
                | Self::Member { .. }
                | Self::ChangeAccount { .. }
                | Self::Undo { .. }
        )
    }

    pub(super) fn random(company: &Company, dice: &mut Dice) -> Self {
        let (people, group) = (company.ids(), dice.pick(&company.groups));
        loop {
            let act = match dice.below(22) {
                0..=4 => Self::bulk(company, dice),
                5 => {
                    let body = json!({ "add": dice.some(&people, 3), "remove": [] });
                    Self::Members { group, body: with_end(body, company, dice) }
                }
                6 => Self::Members { group, body: json!({ "add": [], "remove": dice.some(&people, 3) }) },
                7 => Self::Member { group, account: dice.pick(&people), body: with_end(json!({}), company, dice) },
                8 => Self::change_account(company, dice),
                9 => {
                    let name = format!("Role {}", dice.below(1_000_000));
                    Self::NewRole { body: json!({ "name": name, "permissions": dice.some(&company.permissions, 12) }) }
                }
                10 => {
                    let body = json!({ "permissions": dice.some(&company.permissions, 8) });
                    Self::ChangeRole { id: dice.pick(&company.roles).0, body }
                }
                11 if company.roles.len() > 3 => {
                    let to = dice.pick(&company.roles).1;
                    let body = if dice.once_in(4) { json!({}) } else { json!({ "move_to": to }) };
                    Self::RemoveRole { id: dice.pick(&company.roles).0, body }
                }
                12 => {
                    let keys: Vec<String> = company.roles.iter().map(|(_, key)| key.clone()).collect();
                    Self::ChangeGroup { id: group, body: json!({ "roles": dice.some(&keys, 4) }) }
                }
                13 if company.groups.len() > 3 && dice.once_in(3) => Self::RemoveGroup { id: group },
                14 => Self::defaults(company, dice),
                15 if !company.levels.is_empty() => {
                    Self::DefaultLevel { body: json!({ "default_level": dice.pick(&company.levels) }) }
                }
                16 => Self::invite(company, dice),
                17 if !company.pending.is_empty() => Self::Accept { token: dice.pick(&company.pending) },
                18 if !company.operations.is_empty() => Self::Undo { operation: dice.pick(&company.operations) },
                19 => Self::Access { object: dice.pick(&OBJECTS), body: Self::access_body(company, dice) },
                20 => {
                    let account = dice.pick(&people);
                    let query = if dice.once_in(2) { format!("account={account}") } else { format!("group={group}") };
                    Self::Revoke { object: dice.pick(&OBJECTS), query }
                }
                21 => {
                    let body = match dice.below(2) {
                        0 => json!({ "owner": dice.pick(&people) }),
                        _ => json!({ "restricted": dice.once_in(2) }),
                    };
                    Self::ChangeObject { object: dice.pick(&OBJECTS), body }
                }
                _ => continue,
            };
            return act;
        }
    }

    fn bulk(company: &Company, dice: &mut Dice) -> Self {
        let roles: Vec<String> = company.roles.iter().map(|(_, key)| key.clone()).collect();
        let roles: Vec<String> = roles.into_iter().chain(company.built_in.iter().cloned()).collect();
        let permission = dice.pick(&company.permissions);
        let action = match dice.below(9) {
            0 => with_end(json!({ "type": "add_role", "role": dice.pick(&roles) }), company, dice),
            1 => json!({ "type": "remove_role", "role": dice.pick(&roles) }),
            2 => with_end(json!({ "type": "add_group", "group": dice.pick(&company.groups) }), company, dice),
            3 => json!({ "type": "remove_group", "group": dice.pick(&company.groups) }),
            4 => with_end(json!({ "type": "add_permission", "permission": permission }), company, dice),
            5 => json!({ "type": "remove_permission", "permission": permission }),
            6 if !company.levels.is_empty() => json!({ "type": "set_level", "level": dice.pick(&company.levels) }),
            7 if dice.once_in(3) => json!({ "type": "deactivate" }),
            _ => json!({ "type": "activate" }),
        };
        let mut ids = dice.some(&company.ids(), 2);
        ids.push(company.people[0].id);
        ids.sort();
        ids.dedup();
        Self::Bulk { ids, action }
    }

    fn change_account(company: &Company, dice: &mut Dice) -> Self {
        let body = match dice.below(5) {
            0 => json!({ "status": "deactivated" }),
            1 if !company.levels.is_empty() => json!({ "level": dice.pick(&company.levels) }),
            2 => json!({ "valid_until": dice.pick(&company.ends) }),
            _ => json!({ "status": "active" }),
        };
        Self::ChangeAccount { account: dice.pick(&company.ids()), body }
    }

    fn defaults(company: &Company, dice: &mut Dice) -> Self {
        let mut body =
            json!({ "groups": dice.some(&company.groups[1..], 4), "permissions": dice.some(&company.permissions, 15) });
        if !company.levels.is_empty() && dice.once_in(2) {
            body["level"] = dice.pick(&company.levels).into();
        }
        Self::Defaults { body }
    }

    fn invite(company: &Company, dice: &mut Dice) -> Self {
        let keys: Vec<String> = company.roles.iter().map(|(_, key)| key.clone()).collect();
        let mut body = json!({
            "groups": dice.some(&company.groups[1..], 3), "roles": dice.some(&keys, 5), "permissions": dice.some(&company.permissions, 15),
        });
        if !company.levels.is_empty() && dice.once_in(2) {
            body["level"] = dice.pick(&company.levels).into();
        }
        Self::Invite { body }
    }

    /// An access for somebody, at some level, with or without an end.
    pub(super) fn access_body(company: &Company, dice: &mut Dice) -> Value {
        let level = if dice.once_in(2) { "view" } else { "modify" };
        let body = match dice.once_in(2) {
            true => json!({ "level": level, "account": dice.pick(&company.ids()) }),
            false => json!({ "level": level, "group": dice.pick(&company.groups) }),
        };
        with_end(body, company, dice)
    }
}

fn with_end(mut body: Value, company: &Company, dice: &mut Dice) -> Value {
    if let Some(end) = dice.pick(&company.ends) {
        body["valid_until"] = end.to_string().into();
    }
    body
}
