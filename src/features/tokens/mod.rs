//! API tokens: those of one account, all of the organization's, and what is done with them.

mod acts;
mod bulk_dialog;
mod card;
mod fields;
mod filters;
mod generate_dialog;
mod handover;
mod leaked_dialog;
mod lifetime;
mod list;
mod narrow_dialog;
mod revoke_dialog;
mod rotate_dialog;
mod secret_dialog;
mod selection;
mod token_form;
mod token_line;
mod tokens_page;
mod tokens_table;
mod words;

pub(crate) use card::{Holder, TokenRights, TokensCard};
pub(crate) use fields::TokenFields;
pub(crate) use handover::hand_over;
pub(crate) use narrow_dialog::scopes_of;
pub(crate) use token_form::TokenForm;
pub(crate) use tokens_page::TokensPage;
