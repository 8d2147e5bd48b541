//! Groups: choosing them by typing.

mod picker;

pub(crate) use picker::GroupPicker;
