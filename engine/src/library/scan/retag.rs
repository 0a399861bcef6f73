//! Tagging files anew when the table of tags is another one: from what the index knows, without
//! reading a file.

use super::analyst::names_of;
use super::progress::Cancel;
use crate::library::features::tags::tags_of;
use crate::library::features::{TagTable, named};
use crate::library::store::{Store, StoreError};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// A scan begins: what it writes has its tags from `table`.
pub(super) fn begin(store: &Store, table: &TagTable) -> Result<(), StoreError> {
    store.writer()?.begin_tagging(table.version())
}

/// Tags every file that does not have its tags from `table`; returns how many have others now.
pub(super) fn retag(
    store: &Store,
    table: &TagTable,
    sources: &[PathBuf],
    cancel: &Cancel,
) -> Result<u64, StoreError> {
    let mut writer = store.writer()?;
    writer.retag(
        table.version(),
        |row| {
            let names = names_of(&row.place, sources);
            row.facts.named.instrument = named(&names, table).instrument;
            row.facts.tags = tags_of(&names, &row.facts, table);
        },
        || if cancel.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) },
    )
}
