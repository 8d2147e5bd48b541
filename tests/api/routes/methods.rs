//! Whatever method and address a request has: what is refused is a problem.

use reqwest::Method;
use server::http::route::{self, Route};

use super::things::Things;
use crate::support::{Answer, Database, World, on_both, send};

on_both! { method_that_a_route_does_not_take_is_a_problem_that_names_those_it_takes address_that_is_not_utf_8_is_a_problem }

fn is_problem(answer: &Answer) -> bool {
    let media_type = answer.headers.get("content-type").map(|value| value.as_bytes());
    media_type == Some(b"application/problem+json") && answer.body()["status"] == answer.status
}

async fn method_that_a_route_does_not_take_is_a_problem_that_names_those_it_takes(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let things = Things::new(&owner).await;
    let routes = route::all();
    let odd = |name: &str| Method::from_bytes(name.as_bytes()).unwrap();
    for route in &routes {
        let taken: Vec<&Method> =
            routes.iter().filter(|other| other.path == route.path).map(|route| &route.method).collect();
        let methods =
            [Method::TRACE, Method::OPTIONS, Method::PUT, Method::PATCH, Method::DELETE, odd("FOO"), odd("get")];
        for method in methods.into_iter().filter(|method| !taken.contains(&method)) {
            let answer = send(owner.request(method.clone(), &things.path(route))).await;
            assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"), "{method} {}", route.path);
            assert!(is_problem(&answer), "{method} {}: {:?}", route.path, answer.headers);
            let allowed = answer.headers["allow"].to_str().unwrap().to_owned();
            assert!(taken.iter().all(|taken| allowed.split(',').any(|name| name == taken.as_str())), "{allowed}");
        }
    }
    for path in ["/", "/accounts"] {
        let trace = send(owner.request(Method::TRACE, path)).await;
        assert_eq!((trace.status, trace.code().as_str()), (405, "method_not_allowed"), "{path}");
    }
    for path in ["/nothing", "/api/v1/nothing", "/assets/nothing.js"] {
        let trace = send(owner.request(Method::TRACE, path)).await;
        assert_eq!((trace.status, is_problem(&trace)), (404, true), "{path}");
    }
}

async fn address_that_is_not_utf_8_is_a_problem(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let with = |route: &Route, part: &str| {
        let parts = route.path.split('/').map(|name| if name.starts_with('{') { part } else { name });
        parts.collect::<Vec<_>>().join("/")
    };
    let routes = route::all();
    let named = routes.iter().filter(|route| route.path.contains('{'));
    for route in named.clone() {
        let ask = async |part: &str| {
            let request = owner.request(route.method.clone(), &with(route, part)).header("if-match", "\"1\"");
            send(request.json(&serde_json::json!({}))).await
        };
        let answer = ask("%ff").await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "malformed"), "{} {}", route.method, route.path);
        assert!(is_problem(&answer), "{} {}", route.method, route.path);
        for part in ["%00", "%C3%28", "%", "%zz", "%2F", "%F0%9F%92%A9", ".", "a%20b"] {
            let answer = ask(part).await;
            let is_refused = (400..500).contains(&answer.status) && is_problem(&answer);
            // An object of any name may be asked for, and one of any name may be registered.
            assert!(is_refused || answer.status < 300, "{} {} {part}: {}", route.method, route.path, answer.status);
        }
    }
    assert!(named.count() > 30);
    let query = owner.get("/api/v1/accounts?q=%ff").await;
    assert!(is_problem(&query) || query.status == 200, "{}", query.text);
}
