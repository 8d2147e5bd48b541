//! What is typed into the settings: what of it is a change, and what happens to it when somebody else changed them too.

use domain::FieldError;
use domain::organization::{Organization, OrganizationChange, SEATS_MAX};
use domain::problem::FieldErrors;
use domain::text::Name;
use domain::tokens::{TTL_DAYS_MAX, TokenPolicyChange};

const SEATS: &str = "Seats";
const TOKEN_DAYS: &str = "Longest token lifetime";

/// The settings as texts, as the fields hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) invitation_ttl_hours: String,
    /// Empty for no limit.
    pub(super) seats: String,
    pub(super) password_chars_min: String,
    /// Days; empty for no limit.
    pub(super) token_ttl_days_max: String,
    pub(super) token_expiry_required: bool,
    pub(super) user_tokens: bool,
}

impl Typed {
    /// What the fields show of stored settings.
    pub(super) fn of(organization: &Organization) -> Self {
        Self {
            name: organization.name.clone(),
            invitation_ttl_hours: organization.invitation_ttl_hours.to_string(),
            seats: organization.seats.map(|seats| seats.to_string()).unwrap_or_default(),
            password_chars_min: organization.password_chars_min.to_string(),
            token_ttl_days_max: organization.tokens.ttl_days_max.map(|days| days.to_string()).unwrap_or_default(),
            token_expiry_required: organization.tokens.expiry_required,
            user_tokens: organization.tokens.user_tokens,
        }
    }

    /// The fields with what they are called, in the order shown.
    fn parts(&self) -> [(&'static str, &str); 7] {
        [
            ("Name", &self.name),
            ("Invitation link lifetime", &self.invitation_ttl_hours),
            (SEATS, &self.seats),
            ("Minimum password length", &self.password_chars_min),
            (TOKEN_DAYS, &self.token_ttl_days_max),
            ("Every token needs an expiry", yes_or_no(self.token_expiry_required)),
            ("People may have API tokens", yes_or_no(self.user_tokens)),
        ]
    }
}

const fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

/// What differs between stored settings and typed ones, ready to be sent.
pub(super) fn change(base: &Typed, typed: &Typed) -> Result<OrganizationChange, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    let mut change = OrganizationChange::default();
    if typed.name != base.name {
        change.name = errors.take("name", Name::parse(&typed.name));
    }
    let mut number = |field: &str, typed: &str, base: &str| {
        if typed.trim() == base {
            return None;
        }
        let number = typed.trim().parse::<u32>().ok();
        if number.is_none() {
            errors.push(FieldError::new(field, "not_a_number", "Enter a whole number.".to_owned()));
        }
        number
    };
    change.invitation_ttl_hours =
        number("invitation_ttl_hours", &typed.invitation_ttl_hours, &base.invitation_ttl_hours);
    change.password_chars_min = number("password_chars_min", &typed.password_chars_min, &base.password_chars_min);
    // On the wire 0 stands for no limit; typed, it would be a mistake.
    change.seats = match typed.seats.trim() {
        "" if base.seats.is_empty() => None,
        "" => Some(0),
        seats => number("seats", seats, &base.seats),
    };
    let days = match typed.token_ttl_days_max.trim() {
        "" => (!base.token_ttl_days_max.is_empty()).then_some(0),
        days => number("tokens.ttl_days_max", days, &base.token_ttl_days_max),
    };
    if change.seats == Some(0) && !typed.seats.trim().is_empty() {
        let message = format!("Enter a number from 1 to {SEATS_MAX}, or nothing for no limit.");
        errors.push(FieldError::new("seats", "out_of_range", message));
    }
    if days == Some(0) && !typed.token_ttl_days_max.trim().is_empty() {
        let message = format!("Enter a number from 1 to {TTL_DAYS_MAX}, or nothing for no limit.");
        errors.push(FieldError::new("tokens.ttl_days_max", "out_of_range", message));
    }
    let tokens = TokenPolicyChange {
        ttl_days_max: days,
        expiry_required: (typed.token_expiry_required != base.token_expiry_required)
            .then_some(typed.token_expiry_required),
        user_tokens: (typed.user_tokens != base.user_tokens).then_some(typed.user_tokens),
    };
    change.tokens = Some(tokens).filter(|tokens| *tokens != TokenPolicyChange::default());
    // The level of new accounts is one of their defaults, and changed there.
    change.faults(&[]).into_iter().for_each(|fault| errors.push(fault));
    if errors.is_empty() { Ok(change) } else { Err(errors.into_vec()) }
}

/// A setting that somebody else changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overtaken {
    /// What the field is called.
    pub(super) label: &'static str,
    /// What it was, and what it is now.
    pub(super) theirs: (String, String),
    /// What was typed here instead; none where nothing was, or the same.
    pub(super) mine: Option<String>,
}

