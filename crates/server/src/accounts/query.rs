//! What `GET accounts` is asked for: filters, order and page, read out of the address.

use domain::accounts::{
    AccountKind, AccountSort, Direction, InvitationFilter, NO_LEVEL, ShownStatus, StatusCounts, parse_sort,
};
use domain::openapi::{AnyId, CountsWord, InvitationWord, PageLimit, PageSkip, Search, SortWord, StatusFilter};
use domain::page::{PAGE_ITEMS_MAX, PAGE_SKIP_MAX, SEARCH_CHARS_MAX, page_items};
use domain::problem::FieldErrors;
use domain::text::fold;
use domain::{FieldError, GroupId, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::counts::CountKey;
use super::store::Cursor;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListParameters {
    /// `user` or `service`; `user` by default.
    #[param(inline, value_type = Option<AccountKind>)]
    kind: Option<String>,
    /// `active`, `pending`, `invitation_expired`, `invitation_failed`, `access_expired` or `deactivated`.
    #[param(inline, value_type = Option<StatusFilter>)]
    status: Option<String>,
    /// `open`; `asked`: open, and asked for a new link; `ended`: declined or withdrawn within 30 days.
    #[param(inline, value_type = Option<InvitationWord>)]
    invitation: Option<String>,
    /// Key of a level; `-` for accounts without one.
    level: Option<String>,
    /// Key of a role, held by the account itself; of a level, as `level`.
    pub(super) role: Option<String>,
    /// Id of a group.
    #[param(inline, value_type = Option<AnyId>)]
    group: Option<String>,
    /// Part of a name, address, user name or id; 200 characters at most.
    #[serde(default)]
    #[param(inline, value_type = Option<Search>)]
    q: String,
    /// `name`, `email`, `last_active` or `created`, with `-` before it downwards; `name` by default.
    #[param(inline, value_type = Option<SortWord>)]
    sort: Option<String>,
    /// 1 to 500; 100 by default.
    #[param(inline, value_type = Option<PageLimit>)]
    limit: Option<u32>,
    /// What an answer gave as `next_cursor`, with the same sort.
    cursor: Option<String>,
    /// Rows to leave out behind the cursor: 0 to 10,000,000.
    #[param(inline, value_type = Option<PageSkip>)]
    skip: Option<u32>,
    /// Adds `status_counts`. `status`: of all accounts of the kind; `filtered`: of those that fit the other filters.
    #[param(inline, value_type = Option<CountsWord>)]
    counts: Option<String>,
}

/// Which accounts are counted by status beside a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All of the kind.
    All,
    /// Those that fit the other filters.
    Filtered,
}

impl Counted {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "status" => Some(Self::All),
            "filtered" => Some(Self::Filtered),
            _ => None,
        }
    }
}

/// Something that the accounts of a list hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// Key of a level; none for accounts without one.
    Level(Option<String>),
    /// Key of a role that is no level: given to the account itself.
    Role(String),
    /// A group other than Everyone.
    Group(GroupId),
}

/// What a list is narrowed to and sorted by.
#[derive(Debug, Clone)]
pub struct ListQuery {
    pub kind: AccountKind,
    pub status: Option<ShownStatus>,
    pub invitation: Option<InvitationFilter>,
    /// All of them are held.
    pub holdings: Vec<Holding>,
    /// Folded.
    pub search: String,
    pub sort: AccountSort,
    pub direction: Direction,
    pub limit: u32,
    pub cursor: Option<Cursor>,
    pub skip: u32,
    pub counts: Option<Counted>,
    /// How many rows there are in all, where that is known already.
    pub total: Option<u64>,
    /// Now.
    pub at: Timestamp,
}

impl ListParameters {
    /// The group that was named, if it is an id.
    pub(super) fn group(&self) -> Option<GroupId> {
        self.group.as_ref().and_then(|id| id.parse().ok())
    }

