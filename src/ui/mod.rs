//! The UI kit: controls, overlays, tables and page furniture. It knows no feature.
//!
//! Mount [`UiRoot`] once, outside everything: it provides messages, the clock and the theme, and holds the shared overlays.

#![expect(unreachable_pub, reason = "what the component macro writes is `pub` inside, whatever the component is")]

pub(crate) mod dom;
pub(crate) mod text;

mod avatar;
mod badge;
mod button;
mod chip_input;
mod chips;
mod combobox;
mod confirm;
mod copy;
mod dialog;
mod ends;
mod field;
mod filter_chips;
mod hover_card;
mod icon;
mod lazy;
mod leave;
mod menu;
mod message;
mod meter;
mod page;
mod place;
mod root;
mod search_field;
mod table;
mod tabs;
mod theme;
mod time;
mod tooltip;

pub(crate) use avatar::Avatar;
pub(crate) use badge::{Badge, Tone};
pub(crate) use button::{Button, ButtonKind, ButtonSize, ButtonVariant, IconButton, LinkButton};
pub(crate) use chip_input::{ChipInput, ChipView};
pub(crate) use combobox::{Choice, Combobox, KeysField, OptionView};
pub(crate) use confirm::ConfirmDialog;
pub(crate) use copy::{CopyButton, CopyField};
pub(crate) use dialog::{Dialog, DialogSize, Dismiss};
pub(crate) use ends::{EndField, end_text, moment, parse_end, read_end, until};
pub(crate) use field::{
    Checkbox, Form, InputKind, PasswordField, RadioGroup, RadioOption, Select, SelectOption, Switch, TextField,
    Textarea,
};
pub(crate) use filter_chips::{FilterChips, FilterOption};
pub(crate) use hover_card::HoverCard;
pub(crate) use icon::Icon;
pub(crate) use lazy::{Split, Stead, lazy};
pub(crate) use leave::{LeaveQuestion, use_leave};
pub(crate) use menu::{MenuAlign, MenuButton, MenuItem};
pub(crate) use message::{MessageAction, Messages, use_messages};
pub(crate) use meter::StrengthMeter;
pub(crate) use page::{Banner, Card, EmptyState, Kbd, PageHeader, Progress, Skeleton, Stat, Tip};
pub(crate) use root::UiRoot;
pub(crate) use search_field::{SearchField, use_search};
pub(crate) use table::{
    Column, Extent, NARROW, SelectAllHead, SortDirection, SortHeader, VirtualTable, extent, show_selected,
};
pub(crate) use tabs::{Tab, TabLink, TabLinks, TabPanel, Tabs};
pub(crate) use theme::{Theme, use_theme};
pub(crate) use time::{RelativeTime, absolute_time, relative_time, use_now};
