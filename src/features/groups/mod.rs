//! Groups: choosing them by typing.

mod new_groups;
mod picker;

pub(crate) use new_groups::NewGroups;
pub(crate) use picker::GroupPicker;
