//! The icons: one SVG path each, 16 by 16, drawn in the colour of the text around them.

use leptos::prelude::*;

/// What the icon shows. Icons say nothing to a screen reader; the label beside them does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    ArrowDown,
    ArrowUp,
    Board,
    Bot,
    Building,
    Chart,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    Clock,
    Copy,
    Dots,
    Download,
    External,
    Eye,
    EyeOff,
    Filter,
    Gear,
    Group,
    Info,
    Key,
    Lightbulb,
    Link,
    List,
    Log,
    Mail,
    Menu,
    Monitor,
    Moon,
    Object,
    Pencil,
    Plus,
    Refresh,
    Role,
    Search,
    SignOut,
    Sun,
    Team,
    Trash,
    Undo,
    User,
    Users,
    Warning,
    X,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::ArrowDown => "M8 3v10M4 9l4 4 4-4",
            Self::ArrowUp => "M8 13V3M4 7l4-4 4 4",
            Self::Board => "M2.5 2.5h3v11h-3zM6.5 2.5h3v7h-3zM10.5 2.5h3v9h-3z",
            Self::Bot => "M2.5 6h11v7.5h-11zM8 6V2.5M6 9.5h.01M10 9.5h.01",
            Self::Building => "M3 14.5v-13h7v13M10 6h3v8.5M1.5 14.5h13M5.5 4.5h2M5.5 7.5h2M5.5 10.5h2",
            Self::Chart => "M1.5 14.5h13M4 12V8M8 12V3M12 12V6",
            Self::Check => "M3 8.5l3.5 3.5L13 4.5",
            Self::ChevronDown => "M4 6l4 4 4-4",
            Self::ChevronLeft => "M10 4 6 8l4 4",
            Self::ChevronRight => "M6 4l4 4-4 4",
            Self::ChevronUp => "M4 10l4-4 4 4",
            Self::Clock => "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.5",
            Self::Copy => "M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3",
            Self::Dots => {
                "M2.6 8a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0zM7.6 8a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0zM12.6 8a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0z"
            }
            Self::Download => "M8 2v8.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
            Self::External => "M9.5 2.5h4v4M13.5 2.5 7 9M11 9v4.5H2.5V5H7",
            Self::Eye => "M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
            Self::EyeOff => {
                "M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM2.5 2.5l11 11"
            }
            Self::Filter => "M1.5 3.5h13M4 8h8M6.5 12.5h3",
            Self::Gear => {
                "M6.7 3.3 7 1.5h2l.3 1.8 1.2.5 1.4-1.1 1.4 1.4-1.1 1.4.5 1.2 1.8.3v2l-1.8.3-.5 1.2 1.1 1.4-1.4 1.4-1.4-1.1-1.2.5L9 14.5H7l-.3-1.8-1.2-.5-1.4 1.1-1.4-1.4 1.1-1.4-.5-1.2L1.5 9V7l1.8-.3.5-1.2-1.1-1.4 1.4-1.4 1.4 1.1zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
            }
            Self::Group => {
                "M8 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM4 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7.2 5.8 4.8 10.2M8.8 5.8l2.4 4.4"
            }
            Self::Info => "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 7.5V11M8 5h.01",
            Self::Key => "M5 14a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM7.1 8.9 13.5 2.5M11 5l2 2",
            Self::Lightbulb => "M6 12.5h4M6.5 14.5h3M5.8 10.5C4 9.5 3 8.2 3 6.5a5 5 0 0 1 10 0c0 1.7-1 3-2.8 4z",
            Self::Link => "M6.5 9.5l3-3M7 4.7l1.8-1.8a3 3 0 0 1 4.3 4.3L11.3 9M9 11.3l-1.8 1.8a3 3 0 0 1-4.3-4.3L4.7 7",
            Self::List => "M2.5 4h.01M2.5 8h.01M2.5 12h.01M5.5 4h8M5.5 8h8M5.5 12h8",
            Self::Log => "M3.5 1.5h9v13h-9zM6 5h4M6 8h4M6 11h2.5",
            Self::Mail => "M1.5 3.5h13v9h-13zM1.5 4l6.5 5 6.5-5",
            Self::Menu => "M2 4h12M2 8h12M2 12h12",
            Self::Monitor => "M1.5 2.5h13v9h-13zM5.5 14.5h5M8 11.5v3",
            Self::Moon => "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z",
            Self::Object => "M8 1.5l6 3.2v6.6l-6 3.2-6-3.2V4.7zM2 4.7l6 3.2 6-3.2M8 7.9v6.6",
            Self::Pencil => "M10.5 2.5l3 3-8 8-3.5.5.5-3.5z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Refresh => "M13.5 2.5v4h-4M13.2 6.3A5.6 5.6 0 1 0 13.6 9",
            Self::Role => "M8 1.5l5.5 2v4c0 3.5-2.3 5.8-5.5 7-3.2-1.2-5.5-3.5-5.5-7v-4zM5.5 8l2 2 3.2-3.7",
            Self::Search => "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7l3.8 3.8",
            Self::SignOut => "M6 14.5H2.5v-13H6M10.5 11.5 14 8l-3.5-3.5M14 8H6",
            Self::Sun => {
                "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3"
            }
            Self::Team => "M1.5 5.5h13v8h-13zM5.5 5.5v-3h5v3M1.5 9h13M8 8v2",
            Self::Trash => "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9",
            Self::Undo => "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M6 3.5l-3 3 3 3",
            Self::User => "M8 7.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.5c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5",
            Self::Users => {
                "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.7a2.5 2.5 0 0 1 0 4.6M12.3 9.8c1.4.6 2.2 1.9 2.2 3.7"
            }
            Self::Warning => "M8 2l6.8 11.5H1.2zM8 6.5v3M8 11.5h.01",
            Self::X => "M4 4l8 8M12 4l-8 8",
        }
    }
}

/// An icon, hidden from screen readers.
#[component]
pub(crate) fn Icon(
    /// Which icon.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}
