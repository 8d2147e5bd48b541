//! Facts about who is shown a link: anyone who has seen it can use it, so it grants no more than the reader was checked for.

use reqwest::Method;
use serde_json::json;

use super::{act, invite, inviter, outcomes};
use crate::support::{Database, PASSWORD, World, on_both, send};

on_both! {
    link_of_a_raised_account_does_not_make_its_inviter_an_owner link_that_opens_more_than_the_caller_has_is_not_shown
    link_copied_while_its_account_is_lowered_does_not_make_an_owner link_shown_again_is_judged_again
}

fn token(link: &str) -> String {
    link.split('#').nth(1).unwrap().to_owned()
}

async fn link_of_a_raised_account_does_not_make_its_inviter_an_owner(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let inviter = inviter(&world, &owner).await;
    let invited = invite(&inviter, &["boss@example.com"]).await;
    let kept = token(invited["results"][0]["link"].as_str().unwrap());
    let id = invited["results"][0]["account_id"].as_str().unwrap();
    owner.bulk(&[id], json!({ "type": "add_role", "role": "owner" })).await.good();
    let body = json!({ "token": kept, "display_name": "Boss", "password": PASSWORD });
    let refused = world.nobody().post("/api/v1/invitations/accept", body).await;
    assert_eq!((refused.status, refused.code().as_str()), (410, "link_dead"));
    let pending = owner.account(id).await;
    for path in ["/link", "/resend"] {
        assert_eq!(act(&inviter, Method::POST, &pending, path).await.code(), "escalation", "{path}");
    }
    let again = invite(&inviter, &["boss@example.com"]).await;
    assert_eq!(outcomes(&again), ["forbidden"]);
}

async fn link_that_opens_more_than_the_caller_has_is_not_shown(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let inviter = inviter(&world, &owner).await;
    let id = invite(&inviter, &["ana@example.com"]).await["results"][0]["account_id"].as_str().unwrap().to_owned();
    let object = json!({ "name": "Sales", "restricted": true, "owner": id });
    send(owner.request(Method::PUT, "/api/v1/objects/dashboard/sales").json(&object)).await.good();
    let resent = act(&inviter, Method::POST, &owner.account(&id).await, "/resend").await;
    assert_eq!(resent.status, 200, "{}", resent.text);
    let refused = act(&inviter, Method::POST, &owner.account(&id).await, "/link").await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"), "anyone who sees the link can use it");
    assert_eq!(outcomes(&invite(&inviter, &["ana@example.com"]).await), ["forbidden"]);
    act(&owner, Method::POST, &owner.account(&id).await, "/link").await.good();
}

async fn link_copied_while_its_account_is_lowered_does_not_make_an_owner(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let inviter = inviter(&world, &owner).await;
    let invited = json!({ "emails": ["boss@example.com"], "roles": ["owner"] });
    let invited = owner.post("/api/v1/invitations", invited).await.good();
    let id = invited["results"][0]["account_id"].as_str().unwrap();
    assert_eq!(act(&inviter, Method::POST, &owner.account(id).await, "/link").await.code(), "escalation");
    owner.bulk(&[id], json!({ "type": "remove_role", "role": "owner" })).await.good();
    let copied = act(&inviter, Method::POST, &owner.account(id).await, "/link").await.good();
    owner.bulk(&[id], json!({ "type": "add_role", "role": "owner" })).await.good();
    let kept = token(copied["link"].as_str().unwrap());
    let body = json!({ "token": kept, "display_name": "Boss", "password": PASSWORD });
    let refused = world.nobody().post("/api/v1/invitations/accept", body).await;
    assert_eq!((refused.status, refused.code().as_str()), (410, "link_dead"));
}

/// The answer to a request with an `Idempotency-Key` is given again, but a link that may no longer be shown is not in it.
async fn link_shown_again_is_judged_again(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let invite = async || {
        let body = json!({ "emails": ["boss@example.com"], "roles": ["owner"] });
        let request = owner.request(Method::POST, "/api/v1/invitations").header("idempotency-key", "k");
        send(request.json(&body)).await
    };
    let first = invite().await.good();
    let again = invite().await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.good(), first);
    world.clock.advance(6 * 60 * 1_000);
    let later = invite().await.good();
    assert_eq!(later["results"][0].get("link"), None, "the password was entered too long ago");
    assert_eq!(later["results"][0]["outcome"], "invited");
}
