//! The list of accounts: what it is narrowed to, how it is sorted, a page of it, and the counts beside it.

use serde::{Deserialize, Serialize};

use super::{Account, ShownStatus};

/// Which invitations a list is narrowed to (F30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvitationFilter {
    /// Neither accepted nor ended: pending, expired and failed ones.
    Open,
    /// Open, and the invited person has asked for a new link, and has not got it yet.
    Asked,
    /// Declined or withdrawn within the last 30 days.
    Ended,
}

impl InvitationFilter {
    /// As the wire and the address write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Asked => "asked",
            Self::Ended => "ended",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Asked, Self::Ended].into_iter().find(|filter| filter.as_str() == text)
    }
}

/// What a list is sorted by. Ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AccountSort {
    #[default]
    Name,
    Email,
    LastActive,
    Created,
}

impl AccountSort {
    pub const ALL: [Self; 4] = [Self::Name, Self::Email, Self::LastActive, Self::Created];

    /// As the wire and the address write it, without the sign.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::LastActive => "last_active",
            Self::Created => "created",
        }
    }
}

/// In `GET accounts?level=`: those without a level. No key of a level is like it.
pub const NO_LEVEL: &str = "-";

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    #[default]
    Ascending,
    Descending,
}

/// Reads `name` or `-name`: the minus runs downwards.
#[must_use]
pub fn parse_sort(text: &str) -> Option<(AccountSort, Direction)> {
    let (name, direction) = match text.strip_prefix('-') {
        Some(name) => (name, Direction::Descending),
        None => (text, Direction::Ascending),
    };
    AccountSort::ALL.into_iter().find(|sort| sort.as_str() == name).map(|sort| (sort, direction))
}

/// Writes what `parse_sort` reads.
#[must_use]
pub fn sort_text(sort: AccountSort, direction: Direction) -> String {
    match direction {
        Direction::Ascending => sort.as_str().to_owned(),
        Direction::Descending => ["-", sort.as_str()].concat(),
    }
}

/// How many accounts of each shown status there are, deleted ones apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusCounts {
    pub active: u64,
    pub pending: u64,
    pub invitation_expired: u64,
    pub invitation_failed: u64,
    pub access_expired: u64,
    pub deactivated: u64,
}

impl StatusCounts {
    #[must_use]
    pub const fn of(&self, status: ShownStatus) -> u64 {
        match status {
            ShownStatus::Active => self.active,
            ShownStatus::Pending => self.pending,
            ShownStatus::InvitationExpired => self.invitation_expired,
            ShownStatus::InvitationFailed => self.invitation_failed,
            ShownStatus::AccessExpired => self.access_expired,
            ShownStatus::Deactivated => self.deactivated,
            ShownStatus::Deleted => 0,
        }
    }

    #[must_use]
    pub fn all(&self) -> u64 {
        ShownStatus::FILTERS.into_iter().map(|status| self.of(status)).sum()
    }

    /// Invited and not yet in: what the Invitations page lists.
    #[must_use]
    pub const fn open_invitations(&self) -> u64 {
        self.pending + self.invitation_expired + self.invitation_failed
    }
}

impl FromIterator<ShownStatus> for StatusCounts {
    fn from_iter<I: IntoIterator<Item = ShownStatus>>(statuses: I) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            match status {
                ShownStatus::Active => counts.active += 1,
                ShownStatus::Pending => counts.pending += 1,
                ShownStatus::InvitationExpired => counts.invitation_expired += 1,
                ShownStatus::InvitationFailed => counts.invitation_failed += 1,
                ShownStatus::AccessExpired => counts.access_expired += 1,
                ShownStatus::Deactivated => counts.deactivated += 1,
                ShownStatus::Deleted => {}
            }
        }
        counts
    }
}

/// A page of accounts, with the counts by status where they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountPage {
    pub items: Vec<Account>,
    /// Asks for the next page; absent on the last one. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many accounts fit the filter, on all pages together.
    pub total: u64,
    /// As asked for: of all accounts of the kind, or of those that fit the filters, whatever their status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_counts: Option<StatusCounts>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_is_counted_as_its_own() {
        for status in ShownStatus::FILTERS {
            let counts: StatusCounts = [status, ShownStatus::Deleted, status].into_iter().collect();
            assert_eq!((counts.of(status), counts.all()), (2, 2), "{status:?}");
        }
    }

    #[test]
    fn sort_reads_what_it_writes() {
        for sort in AccountSort::ALL {
            for direction in [Direction::Ascending, Direction::Descending] {
                assert_eq!(parse_sort(&sort_text(sort, direction)), Some((sort, direction)));
            }
        }
        for text in ["", "-", "--name", "Name", "status"] {
            assert_eq!(parse_sort(text), None, "{text}");
        }
    }
}
