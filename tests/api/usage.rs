//! Facts about the dashboard's numbers.

use serde_json::json;

use crate::support::{Database, World, on_both};

on_both! { summary_counts_people_by_status_and_level }

async fn summary_counts_people_by_status_and_level(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.member(&owner, "ana@example.com", json!({ "level": "editor" })).await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ben@example.com"] })).await.good();
    let summary = owner.get("/api/v1/usage/summary").await.good();
    assert_eq!(
        (
            &summary["status_counts"]["active"],
            &summary["status_counts"]["pending"],
            &summary["seats_taken"],
            &summary["joined_30d"]
        ),
        (&json!(2), &json!(1), &json!(3), &json!(2))
    );
    let levels: Vec<_> = summary["levels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|level| (level["name"].as_str().unwrap().to_owned(), level["accounts"].as_u64().unwrap()))
        .collect();
    assert_eq!(levels, [("Admin".to_owned(), 1), ("Editor".to_owned(), 1), ("Viewer".to_owned(), 1)]);
}
