//! Service accounts: their list, a new one, and what their page has beside that of a person.

mod account_id_field;
mod active_switch;
mod delete_dialog;
mod details_card;
mod new_form;
mod new_page;
mod owner_field;
mod services_page;
mod services_table;

pub(crate) use active_switch::ActiveSwitch;
pub(crate) use delete_dialog::DeleteServiceDialog;
pub(crate) use details_card::DetailsCard;
pub(crate) use new_page::NewServicePage;
pub(crate) use services_page::ServicesPage;
