//! Facts about sessions that are made of another one: they are as old, prove no more, and end with it (S36).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, PASSWORD, World, on_both, send};

on_both! {
    joining_proves_no_password joining_makes_no_session_younger joining_undoes_no_sign_out
    link_is_not_used_up_by_somebody_who_has_to_confirm_first another_organization_is_entered_on_the_same_proof
    sign_out_and_another_organization_at_once_leave_no_session sign_out_and_joining_at_once_leave_no_session
    sign_out_and_confirmation_at_once_leave_no_session session_that_was_replaced_signs_out_what_came_of_it
    somebody_who_joins_has_a_password_as_long_as_is_asked_for nobody_enters_an_organization_that_deactivates_them_at_that_moment
}

const MINUTE_MS: i64 = 60 * 1_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// As many as found the race most of the times.
const ROUNDS: usize = 104;

/// Invites somebody, and gives the token of their link.
async fn invited(admin: &Client, email: &str) -> String {
    let answer = admin.post("/api/v1/invitations", json!({ "emails": [email] })).await.good();
    answer["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned()
}

async fn join(client: &Client, token: &str) -> Answer {
    client.post("/api/v1/invitations/accept", json!({ "token": token })).await
}

async fn enter(client: &Client, organization: &Value) -> Answer {
    let request = client.request(Method::PUT, "/api/v1/session/organization");
    send(request.json(&json!({ "organization_id": organization }))).await
}

async fn organization(client: &Client) -> Value {
    client.get("/api/v1/session").await.good()["organization"]["id"].clone()
}

async fn sign_out(client: &Client) -> u16 {
    send(client.request(Method::DELETE, "/api/v1/session")).await.status
}

/// The same browser after an answer that gave it another session.
fn after(client: &Client, answer: &Answer) -> Client {
    let mut client = client.clone();
    client.take_session(answer);
    client
}

/// Somebody with an account in two organizations; the second one's Owner, and what both are.
async fn in_two(world: &World) -> (Client, Client, [Value; 2]) {
    let owner = world.owner().await;
    let otto = world.other_organization("otto@example.com").await;
    let other = organization(&otto).await;
    let joined = join(&otto, &invited(&owner, "otto@example.com").await).await;
    let otto = after(&otto, &joined);
    let acme = joined.good()["organization"]["id"].clone();
    (otto, owner, [acme, other])
}

async fn joining_proves_no_password(database: Database) {
    let world = World::new(database).await;
    let victim = world.owner().await;
    let acme = organization(&victim).await;
    let mallory = world.other_organization("mallory@example.com").await;
    let token = invited(&mallory, "olivia@example.com").await;
    world.clock.advance(6 * MINUTE_MS);
    let mint = async |client: &Client| client.post("/api/v1/me/tokens", json!({ "name": "t" })).await.code();
    assert_eq!(mint(&victim).await, "confirmation_required");
    let joined = join(&victim, &token).await;
    assert_eq!(joined.status, 200, "{}", joined.text);
    let there = after(&victim, &joined);
    assert_eq!(mint(&there).await, "confirmation_required");
    let back = enter(&there, &acme).await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert_eq!(mint(&after(&there, &back)).await, "confirmation_required");
}

async fn joining_makes_no_session_younger(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let otto = world.other_organization("otto@example.com").await;
    let token = invited(&owner, "otto@example.com").await;
    world.clock.advance(25 * MINUTE_MS);
    let otto = after(&otto, &join(&otto, &token).await);
    let began = "SELECT DISTINCT s.created_at FROM sessions s JOIN persons p ON p.id = s.person_id WHERE p.email_key = 'otto@example.com'";
    let rows = sqlx::query(began).fetch_all(world.running.app.db.reader()).await.unwrap();
    assert_eq!(rows.len(), 1, "both count from the sign-in");
    let seen = "UPDATE sessions SET last_seen_at = created_at + 43199999";
    sqlx::query(seen).execute(world.running.app.db.writer()).await.unwrap();
    world.clock.advance(12 * HOUR_MS - 25 * MINUTE_MS - 60_000);
    assert_eq!(otto.get("/api/v1/me").await.status, 200);
    world.clock.advance(60_000);
    assert_eq!(otto.get("/api/v1/me").await.status, 401, "twelve hours after the sign-in");
}

async fn joining_undoes_no_sign_out(database: Database) {
    let world = World::new(database).await;
    let (otto, owner, [acme, other]) = in_two(&world).await;
    let otto = after(&otto, &enter(&otto, &other).await);
    let third = world.other_organization("tina@example.com").await;
    world.clock.advance(1_000);
    assert_eq!(owner.post("/api/logout/otto@example.com", json!({})).await.status, 204);
    let otto = after(&otto, &join(&otto, &invited(&third, "otto@example.com").await).await);
    let refused = enter(&otto, &acme).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "confirmation_required"));
}

