//! The command line of `bench`.

const ACCOUNTS_DEFAULT: u32 = 100_000;
const RUNS: u32 = 7;
const RUNS_QUICK: u32 = 3;
/// How long each load lasts.
const LOAD_MILLIS: u32 = 1_500;
const LOAD_MILLIS_QUICK: u32 = 1_000;

/// Accounts of the short list in the part `size`; the long one is so many times as long as that of the other parts.
pub(super) const FEW_ACCOUNTS: u32 = 10_000;
pub(super) const MANY_TIMES: u32 = 10;

/// A demo in which everybody holds much: of 100,000 accounts a million memberships and grants.
pub(super) fn dense(accounts: u32) -> Vec<String> {
    format!("--accounts {accounts} --groups 1000 --roles 200 --holdings 10").split(' ').map(str::to_owned).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Start,
    Memory,
    List,
    Check,
    Tokens,
    Rights,
    Size,
    SignIn,
    Console,
    Postgres,
    Bulk,
    Invitations,
}

impl Part {
    const ALL: [Self; 12] = [
        Self::Start,
        Self::Memory,
        Self::List,
        Self::Check,
        Self::Tokens,
        Self::Rights,
        Self::Size,
        Self::SignIn,
        Self::Console,
        Self::Postgres,
        Self::Bulk,
        Self::Invitations,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Memory => "memory",
            Self::List => "list",
            Self::Check => "check",
            Self::Tokens => "tokens",
            Self::Rights => "rights",
            Self::Size => "size",
            Self::SignIn => "sign-in",
            Self::Console => "console",
            Self::Postgres => "postgres",
            Self::Bulk => "bulk",
            Self::Invitations => "invitations",
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// User accounts in the database.
    pub(super) accounts: u32,
    /// Whether to run fewer times and shorter.
    is_quick: bool,
    /// Whether to take the programs as they were last built.
    pub(super) is_built: bool,
    /// None: all.
    named: Vec<Part>,
}

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self { accounts: ACCOUNTS_DEFAULT, is_quick: false, is_built: false, named: Vec::new() };
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            if argument == "--quick" {
                options.is_quick = true;
            } else if argument == "--no-build" {
                options.is_built = true;
            } else if argument == "--accounts" {
                let number = arguments.next().and_then(|text| text.parse().ok()).filter(|number| *number >= 1_000);
                options.accounts = number.ok_or("--accounts takes a number from 1,000 on")?;
            } else if let Some(part) = Part::ALL.into_iter().find(|part| part.name() == argument) {
                options.named.push(part);
            } else {
                let names = Part::ALL.map(Part::name).join(" ");
                return Err(format!("`{argument}` is none of --quick, --no-build, --accounts N, {names}"));
            }
        }
        Ok(options)
    }

    /// What to measure. What changes the database comes last.
    pub(super) fn parts(&self) -> Vec<Part> {
        Part::ALL.into_iter().filter(|part| self.named.is_empty() || self.named.contains(part)).collect()
    }

    /// Whether this is the run that the document shows.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_quick && !self.is_built && self.parts().len() == Part::ALL.len()
    }

    pub(super) const fn runs(&self) -> u32 {
        if self.is_quick { RUNS_QUICK } else { RUNS }
    }

    pub(super) const fn load_millis(&self) -> u32 {
        if self.is_quick { LOAD_MILLIS_QUICK } else { LOAD_MILLIS }
    }

    /// As it is typed.
    pub(super) fn command(&self) -> String {
        match self.accounts {
            ACCOUNTS_DEFAULT => "cargo xtask bench".to_owned(),
            accounts => format!("cargo xtask bench --accounts {accounts}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, Part};

    fn parse(text: &str) -> Result<Options, String> {
        Options::parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn parts_come_in_their_order_whatever_the_order_of_their_names() {
        let options = parse("invitations --accounts 5000 list --quick").unwrap();
        assert_eq!(options.parts(), [Part::List, Part::Invitations]);
        assert_eq!((options.accounts, options.runs(), options.is_whole()), (5_000, 3, false));
        assert!(parse("").unwrap().is_whole() && !parse("--quick").unwrap().is_whole());
    }

    #[test]
    fn unknown_argument_is_refused_with_what_is_known() {
        assert!(parse("--accounts 10").is_err() && parse("--accounts").is_err());
        assert!(parse("lists").is_err_and(|error| error.contains("sign-in")));
    }
}
