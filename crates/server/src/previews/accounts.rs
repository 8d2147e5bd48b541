//! Changes of single accounts: what each of them holds before and after, by the rule that the change itself follows.

use domain::GroupId;
use domain::bulk::{BulkAction, BulkKind, BulkRequest};
use domain::differences::{Differences, Example, tally};
use domain::effective::{Holdings, effective};
use domain::groups::GroupKind;
use domain::permission_set::PermissionSet;
use domain::previews::MembersChange;
use sqlx::AnyConnection;

use super::store;
use crate::accounts::bulk::{Outlook, Part, Right, outlook};
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
    let act = |kind, valid_until| BulkAction { group: Some(group), valid_until, ..BulkAction::plain(kind) };
    let parts = [
        Part {
            action: act(BulkKind::AddGroup, change.valid_until),
            ids: change.add,
            versions: Vec::new(),
            right: Right::Whole,
        },
        Part {
            action: act(BulkKind::RemoveGroup, None),
            ids: change.remove,
            versions: Vec::new(),
            right: Right::Whole,
        },
    ];
    of_parts(connection, app, caller, &parts).await
}

async fn of_parts(connection: &mut AnyConnection, app: &App, caller: &Caller, parts: &[Part]) -> Outcome<Differences> {
    let book = &caller.book;
    let words = |holdings: &Holdings| {
        let found = effective(holdings, book, caller.at).set().words().to_vec();
        // Who is not active holds nothing: as many words of nothing as others have.
        if found.is_empty() { PermissionSet::empty(book.index()).words().to_vec() } else { found }
    };
    let changed: Vec<_> = outlook(connection, app, caller, parts)
        .await?
        .into_iter()
        .map(|Outlook { id, before, after }| (id, before.kind, words(&before), words(&after)))
        .filter(|(_, _, held, holds)| held != holds)
        .collect();
    let ids: Vec<_> = changed.iter().map(|(id, ..)| *id).collect();
    let names = store::name_keys(connection, caller.organization.id, &ids).await?;
    let accounts = changed.iter().map(|(id, kind, held, holds)| {
        let name = names.get(id).map_or("", String::as_str);
        (Example { id: *id, kind: *kind, name }, held.as_slice(), holds.as_slice())
    });
    Ok(tally(accounts, &book.set(book.baseline())))
}
