//! What a list of accounts is narrowed to and sorted by, as the address and the API write it.

use domain::GroupId;
use domain::accounts::{AccountKind, AccountSort, Direction, InvitationFilter, ShownStatus, parse_sort, sort_text};
use domain::page::SEARCH_CHARS_MAX;

use crate::pages::PAGE_ROWS;

/// What the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    pub(crate) kind: AccountKind,
    /// As typed.
    pub(crate) search: String,
    pub(crate) status: Option<ShownStatus>,
    pub(crate) invitation: Option<InvitationFilter>,
    /// Key of a level.
    pub(crate) level: Option<String>,
    /// Key of a role.
    pub(crate) role: Option<String>,
    pub(crate) group: Option<GroupId>,
    pub(crate) sort: AccountSort,
    pub(crate) direction: Direction,
}

/// Of which accounts the counts by status are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Of all users.
    All,
    /// Of those that fit the filters, the status apart.
    Fitting,
}

/// Which page of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRequest {
    pub(crate) cursor: Option<String>,
    /// Rows to leave out behind the cursor.
    pub(crate) skip: usize,
    /// How many rows it has.
    pub(crate) rows: usize,
    /// Which counts by status are wanted too.
    pub(crate) counts: Option<Counted>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { cursor: None, skip: 0, rows: PAGE_ROWS, counts: None }
    }
}

impl Filters {
    /// All service accounts.
    pub(crate) fn services() -> Self {
        Self { kind: AccountKind::Service, ..Self::default() }
    }

    /// The same list with nothing left out.
    pub(crate) fn cleared(&self) -> Self {
        Self {
            kind: self.kind,
            sort: self.sort,
            direction: self.direction,
            invitation: self.invitation,
            ..Self::default()
        }
    }

    /// The open invitations, the latest first.
    pub(crate) fn open_invitations() -> Self {
        Self {
            invitation: Some(InvitationFilter::Open),
            sort: AccountSort::Created,
            direction: Direction::Descending,
            ..Self::default()
        }
    }

    /// Reads the address; what it does not name, or names wrongly, is as in `self`.
    pub(crate) fn read(&self, get: impl Fn(&str) -> Option<String>) -> Self {
        let sorted = get("sort").as_deref().and_then(parse_sort);
        let (sort, direction) = sorted.unwrap_or((self.sort, self.direction));
        Self {
            kind: self.kind,
            search: get("q").unwrap_or_default().chars().take(SEARCH_CHARS_MAX).collect(),
            status: get("status").as_deref().and_then(ShownStatus::parse_filter),
            invitation: self
                .invitation
                .map(|default| get("invitation").as_deref().and_then(InvitationFilter::parse).unwrap_or(default)),
            level: get("level").filter(|level| !level.is_empty()),
            role: get("role").filter(|role| !role.is_empty()),
            group: get("group").and_then(|group| group.parse().ok()),
            sort,
            direction,
        }
    }

