//! Groups by a part of their name, for fields that choose among them.

use domain::groups::Group;
use domain::page::Page;

use crate::api::{self, ApiError};

/// Groups offered at once; typing narrows them down.
const OFFERED_MAX: &str = "50";

/// The first groups that fit what is typed, Everyone and teams among them.
pub(crate) async fn groups_named(text: String) -> Result<Vec<Group>, ApiError> {
    let path = ["/api/v1/groups?limit=", OFFERED_MAX, "&q=", &api::encode(&text)].concat();
    api::get::<Page<Group>>(&path).await.map(|page| page.items)
}
