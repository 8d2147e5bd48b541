//! Holds every answer that a test gets against the document: its status, its type, its headers, its problem's code and the form
//! of its body are described for the route that was asked.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// Headers that the document has to name where they are sent.
const HEADERS: [&str; 5] = ["etag", "retry-after", "www-authenticate", "location", "set-cookie"];

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::to_value(server::http::openapi::document()).unwrap())
}

/// Fails where an answer is not as the document says.
#[track_caller]
pub(crate) fn check(method: &Method, path: &str, status: u16, headers: &HeaderMap, text: &str) {
    if let Err(fault) = fault_of(method, path, status, headers, text) {
        panic!("the document does not describe this: {method} {path} answered {status}: {fault}\n{text}");
    }
}

fn fault_of(method: &Method, path: &str, status: u16, headers: &HeaderMap, text: &str) -> Result<(), String> {
    let Some(item) = item(path) else { return Ok(()) };
    // A head that is too long is refused before anybody knows what it asks for. An answer without an id is a proxy's own.
    if status == 431 || !headers.contains_key("x-request-id") {
        return Ok(());
    }
    // HEAD is GET without a body, and other methods are refused by the address itself.
    let is_head = method == Method::HEAD;
    let name = if is_head { "get".to_owned() } else { method.as_str().to_lowercase() };
    // Methods are told apart by case: `get` is another one than `GET`.
    let is_known = method.as_str() == method.as_str().to_uppercase();
    let Some(operation) = item.get(&name).filter(|_| is_known) else {
        return if status == 405 { Ok(()) } else { Err("no such method is described".to_owned()) };
    };
    let described = operation["responses"].get(status.to_string()).ok_or("no such status is described")?;
    let described = resolved(described);
    let is_sent = |name: &&&str| headers.contains_key(**name);
    let names: BTreeSet<String> = keys(&described["headers"]).map(str::to_lowercase).collect();
    if let Some(name) = HEADERS.iter().filter(is_sent).find(|name| !names.contains(**name)) {
        return Err(format!("the header {name} is not described"));
    }
    // Their headers are those of the answer that the client has.
    if status == 304 && text.is_empty() {
        return Ok(());
    }
    let Some(media_type) = headers.get("content-type").and_then(|value| value.to_str().ok()) else {
        return if text.is_empty() { Ok(()) } else { Err("there is a body without a type".to_owned()) };
    };
    let media_type = media_type.split(';').next().unwrap_or_default();
    let content = described["content"].get(media_type).ok_or(format!("the type {media_type} is not described"))?;
    if is_head || !media_type.ends_with("json") {
        return Ok(());
    }
    let body: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    fits(&content["schema"], &body, "", true)
}

/// What the document says of an address; of two that fit, the one with fewer parameters.
fn item(path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let is_parameter = |part: &str| part.starts_with('{');
    let fits = |described: &str| {
        let described: Vec<&str> = described.split('/').collect();
        let pairs = described.iter().zip(&parts);
        described.len() == parts.len() && pairs.into_iter().all(|(one, other)| is_parameter(one) || one == other)
    };
    let all = document()["paths"].as_object()?.iter().filter(|(described, _)| fits(described));
    all.min_by_key(|(described, _)| described.split('/').filter(|part| is_parameter(part)).count())
        .map(|(_, item)| item)
}

/// What a reference leads to; anything else is itself.
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => document().pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str))
}

fn items(value: &'static Value) -> impl Iterator<Item = &'static Value> {
    value.as_array().into_iter().flatten()
}

/// Whether a value is of a schema. `is_whole`: the schema names every field there is, rather than saying more about some.
fn fits(schema: &'static Value, value: &Value, place: &str, is_whole: bool) -> Result<(), String> {
    let is_reference = schema.get("$ref").is_some();
    let schema = resolved(schema);
    if !is_typed(schema, value) {
        return Err(format!("{place} is no {}", schema["type"]));
    }
    if schema["enum"].is_array() && !items(&schema["enum"]).any(|allowed| allowed == value) {
        return Err(format!("{place} is none of {}", schema["enum"]));
    }
    for part in items(&schema["allOf"]) {
        fits(part, value, place, part.get("$ref").is_some())?;
    }
    for alternatives in ["oneOf", "anyOf"] {
        let tried: Vec<_> = items(&schema[alternatives]).map(|part| fits(part, value, place, is_whole)).collect();
        if !tried.is_empty() && tried.iter().all(Result::is_err) {
            return Err(format!("{place} is none of the alternatives: {tried:?}"));
        }
    }
    if let Some(fields) = value.as_object() {
        let required = items(&schema["required"]).filter_map(Value::as_str);
        if let Some(missing) = required.into_iter().find(|name| !fields.contains_key(*name)) {
            return Err(format!("{place}.{missing} is missing"));
        }
        for (name, field) in fields {
            match schema["properties"].get(name) {
                Some(part) => fits(part, field, &format!("{place}.{name}"), true)?,
                None if schema["properties"].is_object() && (is_whole || is_reference) => {
                    return Err(format!("{place}.{name} is not described"));
                }
                None => {}
            }
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(&schema["items"], item, &format!("{place}[{index}]"), true)?;
    }
    Ok(())
}

fn is_typed(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

#[test]
fn answers_that_are_not_described_are_found() {
    let of_type = |media_type: &str| {
        let id = (reqwest::header::HeaderName::from_static("x-request-id"), "1".parse().unwrap());
        HeaderMap::from_iter([(reqwest::header::CONTENT_TYPE, media_type.parse().unwrap()), id])
    };
    let (json, problem) = (of_type("application/json"), of_type("application/problem+json"));
    let says = |method: Method, path: &str, status, headers: &HeaderMap, text: &str| {
        fault_of(&method, path, status, headers, text).err().unwrap_or_default()
    };
    let setup = r#"{"done":true,"profiles":[],"password_chars_min":12}"#;
    assert_eq!(says(Method::GET, "/api/v1/setup", 200, &json, setup), "");
    assert_eq!(says(Method::GET, "/api/v1/nothing", 404, &json, "{}"), "", "no address of the document");
    assert_eq!(says(Method::PUT, "/api/v1/setup", 405, &problem, "{}"), "");
    assert_eq!(
        says("get".parse().unwrap(), "/api/v1/setup", 405, &problem, "{}"),
        "",
        "methods are told apart by case"
    );
    assert_eq!(says(Method::GET, "/api/v1/setup", 418, &HeaderMap::new(), ""), "", "a proxy's own");
    for (status, headers, text) in [
        (418, &json, setup),
        (200, &problem, setup),
        (200, &json, r#"{"done":1,"profiles":[],"password_chars_min":12}"#),
        (200, &json, r#"{"done":true,"profiles":[]}"#),
        (200, &json, r#"{"done":true,"profiles":[{}],"password_chars_min":12}"#),
        (200, &json, r#"{"done":true,"profiles":[],"password_chars_min":12,"more":1}"#),
        (400, &problem, r#"{"type":"x","title":"x","status":400,"code":"no_seat","detail":"x"}"#),
    ] {
        assert_ne!(says(Method::GET, "/api/v1/setup", status, headers, text), "", "{status} {text}");
    }
    let tagged = [json, HeaderMap::from_iter([(reqwest::header::ETAG, "\"1\"".parse().unwrap())])];
    let tagged = tagged.into_iter().flatten().filter_map(|(name, value)| Some((name?, value))).collect();
    assert_ne!(says(Method::GET, "/api/v1/setup", 200, &tagged, setup), "");
}
