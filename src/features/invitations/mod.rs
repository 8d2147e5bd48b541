//! Invitations: sending them, following them, and the page on which the invited person answers.

mod advanced;
mod draft;
mod faults;
mod invitation_page;
mod invitations_page;
mod invitations_table;
mod invite_dialog;
mod invite_form;
mod invite_results;
pub(crate) mod manage;
mod outlook;

pub(crate) use advanced::{Advanced, GiftFields};
pub(crate) use invitation_page::InvitationPage;
pub(crate) use invitations_page::InvitationsPage;
pub(crate) use invite_dialog::{InviteDialog, opened_by_address};
pub(crate) use outlook::Outlook;
