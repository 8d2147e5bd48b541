//! What is typed about a new token, and the request that comes of it.

use domain::FieldError;
use domain::Timestamp;
use domain::problem::FieldErrors;
use domain::text::Name;
use domain::tokens::{Network, NewToken, TokenPolicy};
use leptos::prelude::*;

use super::lifetime;
use crate::ui::{ChipView, parse_end, use_now};

/// The value of "Everything the account may do".
pub(super) const EVERYTHING: &str = "everything";
/// The value of "Only what you choose".
pub(super) const CHOSEN: &str = "chosen";

/// As typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Typed {
    name: String,
    /// As `lifetime::options` has it.
    lifetime: String,
    /// The day that was chosen, where one was.
    date: Option<Timestamp>,
    /// None for everything.
    scopes: Option<Vec<String>>,
    networks: Vec<String>,
    on_behalf: bool,
}

impl Typed {
    fn read(self, policy: &TokenPolicy, at: Timestamp) -> Result<NewToken, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", Name::parse(&self.name));
        let expires_at = lifetime::end(&self.lifetime, self.date, at).unwrap_or_else(|words| {
            errors.push(FieldError::new("expires_at", "required", words.to_owned()));
            None
        });
        let networks = self.networks.iter().map(|text| Network::parse(text)).collect::<Result<Vec<_>, _>>();
        if let Err(error) = &networks {
            errors.push(FieldError::new("networks", error.code(), "Correct or remove what is marked.".to_owned()));
        }
        let (Some(name), Ok(networks), true) = (name, networks, errors.is_empty()) else {
            return Err(errors.into_vec());
        };
        let token = NewToken { name, expires_at, scopes: self.scopes, networks, on_behalf: self.on_behalf };
        let faults = token.faults(policy, at);
        if faults.is_empty() { Ok(token) } else { Err(faults) }
    }
}

/// The address ranges as chips, each with what is wrong with it.
pub(super) fn network_chips(entries: &[String]) -> Vec<ChipView> {
    let chip = |text: &String| ChipView {
        text: text.clone(),
        error: Network::parse(text).err().map(|error| error.to_string()),
        note: None,
    };
    entries.iter().map(chip).collect()
}

/// The entries with what was typed or pasted after them; none stands there twice.
pub(super) fn with_networks(mut entries: Vec<String>, text: &str) -> Vec<String> {
    for part in text.split([',', ';', ' ', '\n', '\r', '\t']).filter(|part| !part.is_empty()) {
        let entry = Network::parse(part).map_or_else(|_| part.to_owned(), |network| network.to_string());
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    entries
}

/// The fields of a new token.
#[derive(Clone, Copy)]
pub(crate) struct TokenFields {
    pub(super) name: RwSignal<String>,
    pub(super) lifetime: RwSignal<String>,
    /// As `EndField` has it.
    pub(super) date: RwSignal<String>,
    pub(super) reach: RwSignal<String>,
    /// Keys of permissions.
    pub(super) scopes: RwSignal<Vec<String>>,
    pub(super) networks: RwSignal<Vec<String>>,
    /// What is being typed and is no range yet.
    pub(super) network_text: RwSignal<String>,
    pub(super) on_behalf: RwSignal<bool>,
    pub(super) policy: StoredValue<TokenPolicy>,
    faults: RwSignal<Vec<FieldError>>,
    pub(super) now: Signal<i64>,
}

impl TokenFields {
    /// Empty, with the lifetime that the organization offers.
    pub(crate) fn new(policy: TokenPolicy, name: &str) -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            name: RwSignal::new(name.to_owned()),
            lifetime: RwSignal::new(lifetime::beforehand(&policy)),
            date: empty(),
            reach: RwSignal::new(EVERYTHING.to_owned()),
            scopes: RwSignal::new(Vec::new()),
            networks: RwSignal::new(Vec::new()),
            network_text: empty(),
            on_behalf: RwSignal::new(false),
            policy: StoredValue::new(policy),
            faults: RwSignal::new(Vec::new()),
            now: use_now(),
        }
    }

    /// The token as asked for, or what is wrong with it, not reactively.
    pub(crate) fn read(self) -> Result<NewToken, Vec<FieldError>> {
        self.commit_networks();
        let is_chosen = self.reach.with_untracked(|reach| reach == CHOSEN);
        let typed = Typed {
            name: self.name.get_untracked(),
            lifetime: self.lifetime.get_untracked(),
            date: self.date.with_untracked(|text| parse_end(text)).map(Timestamp::from_millis),
            scopes: is_chosen.then(|| self.scopes.get_untracked()),
            networks: self.networks.get_untracked(),
            on_behalf: self.on_behalf.get_untracked(),
        };
        let at = Timestamp::from_millis(self.now.get_untracked());
        self.policy.with_value(|policy| typed.read(policy, at))
    }

    /// Shows what is wrong, at the fields.
    pub(crate) fn refuse(self, faults: Vec<FieldError>) {
        self.faults.try_set(faults);
    }

    /// What is wrong with a field, reactively.
    pub(super) fn error(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let of = |faults: &Vec<FieldError>| faults.iter().find(|fault| fault.field == field).cloned();
            self.faults.with(of).map(|fault| fault.message)
        })
    }

    /// What is being typed becomes a range.
    pub(super) fn commit_networks(self) {
        let text = self.network_text.get_untracked();
        if !text.trim().is_empty() {
            self.network_text.set(String::new());
            self.networks.update(|entries| *entries = with_networks(std::mem::take(entries), &text));
        }
    }
}