    /// The pairs of the address, those apart that are as in `default`.
    pub(crate) fn pairs(&self, default: &Self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push(("q", self.search.clone()));
        }
        if let Some(status) = self.status {
            pairs.push(("status", status.as_str().to_owned()));
        }
        if let Some(invitation) = self.invitation.filter(|_| self.invitation != default.invitation) {
            pairs.push(("invitation", invitation.as_str().to_owned()));
        }
        if let Some(level) = &self.level {
            pairs.push(("level", level.clone()));
        }
        if let Some(role) = &self.role {
            pairs.push(("role", role.clone()));
        }
        if let Some(group) = &self.group {
            pairs.push(("group", group.to_string()));
        }
        if (self.sort, self.direction) != (default.sort, default.direction) {
            pairs.push(("sort", sort_text(self.sort, self.direction)));
        }
        pairs
    }

    /// Whether it asks for the same rows, however the search was typed.
    pub(crate) fn asks_the_same(&self, other: &Self) -> bool {
        let trimmed = |filters: &Self| Self { search: filters.search.trim().to_owned(), ..filters.clone() };
        trimmed(self) == trimmed(other)
    }

    /// Whether rows are left out by search, status, level, role or group.
    pub(crate) fn is_narrowed(&self) -> bool {
        let is_searched = !self.search.trim().is_empty() || self.status.is_some();
        is_searched || self.level.is_some() || self.role.is_some() || self.group.is_some()
    }

    /// Whether it shows the same accounts, in whatever order.
    pub(crate) fn shows_the_same(&self, other: &Self) -> bool {
        let (sort, direction) = (self.sort, self.direction);
        self.asks_the_same(&Self { sort, direction, ..other.clone() })
    }

    /// Whether rows are left out by something else than the status.
    pub(crate) fn is_narrowed_beside_status(&self) -> bool {
        Self { status: None, ..self.clone() }.is_narrowed()
    }

    /// Which counts by status tell how many rows each status would show.
    pub(crate) fn counted(&self) -> Counted {
        if self.is_narrowed_beside_status() { Counted::Fitting } else { Counted::All }
    }

    /// Whether the counts that `counted` names have the open invitations in them.
    pub(crate) fn counts_open(&self) -> bool {
        self.counted() == Counted::All
            || !matches!(self.invitation, Some(InvitationFilter::Asked | InvitationFilter::Ended))
    }

    /// The address of a page of the API. The plainest one is also begun by the page's first script, word by word.
    pub(crate) fn request(&self, page: &PageRequest, encode: impl Fn(&str) -> String) -> String {
        let mut path = ["/api/v1/accounts?kind=", self.kind.as_str()].concat();
        let mut add = |name: &str, value: &str| {
            path.extend(["&", name, "=", value]);
        };
        if let Some(status) = self.status {
            add("status", status.as_str());
        }
        if let Some(invitation) = self.invitation {
            add("invitation", invitation.as_str());
        }
        if let Some(level) = &self.level {
            add("level", &encode(level));
        }
        if let Some(role) = &self.role {
            add("role", &encode(role));
        }
        if let Some(group) = &self.group {
            add("group", &group.to_string());
        }
        if !self.search.trim().is_empty() {
            add("q", &encode(self.search.trim()));
        }
        add("sort", &sort_text(self.sort, self.direction));
        add("limit", &page.rows.to_string());
        if let Some(cursor) = &page.cursor {
            add("cursor", cursor);
        }
        if page.skip > 0 {
            add("skip", &page.skip.to_string());
        }
        match page.counts {
            Some(Counted::All) => add("counts", "status"),
            Some(Counted::Fitting) => add("counts", "filtered"),
            None => {}
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn first_request_is_the_one_that_the_page_began() {
        let page = PageRequest { counts: Some(Counted::All), ..PageRequest::default() };
        assert_eq!(
            Filters::default().request(&page, plain),
            "/api/v1/accounts?kind=user&sort=name&limit=100&counts=status"
        );
    }

    #[test]
    fn every_filter_is_asked_for() {
        let filters = Filters {
            search: " ana ".to_owned(),
            status: Some(ShownStatus::Pending),
            level: Some("viewer".to_owned()),
            role: Some("alerts".to_owned()),
            group: Some(GroupId::from_u128(1)),
            ..Filters::open_invitations()
        };
        let page = PageRequest { cursor: Some("ab".to_owned()), skip: 300, ..PageRequest::default() };
        assert_eq!(
            filters.request(&page, plain),
            "/api/v1/accounts?kind=user&status=pending&invitation=open&level=viewer&role=alerts&group=00000000-0000-0000-0000-000000000001&q=ana&sort=-created&limit=100&cursor=ab&skip=300"
        );
    }

    #[test]
    fn address_reads_back_what_it_writes() {
        for default in [Filters::default(), Filters::open_invitations()] {
            let ended = default.invitation.map(|_| InvitationFilter::Ended);
            let cases = [
                default.clone(),
                Filters { search: "ana n ".to_owned(), ..default.clone() },
                Filters { status: Some(ShownStatus::Deactivated), level: Some("x".to_owned()), ..default.clone() },
                Filters { role: Some("owner".to_owned()), group: Some(GroupId::from_u128(7)), ..default.clone() },
                Filters { invitation: ended, sort: AccountSort::LastActive, ..default.clone() },
            ];
            for filters in cases {
                let pairs = filters.pairs(&default);
                let get = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
                assert_eq!(default.read(get), filters);
            }
            assert!(default.pairs(&default).is_empty());
        }
    }

    #[test]
    fn counts_are_of_what_each_status_would_show() {
        let status = Filters { status: Some(ShownStatus::Pending), ..Filters::default() };
        assert!(status.is_narrowed() && status.counted() == Counted::All);
        assert_eq!(Filters { search: " ".to_owned(), ..status.clone() }.counted(), Counted::All);
        let narrowed = [
            Filters { search: "a".to_owned(), ..status.clone() },
            Filters { level: Some("viewer".to_owned()), ..status.clone() },
            Filters { role: Some("alerts".to_owned()), ..status.clone() },
            Filters { group: Some(GroupId::from_u128(1)), ..status },
        ];
        for filters in narrowed {
            assert_eq!(filters.counted(), Counted::Fitting, "{filters:?}");
            let page = PageRequest { counts: Some(filters.counted()), ..PageRequest::default() };
            assert!(filters.request(&page, plain).ends_with("&counts=filtered"));
        }
    }

    #[test]
    fn nonsense_in_the_address_is_left_out() {
        let is_free = |name: &str| matches!(name, "level" | "role");
        let read = Filters::default().read(|name| (!is_free(name)).then(|| "nonsense".to_owned()));
        assert_eq!(read, Filters { search: "nonsense".to_owned(), ..Filters::default() });
    }
}