/// An administrator signs out somebody who is still invited, and then the person opens the link in a session that is older.
async fn link_is_not_used_up_by_somebody_who_has_to_confirm_first(database: Database) {
    let world = World::new(database).await;
    let (otto, _, _) = in_two(&world).await;
    let third = world.other_organization("tina@example.com").await;
    let token = invited(&third, "otto@example.com").await;
    world.clock.advance(1_000);
    assert_eq!(third.post("/api/logout/otto@example.com", json!({})).await.status, 204);
    let refused = join(&otto, &token).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "confirmation_required"));
    world.clock.advance(1_000);
    let otto = after(&otto, &otto.post("/api/v1/session/confirmation", json!({ "password": PASSWORD })).await);
    assert_eq!(join(&otto, &token).await.status, 200);
}

async fn another_organization_is_entered_on_the_same_proof(database: Database) {
    let world = World::new(database).await;
    let (otto, _, [_, other]) = in_two(&world).await;
    world.clock.advance(6 * MINUTE_MS);
    let proved = otto.post("/api/v1/session/confirmation", json!({ "password": PASSWORD })).await;
    let otto = after(&otto, &proved);
    world.clock.advance(4 * MINUTE_MS);
    let otto = after(&otto, &enter(&otto, &other).await);
    let mint = async || otto.post("/api/v1/me/tokens", json!({ "name": "t" })).await.status;
    assert_eq!(mint().await, 201, "four minutes ago it was proved");
    world.clock.advance(MINUTE_MS);
    assert_eq!(mint().await, 403, "and now five");
}

/// Whether either session lives after both requests were answered.
async fn lives(old: &Client, answer: &Answer) -> bool {
    let mut found = old.get("/api/v1/session").await.status == 200;
    if answer.status < 300 {
        found |= after(old, answer).get("/api/v1/session").await.status == 200;
    }
    found
}

async fn sign_out_and_another_organization_at_once_leave_no_session(database: Database) {
    let world = World::new(database).await;
    let (mut otto, _, [acme, _]) = in_two(&world).await;
    let mut entered = 0;
    for round in 0..ROUNDS {
        let (answer, out) = match round % 2 {
            0 => tokio::join!(enter(&otto, &acme), sign_out(&otto)),
            _ => {
                let (out, answer) = tokio::join!(sign_out(&otto), enter(&otto, &acme));
                (answer, out)
            }
        };
        assert!([200, 401].contains(&answer.status) && out == 204, "{} {out}", answer.text);
        entered += usize::from(answer.status == 200);
        assert!(!lives(&otto, &answer).await, "round {round} left a session");
        world.clock.advance(2_000);
        assert_eq!(otto.sign_in("otto@example.com", PASSWORD).await.status, 200);
    }
    assert!(entered > 0, "the two never met");
}

async fn sign_out_and_joining_at_once_leave_no_session(database: Database) {
    let world = World::new(database).await;
    let (mut otto, owner, _) = in_two(&world).await;
    for round in 0..12 {
        let address = format!("third{round}@example.com");
        let third = world.other_organization(&address).await;
        let token = invited(&third, "otto@example.com").await;
        let (answer, out) = tokio::join!(join(&otto, &token), sign_out(&otto));
        // Where the sign-out came first, the request is one of nobody, who has to enter the password.
        assert!([200, 401, 422].contains(&answer.status) && out == 204, "{} {out}", answer.text);
        assert!(!lives(&otto, &answer).await, "round {round} left a session");
        world.clock.advance(2_000);
        assert_eq!(otto.sign_in("otto@example.com", PASSWORD).await.status, 200);
    }
    assert_eq!(owner.get("/api/v1/session").await.status, 200, "nobody else's");
}