/// The names of the fields, as the server names them.
pub(crate) const TOKEN_FIELDS: [&str; 5] = ["name", "expires_at", "scopes", "networks", "on_behalf"];

#[cfg(test)]
mod tests {
    use domain::time::DAY_MS;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn typed() -> Typed {
        Typed { name: "proxy".to_owned(), lifetime: "30".to_owned(), ..Typed::default() }
    }

    #[test]
    fn request_is_what_was_typed() {
        let typed = Typed {
            scopes: Some(vec!["alerts".to_owned()]),
            networks: vec!["10.0.0.0/8".to_owned()],
            on_behalf: true,
            ..typed()
        };
        let token = typed.read(&TokenPolicy::default(), NOW).unwrap();
        assert_eq!(token.name.as_str(), "proxy");
        assert_eq!(token.expires_at, Some(NOW.plus(30 * DAY_MS)));
        assert_eq!(token.scopes.as_deref(), Some(&["alerts".to_owned()][..]));
        assert_eq!((token.networks.len(), token.on_behalf), (1, true));
    }

    #[test]
    fn what_is_wrong_is_told_by_field() {
        let fields = |typed: Typed, policy: TokenPolicy| match typed.read(&policy, NOW) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.field).collect(),
        };
        let wrong = Typed {
            name: " ".to_owned(),
            lifetime: lifetime::DATE.to_owned(),
            scopes: Some(Vec::new()),
            networks: vec!["x".to_owned()],
            ..typed()
        };
        assert_eq!(fields(wrong, TokenPolicy::default()), ["name", "expires_at", "networks"]);
        assert_eq!(fields(Typed { scopes: Some(Vec::new()), ..typed() }, TokenPolicy::default()), ["scopes"]);
        let strict = TokenPolicy { ttl_days_max: Some(7), ..TokenPolicy::default() };
        assert_eq!(fields(typed(), strict), ["expires_at"]);
        assert_eq!(fields(typed(), TokenPolicy::default()), Vec::<String>::new());
    }

    #[test]
    fn ranges_are_taken_apart_written_plainly_and_marked() {
        let entries = with_networks(vec!["10.0.0.0/8".to_owned()], "10.1.2.3/8, 192.0.2.7\nnonsense");
        assert_eq!(entries, ["10.0.0.0/8", "192.0.2.7", "nonsense"]);
        let bad: Vec<bool> = network_chips(&entries).iter().map(|chip| chip.error.is_some()).collect();
        assert_eq!(bad, [false, false, true]);
    }
}
