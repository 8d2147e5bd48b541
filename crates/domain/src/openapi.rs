//! How the types that write themselves appear in the OpenAPI document, and the shapes of plain texts and numbers with limits.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::accounts::{AccountSort, Direction, InvitationFilter, ShownStatus, sort_text};
use crate::email::{EMAIL_BYTES_MAX, EmailAddress};
use crate::email_list::{EMAILS_PER_INVITE_MAX, EmailList};
use crate::id::Id;
use crate::objects::EXTERNAL_ID_CHARS_MAX;
use crate::page::{PAGE_ITEMS_MAX, PAGE_SKIP_MAX, SEARCH_CHARS_MAX};
use crate::password::Password;
use crate::permissions::KEY_CHARS_MAX;
use crate::service_accounts::ServiceAccountId;
use crate::session::SIGN_IN_NAME_BYTES_MAX;
use crate::text::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, Name, USER_NAME_CHARS_MAX, UserName};
use crate::time::Timestamp;
use crate::tokens::{Network, REASON_CHARS_MAX, SecretText, TokenFilter};

/// The text of an id, as its parser takes it.
pub const ID_PATTERN: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
/// The text of a key of a permission, a role or an object type.
const KEY_PATTERN: &str = "^[a-z][a-z0-9_.]*$";
/// The text of the id of a service account, as it may be typed.
const SERVICE_ID_PATTERN: &str = "^([Ss][Aa]::)?[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";
/// What an id of the product's own may consist of.
const EXTERNAL_ID_PATTERN: &str = "^[^/?#%\\s]+$";

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn text_of(chars_min: usize, chars_max: usize) -> ObjectBuilder {
    text().min_length(Some(chars_min)).max_length(Some(chars_max))
}

fn formatted(format: &str) -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom(format.to_owned())))
}

/// An id, whatever it is of.
#[must_use]
pub fn id() -> ObjectBuilder {
    formatted("uuid").pattern(Some(ID_PATTERN))
}

fn one_of<'a>(allowed: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    text().enum_values(Some(allowed.into_iter().map(str::to_owned)))
}

/// What a list of accounts can be sorted by, upwards and downwards.
fn sorts() -> Vec<String> {
    let both = |sort: AccountSort| [Direction::Ascending, Direction::Descending].map(|way| sort_text(sort, way));
    AccountSort::ALL.into_iter().flat_map(both).collect()
}

/// Gives types their schemas: one each in the document, with its name.
macro_rules! described {
    ($($(#[doc = $words:literal])* $type:ty => $schema:expr;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.description(Some(concat!($($words),*).trim())).build().into()
            }
        }

        impl ToSchema for $type {}
    )*};
}

/// Makes types that stand for a plain text or number of a limited kind, in the document alone.
macro_rules! shapes {
    ($($(#[doc = $words:literal])* $type:ident => $schema:expr;)*) => {
        $($(#[doc = $words])* pub struct $type;)*
        described! { $($(#[doc = $words])* $type => $schema;)* }
    };
}

described! {
    /// RFC 3339, in UTC where Roster writes it.
    Timestamp => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    /// Trimmed; without control and invisible characters.
    Name => text_of(1, NAME_CHARS_MAX);
    /// `[a-z0-9][a-z0-9._-]*`; upper case may be typed.
    UserName => text_of(2, USER_NAME_CHARS_MAX);
    /// RFC 5321, with the letters of RFC 6531.
    EmailAddress => formatted("idn-email").max_length(Some(EMAIL_BYTES_MAX));
    /// Any characters; of a new one the organization sets the fewest, and 128 are the most.
    Password => formatted("password");
    /// An API token, or a text with one in it.
    SecretText => formatted("password");
    /// With `sa::` or without; written with it.
    ServiceAccountId => text().pattern(Some(SERVICE_ID_PATTERN));
    /// An address or a range, such as `192.0.2.7`, `10.0.0.0/8` or `2001:db8::/32`.
    Network => text();
    /// Each an address in a text of its own; what is wrong with one is said in its result.
    EmailList => ArrayBuilder::new()
        .items(ObjectBuilder::new().schema_type(Type::String).build())
        .min_items(Some(1))
        .max_items(Some(EMAILS_PER_INVITE_MAX));
}

shapes! {
    /// Line breaks are allowed, other control characters are not.
    Description => text().max_length(Some(DESCRIPTION_CHARS_MAX));
    /// Why something is done, for those who look later.
    Reason => text().max_length(Some(REASON_CHARS_MAX));
    /// An e-mail address or a user name.
    SignInName => text().max_length(Some(SIGN_IN_NAME_BYTES_MAX));
    /// Key of an entry of the catalogue, of a role or of an object type.
    Key => text_of(1, KEY_CHARS_MAX).pattern(Some(KEY_PATTERN));
    /// The product's own id of an object.
    ExternalId => text_of(1, EXTERNAL_ID_CHARS_MAX).pattern(Some(EXTERNAL_ID_PATTERN));
    /// An id of Roster's.
    AnyId => id();
    /// What is looked for, in any order of its words.
    Search => text().max_length(Some(SEARCH_CHARS_MAX));
    /// What accounts are narrowed to by their status.
    StatusFilter => one_of(ShownStatus::FILTERS.map(ShownStatus::as_str));
    /// What accounts are narrowed to by their invitation.
    InvitationWord => one_of([InvitationFilter::Open, InvitationFilter::Asked, InvitationFilter::Ended].map(InvitationFilter::as_str));
    /// What accounts are sorted by; downwards with `-`.
    SortWord => one_of(sorts().iter().map(String::as_str));
    /// What accounts are counted by status.
    CountsWord => one_of(["status", "filtered"]);
    /// What tokens are narrowed to.
    TokenFilterWord => one_of(TokenFilter::ALL.map(TokenFilter::as_str));
    /// How many items a page holds at the most.
    PageLimit => ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(PAGE_ITEMS_MAX));
    /// How many items are left out behind the cursor.
    PageSkip => ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(PAGE_SKIP_MAX));
}

impl<T> PartialSchema for Id<T> {
    fn schema() -> RefOr<Schema> {
        id().build().into()
    }
}

impl<T> ToSchema for Id<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

/// The schema of a page of a list whose items are of one type.
#[must_use]
pub fn page_of(item: &str) -> RefOr<Schema> {
    let items = ArrayBuilder::new().items(Ref::from_schema_name(item));
    let cursor = text().description(Some("Asks for the next page; absent on the last one. Opaque."));
    let total = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0))
        .description(Some("How many items fit the filter, on all pages together."));
    ObjectBuilder::new()
        .property("items", items)
        .property("next_cursor", cursor)
        .property("total", total)
        .required("items")
        .required("total")
        .description(Some("One page of a list."))
        .build()
        .into()
}
