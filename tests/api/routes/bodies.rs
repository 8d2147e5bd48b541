//! Every body is read by its letter: an object is an object, and has the fields that the document names.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use server::http::route;

use super::things::Things;
use crate::support::{Answer, Database, World, on_both, send};

on_both! { array_is_taken_for_no_object_of_any_body field_that_no_document_names_is_refused_in_every_object_of_a_body }

/// Deeper than any body is nested.
const DEPTH_MAX: usize = 6;

/// The schema that a reference stands for.
fn resolved<'a>(schemas: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|text| text.strip_prefix("#/components/schemas/"));
    if let Some(name) = name {
        return resolved(schemas, &schemas[name]);
    }
    let choices = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array());
    let choice = choices.and_then(|choices| choices.iter().find(|choice| choice["type"] != "null"));
    choice.map_or(schema, |choice| resolved(schemas, choice))
}

/// For each object of a schema, a body in which everything else is left out, and a place for what stands there instead.
fn places(
    schemas: &Value,
    schema: &Value,
    wrap: &dyn Fn(Value) -> Value,
    found: &mut Vec<Value>,
    put: &Value,
    depth: usize,
) {
    let schema = resolved(schemas, schema);
    if depth > DEPTH_MAX {
        return;
    }
    if schema["items"].is_object() {
        return places(schemas, &schema["items"], &|inner| wrap(json!([inner])), found, put, depth + 1);
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    found.push(wrap(put.clone()));
    for (name, property) in properties {
        places(schemas, property, &|inner| wrap(json!({ name: inner })), found, put, depth + 1);
    }
}

/// The answers to all bodies that are wrong in one place, by route.
async fn answers(world: &World, put: Value) -> BTreeMap<String, Vec<(Value, Answer)>> {
    let owner = world.owner().await;
    let things = Things::new(&owner).await;
    let document = owner.get("/api/v1/openapi.json").await.good();
    let schemas = &document["components"]["schemas"];
    let mut answers: BTreeMap<String, Vec<(Value, Answer)>> = BTreeMap::new();
    for route in route::all().iter().filter(|route| route.method != Method::GET) {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let mut bodies = Vec::new();
        places(schemas, schema, &|inner| inner, &mut bodies, &put, 0);
        for body in bodies {
            let request =
                owner.request(route.method.clone(), &things.path(route)).header("if-match", "\"1\"").json(&body);
            let name = format!("{} {}", route.method, route.path);
            answers.entry(name).or_default().push((body, send(request).await));
        }
    }
    assert!(answers.len() >= 25 && answers.contains_key("POST /api/v1/session"), "{:?}", answers.keys());
    answers
}

async fn array_is_taken_for_no_object_of_any_body(database: Database) {
    let world = World::new(database).await;
    for (route, answers) in answers(&world, json!(["owner@example.com", "correct horse battery"])).await {
        for (body, answer) in answers {
            let message = answer.body()["errors"][0]["message"].clone();
            assert_eq!(
                (answer.status, &message),
                (422, &json!("Expected an object.")),
                "{route} {body} {}",
                answer.text
            );
        }
    }
}

async fn field_that_no_document_names_is_refused_in_every_object_of_a_body(database: Database) {
    let world = World::new(database).await;
    for (route, answers) in answers(&world, json!({ "no_such_field": 1 })).await {
        for (body, answer) in answers {
            let code = answer.body()["errors"][0]["code"].clone();
            assert_eq!((answer.status, &code), (422, &json!("unknown_field")), "{route} {body} {}", answer.text);
        }
    }
}
