//! Set-up: the first Owner makes the organization, once.

mod form;
mod page;

pub(crate) use page::SetupPage;
