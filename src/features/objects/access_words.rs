//! What the pages of objects say: where an object is found, how it is registered, and what its state means.

use domain::objects::{Object, ObjectAccess, ObjectKey};

use crate::ui::Tone;

/// The address of an object's page.
pub(super) fn href(object: &Object, encode: impl Fn(&str) -> String) -> String {
    address(&object.kind, &object.external_id, encode)
}

/// The same of an object that is known by its key alone.
pub(crate) fn object_address(key: &ObjectKey, encode: impl Fn(&str) -> String) -> String {
    address(&key.kind, &key.external_id, encode)
}

fn address(kind: &str, external_id: &str, encode: impl Fn(&str) -> String) -> String {
    ["/objects/", &encode(kind), "/", &encode(external_id)].concat()
}

/// The address of an object in the API.
pub(super) fn api_path(kind: &str, external_id: &str, encode: impl Fn(&str) -> String) -> String {
    ["/api/v1/objects/", &encode(kind), "/", &encode(external_id)].concat()
}

/// The word for how far an object is open.
pub(super) fn state_badge(object: &Object) -> (&'static str, Tone) {
    match (object.is_orphan, object.restricted) {
        (true, _) => ("Orphan", Tone::Danger),
        (false, true) => ("Restricted", Tone::Accent),
        (false, false) => ("Open", Tone::Neutral),
    }
}

/// What being restricted or open means for people.
pub(super) const fn state_text(restricted: bool) -> &'static str {
    if restricted {
        "Only its owner and those below may view or modify it, and only as far as their permissions go as well."
    } else {
        "Whoever holds the permission for it may use it. The list below counts as soon as it is restricted."
    }
}

/// A command that registers an object, ready to be pasted. The text is in single quotes for a shell.
pub(super) fn curl(origin: &str, kind: &str) -> String {
    [
        "curl -X PUT ",
        origin,
        "/api/v1/objects/",
        kind,
        "/sales-q3 -H \"Authorization: Bearer $ROSTER_TOKEN\" -H 'Content-Type: application/json' -d '{\"name\":\"Sales Q3\",\"restricted\":true}'",
    ]
    .concat()
}

/// How many may be seen to hold access: "3 accounts and 1 group", "nobody yet".
pub(super) fn counted(access: &ObjectAccess) -> String {
    let groups = access.items.iter().filter(|item| item.group.is_some()).count();
    let part = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(["1 ", word].concat()),
        count => Some([&count.to_string(), " ", word, "s"].concat()),
    };
    let parts: Vec<_> =
        [part(access.items.len() - groups, "account"), part(groups, "group")].into_iter().flatten().collect();
    if parts.is_empty() { "nobody yet".to_owned() } else { parts.join(" and ") }
}

#[cfg(test)]
mod tests {
    use domain::groups::GroupRef;
    use domain::objects::{Access, AccessLevel};
    use domain::{GroupId, Timestamp};

    use super::*;

    fn object(restricted: bool, is_orphan: bool) -> Object {
        Object {
            kind: "dashboard".to_owned(),
            external_id: "50%:a".to_owned(),
            name: "Sales".to_owned(),
            owner: None,
            restricted,
            is_orphan,
            own_access: None,
            accesses: 0,
            created_at: Timestamp::from_millis(0),
            version: 1,
        }
    }

    #[test]
    fn ids_of_the_product_are_encoded_in_addresses() {
        let encode = |text: &str| text.replace('%', "%25").replace(':', "%3A");
        assert_eq!(href(&object(false, false), encode), "/objects/dashboard/50%25%3Aa");
        assert_eq!(api_path("dashboard", "50%", encode), "/api/v1/objects/dashboard/50%25");
    }

    #[test]
    fn state_is_one_word() {
        let word = |restricted, is_orphan| state_badge(&object(restricted, is_orphan)).0;
        assert_eq!((word(false, false), word(true, false), word(true, true)), ("Open", "Restricted", "Orphan"));
    }

    #[test]
    fn holders_are_counted() {
        let group = Access {
            account: None,
            group: Some(GroupRef { id: GroupId::from_u128(1), name: "Ops".to_owned() }),
            level: AccessLevel::View,
            valid_until: None,
            granted_at: Timestamp::from_millis(0),
            granted_by: None,
        };
        let account = Access { group: None, ..group.clone() };
        let words = |items| counted(&ObjectAccess { object: object(true, false), items, may_share: true });
        assert_eq!(words(Vec::new()), "nobody yet");
        assert_eq!(words(vec![account.clone()]), "1 account");
        assert_eq!(words(vec![account.clone(), account, group]), "2 accounts and 1 group");
    }

    #[test]
    fn command_names_server_and_type() {
        assert!(
            curl("https://roster.example", "dashboard")
                .contains("PUT https://roster.example/api/v1/objects/dashboard/")
        );
    }
}
