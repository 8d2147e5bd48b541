//! Objects of the product: the list, registering and changing them, and who has access to each (F50 to F52).

mod access;
mod joining;
mod list;
mod register;
pub mod store;

use domain::Code;
use domain::access::{ObjectHoldings, Sharer};
use domain::effective::{Effective, Holdings};
use domain::objects::{Access, AccessChange, Candidates, Object, ObjectAccess, ObjectChange};
use domain::permissions::ConsolePermission;
use domain::profile::{Profile, Term};
use domain::{ObjectId, Timestamp};
use sqlx::AnyConnection;

pub use joining::{Giver, Joining, require_joining};

use crate::app::App;
use crate::caller::{self, Caller, Party};
use crate::failure::{Failure, Outcome};
use crate::http::carried::Carried;
use crate::http::route::{Needs, OTHERS, RIGHTS, Route};
use crate::store::Tx;

#[must_use]
pub fn routes() -> Vec<Route> {
    const OBJECT: &str = "/api/v1/objects/{type}/{external_id}";
    const ACCESS: &str = "/api/v1/objects/{type}/{external_id}/access";
    const SEE: &str = "objects.manage, or access of one's own";
    const SHARE: &str = "objects.manage, or modify access; nothing higher or longer than one's own";
    let manage = Needs::Permission(ConsolePermission::ObjectsManage);
    vec![
        Route::get("/api/v1/object-types", Needs::SignedIn, "The kinds of objects that the product has", list::types)
            .gives_page_of::<Term>(),
        Route::get("/api/v1/objects", Needs::SignedIn, "Objects by name: all, or those one has access to", list::list)
            .refuses(OTHERS)
            .takes_query::<list::ListQuery>()
            .also("objects.manage for all; else those with access of one's own")
            .gives_page_of::<Object>(),
        Route::get(OBJECT, Needs::SignedIn, "One object", list::show).also(SEE).gives::<Object>(),
        Route::put(OBJECT, Needs::SignedIn, "Register an object, or change it", register::put)
            .succeeds_with(&[200, 201])
            .refuses(OTHERS)
            .refuses(RIGHTS)
            .refuses(&[Code::VersionRequired])
            .reads(Carried::VersionIfKnown)
            .reads(Carried::IdempotencyKey)
            .also("objects.manage to register; modify access to change, without an end to open it or set its owner")
            .takes::<ObjectChange>()
            .gives::<Object>(),
        Route::delete(OBJECT, manage, "Forget an object", register::remove).reads(Carried::Version),
        Route::get(ACCESS, Needs::SignedIn, "Who has access to an object", access::show)
            .gives_version()
            .also(SEE)
            .gives::<ObjectAccess>(),
        Route::put(ACCESS, Needs::SignedIn, "Give access to an object, or change it", access::put)
            .gives_version()
            .refuses(OTHERS)
            .refuses(RIGHTS)
            .also(SHARE)
            .reads(Carried::Version)
            .reads(Carried::IdempotencyKey)
            .takes::<AccessChange>()
            .gives::<Access>(),
        Route::delete(ACCESS, Needs::SignedIn, "Take access to an object away", access::remove)
            .gives_version()
            .refuses(OTHERS)
            .refuses(RIGHTS)
            .takes_query::<access::SubjectQuery>()
            .reads(Carried::Version)
            .also("objects.manage, or modify access"),
        Route::get(
            "/api/v1/objects/{type}/{external_id}/candidates",
            Needs::SignedIn,
            "Whom access to an object can be given to",
            access::candidates,
        )
        .refuses(OTHERS)
        .takes_query::<access::CandidatesQuery>()
        .also("objects.manage, or modify access")
        .gives::<Candidates>(),
    ]
}

/// The profile of the caller's organization.
fn profile<'a>(app: &'a App, caller: &Caller) -> Outcome<&'a Profile> {
    let key = &caller.organization.profile;
    app.profile(key).ok_or_else(|| Failure::Internal(format!("profile {key} is not loaded: start with --profile")))
}

/// An object that the caller may see: all of them for who manages objects, else those with an access of one's own.
///
/// # Errors
/// `NotFound` where there is none, and where the caller may not see it.
async fn visible(connection: &mut AnyConnection, caller: &Caller, address: &Address) -> Outcome<store::ObjectRow> {
    let row = store::find(connection, caller, address).await?.filter(|row| row.may_see).ok_or(Failure::NotFound)?;
    if caller.effective.holds(ConsolePermission::ObjectsManage) {
        caller.uses.add(ConsolePermission::ObjectsManage.key());
    }
    Ok(row)
}

/// Type and id of an object, as the address of a request has them.
type Address = (String, String);

/// What the caller may give of an object goes by what the caller has of it, read under the lock of the change.
///
/// # Errors
/// When the store does not answer.
async fn gift_of<'a>(tx: &mut Tx, caller: &'a Caller, object: ObjectId) -> Outcome<Gift<'a>> {
    let mut givers = Vec::new();
    for Party { account, effective, .. } in caller.parties() {
        let held =
            store::joining::held(tx, caller.organization.id, account, &[object], caller.at).await?.remove(&object);
        let holdings = caller::holdings_of(tx, account).await?;
        givers.push(ObjectGiver { holdings, effective, held: held.unwrap_or_default() });
    }
    Ok(Gift { givers, at: caller.at })
}

/// See `gift_of`.
struct Gift<'a> {
    givers: Vec<ObjectGiver<'a>>,
    at: Timestamp,
}

/// One of those whose access a request goes by.
struct ObjectGiver<'a> {
    holdings: Holdings,
    effective: &'a Effective,
    held: ObjectHoldings,
}

impl Gift<'_> {
    /// Whether a rule lets each of the givers do it.
    fn may(&self, rule: impl Fn(Sharer<'_>, &ObjectHoldings) -> bool) -> bool {
        self.givers.iter().all(|giver| {
            let sharer = Sharer { holdings: &giver.holdings, effective: giver.effective, at: self.at };
            rule(sharer, &giver.held)
        })
    }
}

/// # Errors
/// `Forbidden` for whoever may see the object alone.
fn require_share(row: &store::ObjectRow) -> Outcome<()> {
    if row.may_share { Ok(()) } else { Err(Failure::Forbidden(ConsolePermission::ObjectsManage)) }
}
