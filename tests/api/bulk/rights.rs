//! Facts about what nobody does by an act on many accounts: give what they lack, or reach who holds more.

use serde_json::json;

use super::{codes, held, member};
use crate::support::{Database, World, on_both};

on_both! {
    nobody_gives_what_they_lack_nor_touches_who_holds_more nobody_prolongs_their_own_rights
    last_owner_stays_through_every_act resend_kills_older_links_and_needs_the_right_to_invite
    accounts_of_another_organization_are_not_found
}

async fn nobody_gives_what_they_lack_nor_touches_who_holds_more(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.manage", "accounts.view", "alerts"] });
    let (clerk, _) = member(&world, &owner, "clerk", gifts).await;
    let (_, below) = member(&world, &owner, "below", json!({ "level": "viewer" })).await;
    let (_, above) = member(&world, &owner, "above", json!({ "level": "editor" })).await;
    let with_data = owner.new_group("Data", &["data"]).await;
    for action in [
        json!({ "type": "add_role", "role": "alerts" }),
        json!({ "type": "add_role", "role": "owner" }),
        json!({ "type": "add_permission", "permission": "data" }),
        json!({ "type": "set_level", "level": "editor" }),
        json!({ "type": "add_group", "group": with_data }),
    ] {
        let answer = clerk.bulk(&[&below], action.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "escalation"), "{action}");
    }
    let owner_id = owner.id().await;
    for action in [
        json!({ "type": "add_permission", "permission": "alerts" }),
        json!({ "type": "set_level", "level": "viewer" }),
        json!({ "type": "deactivate" }),
    ] {
        let answer = clerk.bulk(&[&above, &owner_id], action.clone()).await.good();
        assert_eq!(codes(&answer), ["escalation", "escalation"], "{action}");
    }
    let unmake = json!({ "type": "remove_role", "role": "owner" });
    assert_eq!(codes(&clerk.bulk(&[&owner_id], unmake).await.good()), ["escalation"]);
    let within = clerk.bulk(&[&below], json!({ "type": "add_permission", "permission": "alerts" })).await.good();
    assert_eq!(codes(&within), ["ok"]);
    assert_eq!(owner.account(&above).await["level"]["key"], "editor");
}

async fn nobody_prolongs_their_own_rights(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.manage", "accounts.view"] });
    let (clerk, id) = member(&world, &owner, "clerk", gifts).await;
    let until = |hours: i64| world.clock.now().plus(hours * 3_600_000).to_string();
    let add = |end: Option<String>| json!({ "type": "add_permission", "permission": "alerts", "valid_until": end });
    owner.bulk(&[&id], add(Some(until(2)))).await.good();
    for end in [None, Some(until(3))] {
        let answer = clerk.bulk(&[&id], add(end)).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "escalation"));
    }
    assert_eq!(codes(&clerk.bulk(&[&id], add(Some(until(1)))).await.good()), ["ok"], "to shorten is to give up");
}

async fn last_owner_stays_through_every_act(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let id = owner.id().await;
    let until = world.clock.now().plus(3_600_000).to_string();
    for action in [
        json!({ "type": "remove_role", "role": "owner" }),
        json!({ "type": "add_role", "role": "owner", "valid_until": until }),
    ] {
        assert_eq!(codes(&owner.bulk(&[&id], action.clone()).await.good()), ["last_owner"], "{action}");
    }
    assert_eq!(codes(&owner.bulk(&[&id], json!({ "type": "deactivate" })).await.good()), ["own_account"]);
    let (second, other) = member(&world, &owner, "second", json!({ "roles": ["owner"] })).await;
    let unmake = json!({ "type": "remove_role", "role": "owner" });
    assert_eq!(codes(&second.bulk(&[&id, &other], unmake.clone()).await.good()), ["ok", "last_owner"]);
    assert_eq!(owner.bulk(&[&other], unmake).await.status, 200, "an admin by level may still ask");
    assert_eq!(second.account(&other).await["roles"][0]["key"], "owner");
}

async fn resend_kills_older_links_and_needs_the_right_to_invite(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let invited = owner.post("/api/v1/invitations", json!({ "emails": ["new@example.com"] })).await.good();
    let token = invited["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let pending = invited["results"][0]["account_id"].as_str().unwrap();
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.manage", "accounts.view"] });
    let (clerk, clerk_id) = member(&world, &owner, "clerk", gifts).await;
    let resend = json!({ "type": "resend" });
    assert_eq!(clerk.bulk(&[pending], resend.clone()).await.code(), "forbidden");
    let answer = owner.bulk(&[pending, &clerk_id], resend).await.good();
    assert_eq!((codes(&answer), answer.get("operation_id")), (vec!["ok".into(), "not_pending".into()], None));
    let state = owner.post("/api/v1/invitations/preview", json!({ "token": token })).await.good();
    assert_eq!(state["state"], "replaced");
}

async fn accounts_of_another_organization_are_not_found(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let group = owner.new_group("Interns", &[]).await;
    let other = world.other_organization("otto@example.com").await;
    let answer = other.bulk(&[&ana], json!({ "type": "add_role", "role": "alerts" })).await.good();
    assert_eq!(codes(&answer), ["not_found"]);
    let own = other.id().await;
    assert_eq!(other.bulk(&[&own], json!({ "type": "add_group", "group": group })).await.fields(), ["group"]);
    assert_eq!(held(&owner, &ana).await, json!([[], [], []]));
}
