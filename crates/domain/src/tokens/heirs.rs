//! How far the tokens that are made by showing one may reach: never further than the one that is shown (I7).

use super::Network;

/// The first permission, if any, that a new token of the same account would have beyond the scopes of the one that is shown.
/// Both are lists of permissions with all that each implies; `None` among the new ones stands for all that the account holds.
#[must_use]
pub fn beyond_scopes<'a>(new: Option<&'a [String]>, shown: &[String]) -> Option<Beyond<'a>> {
    match new {
        None => Some(Beyond::Everything),
        Some(new) => new.iter().find(|key| !shown.contains(key)).map(|key| Beyond::Permission(key)),
    }
}

/// What a new token would have beyond the one that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond<'a> {
    /// All that the account holds.
    Everything,
    Permission(&'a str),
}

/// Whether the address ranges of a new token lie within those of the one that is shown. None means from anywhere.
#[must_use]
pub fn are_ranges_within(new: &[Network], shown: &[Network]) -> bool {
    let is_covered = |range: &Network| shown.iter().any(|wide| wide.covers(range));
    shown.is_empty() || (!new.is_empty() && new.iter().all(is_covered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(text: &str) -> Vec<Network> {
        text.split_whitespace().filter_map(|range| Network::parse(range).ok()).collect()
    }

    #[test]
    fn new_token_is_used_from_no_further_than_the_shown_one() {
        for (new, shown, expected) in [
            ("", "", true),
            ("10.0.0.0/8", "", true),
            ("", "10.0.0.0/8", false),
            ("10.0.0.0/8", "10.0.0.0/8", true),
            ("10.1.0.0/16 192.0.2.7", "10.0.0.0/8 192.0.2.0/24", true),
            ("10.1.0.0/16 192.0.3.7", "10.0.0.0/8 192.0.2.0/24", false),
            ("10.0.0.0/7", "10.0.0.0/8", false),
            ("::/0", "0.0.0.0/0", false),
        ] {
            assert_eq!(are_ranges_within(&ranges(new), &ranges(shown)), expected, "{new} within {shown}");
        }
    }

    #[test]
    fn new_token_of_the_account_has_no_scope_that_the_shown_one_lacks() {
        let keys = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let shown = keys("accounts.view service_accounts.manage");
        assert_eq!(beyond_scopes(Some(&keys("accounts.view")), &shown), None);
        assert_eq!(beyond_scopes(Some(&keys("accounts.view alerts")), &shown), Some(Beyond::Permission("alerts")));
        assert_eq!(beyond_scopes(None, &shown), Some(Beyond::Everything));
    }
}