async fn sign_out_and_confirmation_at_once_leave_no_session(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    for round in 0..12 {
        let proof = json!({ "password": PASSWORD });
        let (answer, out) = tokio::join!(owner.post("/api/v1/session/confirmation", proof), sign_out(&owner));
        assert!([204, 401].contains(&answer.status) && out == 204, "{} {out}", answer.text);
        assert!(!lives(&owner, &answer).await, "round {round} left a session");
        world.clock.advance(2_000);
        assert_eq!(owner.sign_in("olivia@example.com", PASSWORD).await.status, 200);
    }
}

async fn session_that_was_replaced_signs_out_what_came_of_it(database: Database) {
    let world = World::new(database).await;
    let (first, _, [_, other]) = in_two(&world).await;
    let second = after(&first, &enter(&first, &other).await);
    assert_eq!((first.get("/api/v1/me").await.status, second.get("/api/v1/me").await.status), (401, 200));
    let mut elsewhere = world.nobody();
    elsewhere.sign_in("otto@example.com", PASSWORD).await.good();
    assert_eq!(sign_out(&first).await, 204, "as the request of a tab that had not heard of the change");
    assert_eq!(second.get("/api/v1/me").await.status, 401);
    assert_eq!(elsewhere.get("/api/v1/me").await.status, 200, "another sign-in goes on");
}

async fn somebody_who_joins_has_a_password_as_long_as_is_asked_for(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let otto = world.other_organization("otto@example.com").await;
    let ask = async |version, chars: usize| {
        let change = json!({ "password_chars_min": chars });
        owner.change(Method::PATCH, "/api/v1/organization", version, Some(change)).await.good();
    };
    let long = PASSWORD.chars().count();
    ask(1, long + 1).await;
    let token = invited(&owner, "otto@example.com").await;
    let too_short = |answer: &Answer| (answer.status, answer.fields(), answer.body()["errors"][0]["code"].clone());
    let expected = (422, vec!["password".to_owned()], json!("too_short"));
    let with_password = json!({ "token": token, "password": PASSWORD });
    let refused = world.nobody().post("/api/v1/invitations/accept", with_password.clone()).await;
    assert_eq!(too_short(&refused), expected, "{}", refused.text);
    world.clock.advance(6 * MINUTE_MS);
    assert_eq!(join(&otto, &token).await.code(), "confirmation_required", "how long it is, is not known");
    let otto = after(&otto, &otto.post("/api/v1/session/confirmation", json!({ "password": PASSWORD })).await);
    let refused = join(&otto, &token).await;
    assert_eq!(too_short(&refused), expected, "{}", refused.text);
    ask(2, long).await;
    world.clock.advance(6 * MINUTE_MS);
    assert_eq!(join(&otto, &token).await.status, 200, "it is known by now");
}

async fn nobody_enters_an_organization_that_deactivates_them_at_that_moment(database: Database) {
    let world = World::new(database).await;
    let (mut otto, owner, [acme, other]) = in_two(&world).await;
    let id = owner.get("/api/v1/accounts?q=otto").await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    for round in 0..12 {
        otto = after(&otto, &enter(&otto, &other).await);
        let act = |kind: &str| json!({ "type": kind });
        let ids = [id.as_str()];
        let (answer, _) = tokio::join!(enter(&otto, &acme), owner.bulk(&ids, act("deactivate")));
        assert!([200, 404, 401].contains(&answer.status), "{}", answer.text);
        owner.bulk(&[&id], act("activate")).await.good();
        if answer.status == 200 {
            assert_eq!(after(&otto, &answer).get("/api/v1/me").await.status, 401, "round {round} left a session");
        }
        otto.sign_in("otto@example.com", PASSWORD).await.good();
        world.clock.advance(2_000);
    }
}
