//! What it takes to make of one account's holdings others, as a bulk act or its undoing does.

use super::Reach;
use crate::accounts::ShownStatus;
use crate::effective::{Holdings, RoleBook};
use crate::grants::GrantWhat;
use crate::id::GroupId;
use crate::time::{Timestamp, lasts_as_long};

/// All that was given to the account, and then each level, grant and group that is new, lasts longer, or works again
/// because the account does: what it brings, until it ends. What all have is not asked for.
#[must_use]
pub fn of_account_change(book: &RoleBook, before: &Holdings, after: &Holdings, at: Timestamp) -> Vec<Reach> {
    let is_in = |holdings: &Holdings| holdings.state.shown(at) == ShownStatus::Active;
    let had = if is_in(after) && !is_in(before) { Vec::new() } else { sources(before) };
    let is_on = |source: &Source<'_>| source.until.is_none_or(|until| until > at);
    let is_new = |source: &Source<'_>| !had.iter().any(|had| had.what == source.what && lasts(had, source));
    let touched = Reach { touched: before.given(book), ..Reach::default() };
    let gifts = sources(after)
        .into_iter()
        .filter(|source| is_on(source) && is_new(source))
        .map(|source| Reach::gift(given(&source.what, book), source.until));
    [touched].into_iter().chain(gifts).collect()
}

/// One thing that was given to an account, until the account ends or it does.
struct Source<'a> {
    what: What<'a>,
    until: Option<Timestamp>,
}

#[derive(PartialEq)]
enum What<'a> {
    Level(&'a str),
    Grant(&'a GrantWhat),
    Group(GroupId, &'a [String]),
}

fn lasts(had: &Source<'_>, source: &Source<'_>) -> bool {
    lasts_as_long(had.until, source.until)
}

fn sources(holdings: &Holdings) -> Vec<Source<'_>> {
    let until = |end: Option<Timestamp>| [end, holdings.state.valid_until].into_iter().flatten().min();
    let level = holdings.level.iter().map(|key| Source { what: What::Level(key), until: until(None) });
    let grants = holdings.grants.iter();
    let grants = grants.map(|grant| Source { what: What::Grant(&grant.what), until: until(grant.valid_until) });
    let groups = holdings.groups.iter().filter(|holding| !holding.is_everyone);
    let groups = groups.map(|holding| Source {
        what: What::Group(holding.group.id, &holding.roles),
        until: until(holding.valid_until),
    });
    level.chain(grants).chain(groups).collect()
}

fn given(what: &What<'_>, book: &RoleBook) -> Vec<String> {
    match what {
        What::Level(key) => book.given_by([&(*key).to_owned()]),
        What::Grant(GrantWhat::Role(key)) => book.given_by([key]),
        What::Grant(GrantWhat::Permission(key)) => book.expand(std::slice::from_ref(key)),
        What::Group(_, roles) => book.given_by(*roles),
    }
}
