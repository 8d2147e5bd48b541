//! Invitations: sending them to many, each one's link, resending and withdrawing, and what the invited person does.

mod accept;
mod invite;
mod link;
mod manage;
mod snapshot;
pub use link::{mail_fate, renew_waiting};
pub use manage::{link, resend_all};
pub use snapshot::{mark_outdated, record_earlier};
pub mod store;

use domain::Code;
use domain::accounts::Account;
use domain::invitations::{
    AcceptRequest, InvitationLink, InvitationPreview, InvitationToken, InviteRequest, InviteResponse,
};
use domain::permissions::ConsolePermission;
use domain::session::SessionView;

use crate::http::carried::Carried;
use crate::http::route::{COOKIES, Needs, RIGHTS, Route};

#[must_use]
pub fn routes() -> Vec<Route> {
    let may_invite = Needs::Permission(ConsolePermission::AccountsInvite);
    vec![
        Route::post("/api/v1/invitations", may_invite, "Invite users: one result per address", invite::invite)
            .refuses(RIGHTS)
            .reads(Carried::IdempotencyKey)
            .takes::<InviteRequest>()
            .gives::<InviteResponse>(),
        Route::post(
            "/api/v1/invitations/preview",
            Needs::Nobody,
            "What a link opens; looking changes nothing",
            link::preview,
        )
        .refuses(&[Code::NotFound, Code::LinkDead, Code::TooMany])
        .takes::<InvitationToken>()
        .gives::<InvitationPreview>(),
        Route::post("/api/v1/invitations/accept", Needs::Nobody, "Accept an invitation, and sign in", accept::accept)
            .refuses(&[
                Code::NotSignedIn,
                Code::WrongCredentials,
                Code::ConfirmationRequired,
                Code::NotFound,
                Code::LinkDead,
                Code::NameTaken,
                Code::NotPending,
                Code::SignedInAsOther,
                Code::TooMany,
            ])
            .sends(COOKIES)
            .takes::<AcceptRequest>()
            .gives::<SessionView>(),
        Route::post("/api/v1/invitations/decline", Needs::Nobody, "Decline an invitation", link::decline)
            .refuses(&[Code::NotFound, Code::LinkDead, Code::NotPending, Code::TooMany])
            .takes::<InvitationToken>(),
        Route::post(
            "/api/v1/invitations/request-link",
            Needs::Nobody,
            "Ask the sender for a new link",
            link::request_new,
        )
        .succeeds_with(&[202])
        .refuses(&[Code::NotFound, Code::LinkDead, Code::NotPending, Code::TooMany])
        .takes::<InvitationToken>(),
        Route::post(
            "/api/v1/accounts/{id}/invitation/resend",
            may_invite,
            "Resend an invitation: a new link, the old one is dead",
            manage::resend,
        )
        .refuses(RIGHTS)
        .refuses(&[Code::NotPending])
        .reads(Carried::Version)
        .reads(Carried::IdempotencyKey)
        .gives::<Account>()
        .gives_version(),
        Route::post(
            "/api/v1/accounts/{id}/invitation/link",
            may_invite,
            "The link, to pass it on otherwise",
            manage::copy_link,
        )
        .refuses(RIGHTS)
        .refuses(&[Code::LinkDead, Code::NotPending])
        .reads(Carried::IdempotencyKey)
        .gives::<InvitationLink>(),
        Route::delete("/api/v1/accounts/{id}/invitation", may_invite, "Withdraw an invitation", manage::withdraw)
            .refuses(RIGHTS)
            .refuses(&[Code::NotPending])
            .reads(Carried::Version),
    ]
}
