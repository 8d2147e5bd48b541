//! Previews: who gains and who loses what by a change, shown before it is made.

mod attempt;
mod live;
mod panel;

pub(crate) use attempt::{Attempt, PreviewDialog};
pub(crate) use live::LivePreview;
pub(crate) use panel::PreviewPanel;
