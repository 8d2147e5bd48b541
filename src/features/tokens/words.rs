//! What the console says of a token: whether it works, what it may do, and when it was used.

use domain::Timestamp;
use domain::accounts::AccountRef;
use domain::tokens::{Token, TokenNote};

use crate::ui::Tone;

/// The address of the API for all tokens.
pub(super) const TOKENS: &str = "/api/v1/tokens";

/// The address of one token in the API.
pub(super) fn path(token: &Token) -> String {
    [TOKENS, "/", &token.id.to_string()].concat()
}

/// The page of the account whose token it is.
pub(super) fn account_address(account: &AccountRef) -> String {
    ["/accounts/", &account.id.to_string()].concat()
}

/// The first words of the secret, as they are recognised.
pub(super) fn hint(token: &Token) -> String {
    [&token.hint, "…"].concat()
}

/// What is worth knowing of a token, in words and tones; what matters most comes first.
pub(super) fn badges(token: &Token, at: Timestamp) -> Vec<(&'static str, Tone)> {
    if token.revoked_at.is_some() {
        return vec![("Revoked", Tone::Neutral)];
    }
    if !token.works(at) {
        return vec![("Expired", Tone::Neutral)];
    }
    let out = token.account_is_out.then_some(("Account not active", Tone::Warning));
    let replaced = token.replaced_by.map(|_| ("Replaced", Tone::Info));
    let tone = |note: TokenNote| match note {
        TokenNote::NeverUsed => Tone::Neutral,
        TokenNote::Unused | TokenNote::NoExpiry | TokenNote::Expiring => Tone::Warning,
        TokenNote::Wide => Tone::Info,
    };
    out.into_iter().chain(replaced).chain(token.notes(at).into_iter().map(|note| (note.label(), tone(note)))).collect()
}

/// "Everything the account may do", "View alerts, Change alerts", "12 permissions"; then from where, and for whom.
pub(super) fn limits(token: &Token, label: impl Fn(&str) -> String) -> String {
    let scopes = match token.scopes.as_deref() {
        None => "Everything the account may do".to_owned(),
        Some(keys) if keys.len() <= 3 => keys.iter().map(|key| label(key)).collect::<Vec<_>>().join(", "),
        Some(keys) => [&keys.len().to_string(), " permissions"].concat(),
    };
    let networks: Vec<String> = token.networks.iter().map(ToString::to_string).collect();
    let from = (!networks.is_empty()).then(|| ["from ", &networks.join(", "), " only"].concat());
    let for_others = token.on_behalf.then(|| "on behalf of people".to_owned());
    std::iter::once(scopes).chain(from).chain(for_others).collect::<Vec<_>>().join(" · ")
}

/// "Never used", "Last used 3 minutes ago from 192.0.2.1 by curl/8.5.0, on behalf of Ana". `when` tells a moment in words.
pub(super) fn used(token: &Token, when: impl Fn(Timestamp) -> String) -> String {
    let Some(at) = token.last_used_at else { return "Never used".to_owned() };
    let mut text = ["Last used ", &when(at)].concat();
    for (word, what) in [(" from ", &token.last_used_ip), (" by ", &token.last_used_agent)] {
        text.extend(what.iter().flat_map(|what| [word, what.as_str()]));
    }
    text.extend(token.last_used_for.iter().flat_map(|person| [", on behalf of ", person.name.as_str()]));
    text
}

/// "Created 2 days ago by Olivia".
pub(super) fn created(token: &Token, when: impl Fn(Timestamp) -> String) -> String {
    let by = token.created_by.as_ref().map(|who| [" by ", who].concat()).unwrap_or_default();
    ["Created ", &when(token.created_at), &by].concat()
}

/// "Expires in 88 days", "No expiry", "Revoked 2 days ago by Olivia: leaked".
pub(super) fn end(token: &Token, at: Timestamp, when: impl Fn(Timestamp) -> String) -> String {
    if let Some(revoked_at) = token.revoked_at {
        let by = token.revoked_by.as_ref().map(|who| [" by ", who].concat());
        let reason = (!token.revoke_reason.is_empty()).then(|| [": ", &token.revoke_reason].concat());
        return ["Revoked ", &when(revoked_at), &by.unwrap_or_default(), &reason.unwrap_or_default()].concat();
    }
    match token.expires_at {
        Some(end) if end <= at => ["Expired ", &when(end)].concat(),
        Some(end) if token.replaced_by.is_some() => ["Replaced, ends ", &when(end)].concat(),
        Some(end) => ["Expires ", &when(end)].concat(),
        None => "No expiry".to_owned(),
    }
}

/// "1 token", "12 tokens".
pub(super) fn tokens(count: u64) -> String {
    counted(count, " token", " tokens")
}

/// "1 account", "12 accounts".
pub(super) fn accounts(count: u64) -> String {
    counted(count, " account", " accounts")
}

fn counted(count: u64, one: &str, many: &str) -> String {
    let number = crate::ui::text::grouped(usize::try_from(count).unwrap_or(usize::MAX));
    [number.as_str(), if count == 1 { one } else { many }].concat()
}

