//! Accounts: the list of people, what is done with one of them, and the machinery that the list of invitations shares.

mod accounts_page;
mod accounts_table;
mod acts;
mod address;
mod desk;
mod detail;
mod filters;
mod levels;
mod list;
mod loading;
mod notices;
mod pages;
mod parts;
mod questions;
mod row;
mod tabs;
#[cfg(test)]
mod testing;
mod toolbar;
mod words;

pub(crate) use accounts_page::AccountsPage;
pub(crate) use accounts_table::{SortedHeader, account_at, rows};
pub(crate) use acts::Act;
pub(crate) use address::Address;
pub(crate) use desk::Desk;
pub(crate) use filters::Filters;
pub(crate) use levels::{LevelChoice, choices, chosen_beforehand};
pub(crate) use list::AccountList;
pub(crate) use notices::{NoRows, Trouble};
pub(crate) use parts::{AccountDetail, InviteDialog, Questions, preload_account};
pub(crate) use row::{LineView, Row};
pub(crate) use tabs::{AccountTabs, InviteButton};
pub(crate) use toolbar::{AccountSearch, Order, SortMenu};
pub(crate) use words::{Line, Standing, joined, outcome_label, standing};
