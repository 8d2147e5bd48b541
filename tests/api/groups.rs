//! Facts about groups.

use serde_json::json;

use crate::support::{Database, World, on_both};

on_both! { everyone_is_always_there names_are_unique_without_regard_to_case invited_people_join_the_groups_named list_is_searched_and_paged }

async fn everyone_is_always_there(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.member(&owner, "ana@example.com", json!({})).await;
    let page = owner.get("/api/v1/groups").await.good();
    assert_eq!(
        (&page["items"][0]["name"], &page["items"][0]["kind"], &page["items"][0]["members"]),
        (&json!("Everyone"), &json!("everyone"), &json!(2))
    );
    let taken = owner.post("/api/v1/groups", json!({ "name": " everyone " })).await;
    assert_eq!((taken.status, taken.code().as_str(), taken.fields()), (409, "name_taken", vec!["name".to_owned()]));
}

async fn names_are_unique_without_regard_to_case(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner.post("/api/v1/groups", json!({ "name": "Interns", "description": "Summer" })).await;
    assert_eq!((made.status, made.body()["name"].clone()), (201, json!("Interns")));
    assert_eq!(owner.post("/api/v1/groups", json!({ "name": "INTERNS" })).await.status, 409);
    for (body, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x".repeat(101) }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "name": "A", "description": "x".repeat(501) }), "description"),
    ] {
        let answer = owner.post("/api/v1/groups", body).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]));
    }
}

async fn invited_people_join_the_groups_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.post("/api/v1/groups", json!({ "name": "Interns" })).await.good();
    let ana = world.member(&owner, "ana@example.com", json!({ "groups": [group["id"]] })).await;
    assert_eq!(
        ana.get("/api/v1/me").await.good()["account"]["groups"],
        json!([{ "id": group["id"], "name": "Interns" }])
    );
    let page = owner.get("/api/v1/groups?q=int").await.good();
    assert_eq!(page["items"][0]["members"], 1);
}

async fn list_is_searched_and_paged(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for number in 0..5 {
        owner.post("/api/v1/groups", json!({ "name": format!("Team {number}") })).await.good();
    }
    let first = owner.get("/api/v1/groups?q=TEAM&limit=3").await.good();
    assert_eq!(
        (first["items"].as_array().map(Vec::len), &first["total"], &first["next_cursor"]),
        (Some(3), &json!(5), &json!("team 2"))
    );
    let second = owner.get("/api/v1/groups?q=TEAM&limit=3&cursor=team%202").await.good();
    assert_eq!((second["items"].as_array().map(Vec::len), second["next_cursor"].is_null()), (Some(2), true));
    assert_eq!(owner.get("/api/v1/groups?limit=0").await.fields(), ["limit"]);
}
