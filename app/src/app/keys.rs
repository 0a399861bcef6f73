//! The keymap's file: opened at the start, looked at again when the window comes back.

use super::MidiApp;
use crate::command::Keymap;
use crate::command::keymap::file::Remark;
use crate::command::keymap::store::{KeymapStore, News};
use egui::{Context, Event};
use std::path::PathBuf;
use std::sync::Arc;

/// Remarks that a message has room for.
const REMARKS_SHOWN: usize = 4;

impl MidiApp {
    /// Reads the user's keys.
    pub(super) fn open_keymap(&mut self, path: PathBuf, wake: Arc<dyn Fn() + Send + Sync>) {
        let mut store = KeymapStore::at(path, wake);
        let (keymap, remarks) = store.load();
        self.keymap_store = Some(store);
        self.use_keymap(keymap, &remarks);
    }

    /// Which keys run what.
    pub const fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// Looks at the file when the window comes back, and takes in what was found.
    pub(super) fn take_keymap_news(&mut self, ctx: &Context) {
        let Some(store) = &mut self.keymap_store else { return };
        let back = ctx.input(|input| input.events.contains(&Event::WindowFocused(true)));
        if back {
            store.look();
        }
        match store.poll() {
            Some(News::Changed(keymap, remarks)) => {
                if remarks.is_empty() {
                    self.notices.done("The keys were read again from the keymap file");
                }
                self.use_keymap(keymap, &remarks);
            }
            Some(News::NotWritten(why)) => {
                self.notices.error(&format!("The keys were not kept: {why}"));
            }
            None => {}
        }
    }

    /// Changes keys from inside the program and keeps them.
    pub(crate) fn change_keymap(&mut self, keymap: Keymap) {
        if let Some(store) = &mut self.keymap_store {
            store.save(&keymap);
        }
        self.use_keymap(keymap, &[]);
    }

    /// Looks at the file now.
    pub(crate) fn reload_keymap(&self) {
        if let Some(store) = &self.keymap_store {
            store.look();
        }
    }

    fn use_keymap(&mut self, keymap: Keymap, remarks: &[Remark]) {
        self.layout.piano_roll.gestures = keymap.preset();
        self.keymap = keymap;
        if remarks.is_empty() {
            return;
        }
        let path = self.keymap_store.as_ref().map(|store| store.path().display().to_string());
        let mut text = "Some lines of the keymap were passed over or have an effect:".to_owned();
        for Remark { line, what } in remarks.iter().take(REMARKS_SHOWN) {
            text.extend(["\nline ", &line.to_string(), ": ", what]);
        }
        let more = remarks.len().saturating_sub(REMARKS_SHOWN);
        if more > 0 {
            text.extend(["\nand ", &more.to_string(), " more"]);
        }
        text.extend(["\n", path.as_deref().unwrap_or_default()]);
        self.notices.warning(&text);
    }
}
