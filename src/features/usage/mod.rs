//! Usage: the organization dashboard.

mod dashboard_page;

pub(crate) use dashboard_page::DashboardPage;
