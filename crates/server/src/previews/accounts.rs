//! Changes of single accounts: what each of them holds before and after, by the rule that the change itself follows.

use domain::GroupId;
use domain::bulk::BulkRequest;
use domain::differences::{Differences, Ends, Example, tally_ends, tally_refused};
use domain::effective::Holdings;
use domain::groups::GroupKind;
use domain::previews::MembersChange;
use sqlx::AnyConnection;

use super::store;
use crate::accounts::bulk::{Outlook, Outlooks, Part, outlook};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::groups;

pub(super) async fn bulk(
    connection: &mut AnyConnection,
    app: &App,
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
    app: &App,
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

async fn of_parts(connection: &mut AnyConnection, app: &App, caller: &Caller, parts: &[Part]) -> Outcome<Differences> {
    let book = &caller.book;
    let Outlooks { changed, refused } = outlook(connection, app, caller, parts).await?;
    let count = changed.len() as u64;
    let ends = |holdings: &Holdings| Ends::of(holdings, book, caller.at);
    let differing: Vec<_> = changed
        .into_iter()
        .map(|Outlook { id, before, after }| (id, before.kind, ends(&before), ends(&after)))
        .filter(|(_, _, held, holds)| held != holds)
        .collect();
    let ids: Vec<_> = differing.iter().map(|(id, ..)| *id).chain(refused.iter().map(|(id, ..)| *id)).collect();
    let names = store::name_keys(connection, caller.organization.id, &ids).await?;
    let example = |id, kind| Example { id, kind, name: names.get(&id).map_or("", String::as_str) };
    let accounts: Vec<_> =
        differing.into_iter().map(|(id, kind, held, holds)| (example(id, kind), held, holds)).collect();
    let refused = refused.iter().map(|(id, kind, code)| (example(*id, kind.unwrap_or_default()), *code));
    let refused = tally_refused(refused);
    Ok(Differences { changed: count, refused, ..tally_ends(&accounts, &book.set(book.baseline())) })
}