/// Takes over what somebody else changed meanwhile, except where this person typed something of their own. Gives the
/// fields' new texts, and what the other changed, for people.
pub(super) fn merge(base: &Typed, typed: &Typed, now: &Typed) -> (Typed, Vec<Overtaken>) {
    let take = |base: &String, typed: &String, now: &String| if typed == base { now.clone() } else { typed.clone() };
    let take_switch = |base: bool, typed: bool, now: bool| if typed == base { now } else { typed };
    let merged = Typed {
        name: take(&base.name, &typed.name, &now.name),
        invitation_ttl_hours: take(&base.invitation_ttl_hours, &typed.invitation_ttl_hours, &now.invitation_ttl_hours),
        seats: take(&base.seats, &typed.seats, &now.seats),
        password_chars_min: take(&base.password_chars_min, &typed.password_chars_min, &now.password_chars_min),
        token_ttl_days_max: take(&base.token_ttl_days_max, &typed.token_ttl_days_max, &now.token_ttl_days_max),
        token_expiry_required: take_switch(
            base.token_expiry_required,
            typed.token_expiry_required,
            now.token_expiry_required,
        ),
        user_tokens: take_switch(base.user_tokens, typed.user_tokens, now.user_tokens),
    };
    let parts = base.parts().into_iter().zip(now.parts()).zip(merged.parts());
    let changes = parts.filter(|((base, now), _)| base.1 != now.1);
    let overtaken = changes.map(|(((label, before), (_, after)), (_, kept))| Overtaken {
        label,
        theirs: (shown(label, before), shown(label, after)),
        mine: (kept != after).then(|| shown(label, kept)),
    });
    let overtaken = overtaken.collect();
    (merged, overtaken)
}

/// A field's text as people read it, with words for nothing.
fn shown(label: &str, text: &str) -> String {
    match text.trim() {
        "" if matches!(label, SEATS | TOKEN_DAYS) => "no limit".to_owned(),
        "" => "nothing".to_owned(),
        text => text.to_owned(),
    }
}

impl Overtaken {
    /// "Name: Acme → Acme Metrics. You typed: Metrics."
    pub(super) fn line(&self) -> String {
        let (before, after) = &self.theirs;
        let mine = self.mine.as_ref().map(|mine| [" You typed: ", mine, "."].concat()).unwrap_or_default();
        [self.label, ": ", before, " → ", after, ".", &mine].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::{Overtaken, Typed, change, merge};

    fn base() -> Typed {
        Typed {
            name: "Acme".to_owned(),
            invitation_ttl_hours: "24".to_owned(),
            seats: "10".to_owned(),
            password_chars_min: "15".to_owned(),
            token_ttl_days_max: "90".to_owned(),
            token_expiry_required: false,
            user_tokens: true,
        }
    }

    #[test]
    fn only_what_differs_is_sent() {
        let sent = |typed: &Typed| change(&base(), typed).map(|change| serde_json::to_string(&change).ok());
        assert_eq!(sent(&base()), Ok(Some("{}".to_owned())));
        let typed = Typed { name: "Acme Metrics".to_owned(), seats: " ".to_owned(), ..base() };
        assert_eq!(sent(&typed), Ok(Some(r#"{"name":"Acme Metrics","seats":0}"#.to_owned())));
        let typed = Typed { token_ttl_days_max: String::new(), user_tokens: false, ..base() };
        assert_eq!(sent(&typed), Ok(Some(r#"{"tokens":{"ttl_days_max":0,"user_tokens":false}}"#.to_owned())));
    }

    #[test]
    fn wrong_fields_are_told_together() {
        let fields = |typed: &Typed| match change(&base(), typed) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.field).collect(),
        };
        let typed = Typed {
            name: " ".to_owned(),
            seats: "0".to_owned(),
            invitation_ttl_hours: "721".to_owned(),
            password_chars_min: "x".to_owned(),
            token_ttl_days_max: "0".to_owned(),
            ..base()
        };
        let all = ["name", "password_chars_min", "seats", "tokens.ttl_days_max", "invitation_ttl_hours"];
        assert_eq!(fields(&typed), all);
    }

    #[test]
    fn what_was_typed_survives_what_others_changed() {
        let typed = Typed { name: "Mine".to_owned(), ..base() };
        let now = Typed { name: "Theirs".to_owned(), seats: String::new(), ..base() };
        let (merged, overtaken) = merge(&base(), &typed, &now);
        assert_eq!(merged, Typed { name: "Mine".to_owned(), seats: String::new(), ..base() });
        let change = |label, before: &str, after: &str, mine: Option<&str>| Overtaken {
            label,
            theirs: (before.to_owned(), after.to_owned()),
            mine: mine.map(str::to_owned),
        };
        assert_eq!(
            overtaken,
            [change("Name", "Acme", "Theirs", Some("Mine")), change("Seats", "10", "no limit", None)]
        );
    }

    #[test]
    fn conflict_is_told_with_all_three_texts() {
        let lines =
            |typed: &Typed, now: &Typed| merge(&base(), typed, now).1.iter().map(Overtaken::line).collect::<Vec<_>>();
        let typed = Typed { name: "Mine".to_owned(), ..base() };
        let now = Typed { name: "Theirs".to_owned(), invitation_ttl_hours: "48".to_owned(), ..base() };
        assert_eq!(
            lines(&typed, &now),
            ["Name: Acme → Theirs. You typed: Mine.", "Invitation link lifetime: 24 → 48."]
        );
    }

    #[test]
    fn same_change_of_both_is_no_conflict() {
        let same = Typed { name: "Same".to_owned(), ..base() };
        let (merged, overtaken) = merge(&base(), &same, &same);
        assert_eq!((merged, overtaken.iter().all(|change| change.mine.is_none())), (same, true));
    }
}
