//! Changes of single accounts: what each of them holds before and after, by the rule that the change itself follows.

use domain::accounts::{AccountKind, ShownStatus};
use domain::bulk::BulkRequest;
use domain::differences::{Differences, Ends, Example, tally_ends, tally_refused};
use domain::effective::{Holdings, RoleBook};
use domain::groups::GroupKind;
use domain::previews::{MembersChange, Narrowed, Waiting};
use domain::{AccountId, GroupId, Timestamp};
use sqlx::AnyConnection;

use super::{Turn, links, store};
use crate::accounts::bulk::{Outlook, Outlooks, Part, outlook};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::groups;

pub(super) async fn bulk(
    connection: &mut AnyConnection,
    app: &Turn<'_>,
    caller: &Caller,
    request: BulkRequest,
) -> Outcome<Differences> {
    let faults = request.faults(caller.at);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    of_parts(connection, app, caller, &[Part::of(request)]).await
}

pub(super) async fn members(
    connection: &mut AnyConnection,
    app: &Turn<'_>,
    caller: &Caller,
    group: GroupId,
    change: MembersChange,
) -> Outcome<Differences> {
    let faults = change.faults(caller.at);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let found = groups::store::lookup(connection, caller.organization.id, group, caller.at).await?;
    if found.kind == GroupKind::Everyone {
        return Err(Failure::BuiltIn);
    }
    of_parts(connection, app, caller, &Part::of_members(group, change)).await
}

async fn of_parts(
    connection: &mut AnyConnection,
    app: &Turn<'_>,
    caller: &Caller,
    parts: &[Part],
) -> Outcome<Differences> {
    let Outlooks { changed, refused } = outlook(connection, app, caller, parts).await?;
    let new_links = links::outdated_by_selection(connection, caller, &changed).await?;
    let (book, at) = (caller.book.clone(), caller.at);
    // Ten thousand accounts take a while in which other requests are served.
    let compare = move || {
        let found = Differences {
            changed: changed.len() as u64,
            waiting: Waiting { new_links, ..waiting(&changed, at) },
            narrowed: narrowed(&changed, &book),
            ..Differences::default()
        };
        (found, differing(changed, &book, at))
    };
    let (found, differing) = app.pass.work(compare).await?;
    let ids: Vec<_> = differing.iter().map(|(id, ..)| *id).chain(refused.iter().map(|(id, ..)| *id)).collect();
    let names = store::name_keys(connection, caller.organization.id, &ids).await?;
    let book = caller.book.clone();
    let add_up = move || {
        let example = |id, kind| Example { id, kind, name: names.get(&id).map_or("", String::as_str) };
        let accounts: Vec<_> =
            differing.into_iter().map(|(id, kind, held, holds)| (example(id, kind), held, holds)).collect();
        let refused = refused.iter().map(|(id, kind, code)| (example(*id, kind.unwrap_or_default()), *code));
        let refused = tally_refused(refused);
        let Differences { changed, waiting, narrowed, .. } = found;
        Differences { changed, refused, waiting, narrowed, ..tally_ends(&accounts, &book.set(book.baseline())) }
    };
    app.pass.work(add_up).await
}

/// The accounts that hold something else afterwards, with what they hold before and after.
fn differing(changed: Vec<Outlook>, book: &RoleBook, at: Timestamp) -> Vec<(AccountId, AccountKind, Ends, Ends)> {
    let ends = |holdings: &Holdings| Ends::of(holdings, book, at);
    changed
        .into_iter()
        .map(|Outlook { id, before, after }| (id, before.kind, ends(&before), ends(&after)))
        .filter(|(_, _, held, holds)| held != holds)
        .collect()
}

/// Those whose level is another because of what they are given, and not because it is set.
fn narrowed(changed: &[Outlook], book: &RoleBook) -> Option<Narrowed> {
    let is_moved = |outlook: &&Outlook| {
        outlook.before.level != outlook.after.level && outlook.before.grants != outlook.after.grants
    };
    let mut moved = changed.iter().filter(is_moved);
    let level = moved.next()?.after.level.as_deref()?;
    let name = book.role(level).map_or(level, |role| &role.name);
    Some(Narrowed { level: name.to_owned(), users: 1 + moved.count() as u64 })
}

/// Those whose holdings change and who are active neither before nor after.
fn waiting(changed: &[Outlook], at: Timestamp) -> Waiting {
    let mut waiting = Waiting::default();
    for Outlook { before, after, .. } in changed {
        let is_out = |holdings: &Holdings| holdings.state.shown(at) != ShownStatus::Active;
        if is_out(before) && is_out(after) {
            *(if before.state.activated_at.is_none() { &mut waiting.invited } else { &mut waiting.out }) += 1;
        }
    }
    waiting
}
