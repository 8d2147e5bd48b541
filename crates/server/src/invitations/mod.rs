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

use domain::accounts::Account;
use domain::invitations::{
    AcceptRequest, InvitationLink, InvitationPreview, InvitationToken, InviteRequest, InviteResponse,
};
use domain::permissions::ConsolePermission;
use domain::session::SessionView;

use crate::http::carried::Carried;
use crate::http::route::{Needs, Route};

#[must_use]
pub fn routes() -> Vec<Route> {
    let may_invite = Needs::Permission(ConsolePermission::AccountsInvite);
    vec![
        Route::post("/api/v1/invitations", may_invite, "Invite users: one result per address", invite::invite)
            .reads(Carried::IdempotencyKey)
            .takes::<InviteRequest>()
            .gives::<InviteResponse>(),
        Route::post(
            "/api/v1/invitations/preview",
            Needs::Nobody,
            "What a link opens; looking changes nothing",
            link::preview,
        )
        .takes::<InvitationToken>()
        .gives::<InvitationPreview>(),
        Route::post("/api/v1/invitations/accept", Needs::Nobody, "Accept an invitation, and sign in", accept::accept)
            .takes::<AcceptRequest>()
            .gives::<SessionView>(),
        Route::post("/api/v1/invitations/decline", Needs::Nobody, "Decline an invitation", link::decline)
            .takes::<InvitationToken>(),
        Route::post(
            "/api/v1/invitations/request-link",
            Needs::Nobody,
            "Ask the sender for a new link",
            link::request_new,
        )
        .takes::<InvitationToken>(),
        Route::post(
            "/api/v1/accounts/{id}/invitation/resend",
            may_invite,
            "Resend an invitation: a new link, the old one is dead",
            manage::resend,
        )
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
        .reads(Carried::IdempotencyKey)
        .gives::<InvitationLink>(),
        Route::delete("/api/v1/accounts/{id}/invitation", may_invite, "Withdraw an invitation", manage::withdraw)
            .reads(Carried::Version),
    ]
}
