//! One's own profile.

mod access;
mod names;
mod profile_page;

pub(crate) use profile_page::ProfilePage;
