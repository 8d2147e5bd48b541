//! One's own profile.

mod access;
mod names;
mod own_tokens;
mod profile_page;

pub(crate) use profile_page::ProfilePage;
