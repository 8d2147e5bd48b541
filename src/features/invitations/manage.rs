//! What the sender does with an invitation that is open: resend, withdraw, copy its link.

use domain::AccountId;
use domain::accounts::Account;
use domain::invitations::InvitationLink;
use gloo_net::http::Method;

use crate::api::{ApiError, Change};

fn path(id: AccountId, act: &str) -> String {
    ["/api/v1/accounts/", &id.to_string(), "/invitation", act].concat()
}

/// Makes a new link and sends it; the old one is dead from then on. Gives the account as it is then.
pub(crate) async fn resend(account: &Account) -> Result<Account, ApiError> {
    Change::post(&path(account.id, "/resend")).once().version(account.version).ask().await
}

/// Ends the invitation: its link is dead, and the account is gone.
pub(crate) async fn withdraw(account: &Account) -> Result<(), ApiError> {
    Change::new(Method::DELETE, &path(account.id, "")).version(account.version).done().await
}

/// The link as it is, to be passed on by other ways than mail.
pub(crate) async fn link(id: AccountId) -> Result<String, ApiError> {
    let answer: InvitationLink = Change::post(&path(id, "/link")).ask().await?;
    Ok(answer.link)
}
