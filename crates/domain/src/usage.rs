//! Usage: the numbers of the organization dashboard.

use serde::{Deserialize, Serialize};

use crate::accounts::StatusCounts;

/// User accounts of one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LevelCount {
    /// Key of the level; absent for accounts without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    pub name: String,
    pub accounts: u64,
}

/// The answer to `GET usage/summary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageSummary {
    /// Of user accounts.
    pub status_counts: StatusCounts,
    /// Highest first; deleted and deactivated accounts apart.
    pub levels: Vec<LevelCount>,
    /// Users who did anything within the last 24 hours.
    pub active_1d: u64,
    /// Within the last 7 days.
    pub active_7d: u64,
    /// Within the last 30 days.
    pub active_30d: u64,
    /// Users who became active within the last 30 days.
    pub joined_30d: u64,
    /// No limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    pub seats_taken: u32,
}