    pub(super) fn parse(self, at: Timestamp) -> Outcome<ListQuery> {
        let mut errors = FieldErrors::default();
        let mut wrong =
            |field, allowed: &str| errors.push(FieldError::new(field, "not_allowed", format!("Allowed: {allowed}.")));
        let kind = match self.kind.as_deref() {
            None | Some("user") => AccountKind::User,
            Some("service") => AccountKind::Service,
            Some(_) => {
                wrong("kind", "user, service");
                AccountKind::User
            }
        };
        let status = self.status.as_deref().and_then(ShownStatus::parse_filter);
        if self.status.is_some() && status.is_none() {
            wrong("status", &ShownStatus::FILTERS.map(ShownStatus::as_str).join(", "));
        }
        let invitation = self.invitation.as_deref().and_then(InvitationFilter::parse);
        if self.invitation.is_some() && invitation.is_none() {
            wrong("invitation", "open, ended");
        }
        let sorted = self.sort.as_deref().map_or(Some((AccountSort::default(), Direction::default())), parse_sort);
        if sorted.is_none() {
            wrong("sort", &AccountSort::ALL.map(AccountSort::as_str).join(", "));
        }
        let limit = page_items(self.limit);
        if limit.is_none() {
            wrong("limit", &format!("1 to {PAGE_ITEMS_MAX}"));
        }
        let skip = self.skip.unwrap_or_default();
        if skip > PAGE_SKIP_MAX {
            wrong("skip", &format!("0 to {PAGE_SKIP_MAX}"));
        }
        if self.q.chars().count() > SEARCH_CHARS_MAX {
            wrong("q", &format!("{SEARCH_CHARS_MAX} characters at most"));
        }
        if self.group.is_some() && self.group().is_none() {
            wrong("group", "the id of a group");
        }
        let counts = self.counts.as_deref().and_then(Counted::parse);
        if self.counts.is_some() && counts.is_none() {
            wrong("counts", "status, filtered");
        }
        let (sort, direction) = sorted.unwrap_or_default();
        let cursor = self.cursor.as_deref().map(|text| Cursor::parse(text, sort));
        if matches!(cursor, Some(None)) {
            wrong("cursor", "what an answer gave as next_cursor, with the same sort");
        }
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors.into_vec()));
        }
        Ok(ListQuery {
            kind,
            status,
            invitation,
            holdings: self
                .level
                .map(|key| Holding::Level(Some(key).filter(|key| key != NO_LEVEL)))
                .into_iter()
                .collect(),
            search: fold(self.q.trim()),
            sort,
            direction,
            limit: limit.unwrap_or_default(),
            cursor: cursor.flatten(),
            skip,
            counts,
            at,
            total: None,
        })
    }
}

impl ListQuery {
    /// Whether it leaves nobody out: then an index has its rows in their order, whatever that is.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let is_narrowed = self.status.is_some() || self.invitation.is_some();
        !is_narrowed && self.holdings.is_empty() && self.search.is_empty()
    }

    /// Every user account, or every service.
    #[must_use]
    pub fn all(kind: AccountKind, at: Timestamp) -> Self {
        Self {
            kind,
            status: None,
            invitation: None,
            holdings: Vec::new(),
            search: String::new(),
            sort: AccountSort::default(),
            direction: Direction::default(),
            limit: PAGE_ITEMS_MAX,
            cursor: None,
            skip: 0,
            counts: None,
            total: None,
            at,
        }
    }

    /// What was counted, for the cache.
    pub(super) fn count_key(&self, caller: &Caller, status: Option<ShownStatus>) -> CountKey {
        let Self { kind, invitation, holdings, search, .. } = self;
        let filter = format!("{kind:?} {status:?} {invitation:?} {holdings:?} {search}");
        CountKey { organization: caller.organization.id, revision: caller.organization.revision, filter }
    }

    /// The total that follows from the counts under the same filters. The statuses part all accounts but deleted ones.
    pub(super) fn total_of(&self, counts: &StatusCounts) -> Option<u64> {
        let is_possible =
            self.counts == Some(Counted::Filtered) && matches!(self.invitation, None | Some(InvitationFilter::Open));
        is_possible.then(|| self.status.map_or_else(|| counts.all(), |status| counts.of(status)))
    }
}