/// A line for a terminal that asks Roster who the token belongs to.
pub(super) fn curl(origin: &str, secret: &str) -> String {
    ["curl -H \"Authorization: Bearer ", secret, "\" ", origin, "/api/v1/me"].concat()
}

#[cfg(test)]
pub(super) mod testing {
    use domain::accounts::{AccountKind, AccountRef};
    use domain::tokens::Token;
    use domain::{AccountId, Timestamp, TokenId};

    /// A token that was never used and has no limits.
    pub(in super::super) fn token(number: u128) -> Token {
        Token {
            id: TokenId::from_u128(number),
            account: AccountRef {
                id: AccountId::from_u128(1),
                kind: AccountKind::Service,
                name: "Ingest".to_owned(),
                handle: "sa::ingest".to_owned(),
            },
            account_is_out: false,
            name: "proxy".to_owned(),
            hint: "rsts_abcd".to_owned(),
            scopes: None,
            networks: Vec::new(),
            on_behalf: false,
            created_at: Timestamp::from_millis(0),
            created_by: None,
            expires_at: None,
            last_used_at: None,
            last_used_ip: None,
            last_used_agent: None,
            last_used_for: None,
            used: Vec::new(),
            revoked_at: None,
            revoked_by: None,
            revoke_reason: String::new(),
            replaced_by: None,
            version: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::TokenId;
    use domain::tokens::Network;

    use super::testing::token;
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn when(at: Timestamp) -> String {
        ["at ", &at.millis().to_string()].concat()
    }

    #[test]
    fn badges_tell_what_matters_most() {
        let labels = |token: &Token| badges(token, NOW).into_iter().map(|(label, _)| label).collect::<Vec<_>>();
        assert_eq!(labels(&token(1)), ["Never used", "No expiry"]);
        let replaced = Token { replaced_by: Some(TokenId::from_u128(2)), expires_at: Some(NOW.plus(1)), ..token(1) };
        assert_eq!(labels(&replaced), ["Replaced", "Never used", "Expiring in 30 days"]);
        assert_eq!(labels(&Token { expires_at: Some(NOW), ..token(1) }), ["Expired"]);
        assert_eq!(labels(&Token { revoked_at: Some(NOW), expires_at: Some(NOW), ..token(1) }), ["Revoked"]);
    }

    #[test]
    fn limits_are_told_in_one_line() {
        let keys = |count: usize| Some((0..count).map(|number| format!("p{number}")).collect::<Vec<_>>());
        let told = |token: &Token| limits(token, str::to_uppercase);
        assert_eq!(told(&token(1)), "Everything the account may do");
        assert_eq!(told(&Token { scopes: keys(2), ..token(1) }), "P0, P1");
        let narrow = Token {
            scopes: keys(4),
            networks: vec![Network::parse("10.0.0.0/8").unwrap(), Network::parse("192.0.2.7").unwrap()],
            on_behalf: true,
            ..token(1)
        };
        assert_eq!(told(&narrow), "4 permissions · from 10.0.0.0/8, 192.0.2.7 only · on behalf of people");
    }

    #[test]
    fn use_names_time_place_program_and_person() {
        assert_eq!(used(&token(1), when), "Never used");
        let seen = Token { last_used_at: Some(NOW), last_used_ip: Some("::1".to_owned()), ..token(1) };
        assert_eq!(used(&seen, when), "Last used at 1000 from ::1");
        let whole = Token {
            last_used_agent: Some("curl/8".to_owned()),
            last_used_for: Some(AccountRef { name: "Ana".to_owned(), ..seen.account.clone() }),
            ..seen
        };
        assert_eq!(used(&whole, when), "Last used at 1000 from ::1 by curl/8, on behalf of Ana");
    }

    #[test]
    fn end_says_how_it_came_or_comes() {
        let told = |token: &Token| end(token, NOW, when);
        assert_eq!(told(&token(1)), "No expiry");
        assert_eq!(told(&Token { expires_at: Some(NOW.plus(1)), ..token(1) }), "Expires at 1001");
        assert_eq!(told(&Token { expires_at: Some(NOW), ..token(1) }), "Expired at 1000");
        let replaced = Token { replaced_by: Some(TokenId::from_u128(2)), expires_at: Some(NOW.plus(1)), ..token(1) };
        assert_eq!(told(&replaced), "Replaced, ends at 1001");
        let revoked = Token { revoked_at: Some(NOW), ..token(1) };
        assert_eq!(told(&revoked), "Revoked at 1000");
        let leaked = Token { revoked_by: Some("Olivia".to_owned()), revoke_reason: "leaked".to_owned(), ..revoked };
        assert_eq!(told(&leaked), "Revoked at 1000 by Olivia: leaked");
    }

    #[test]
    fn numbers_have_their_words() {
        assert_eq!((tokens(1), tokens(12_000)), ("1 token".to_owned(), "12,000 tokens".to_owned()));
        assert_eq!(accounts(1), "1 account");
    }
}
