//! The console: a single-page application, compiled to WebAssembly.

#![expect(unreachable_pub, reason = "what the component macro writes is `pub` inside, whatever the component is")]

mod api;
mod app;
mod attendance;
mod confirmation;
mod drafts;
mod features;
mod form;
mod idempotency;
mod lazy;
mod load;
mod naming;
mod offers;
mod overtaken;
mod paged;
mod pages;
mod query;
mod selection;
mod shell;
#[expect(dead_code, unused_imports, reason = "the kit is whole; the pages to come use the rest of it")]
mod ui;

fn main() {
    leptos::mount::mount_to_body(app::App);
}
