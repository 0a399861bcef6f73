//! Any command by a few letters of its name; with @ before them a track, with # a clip.

use crate::command::{Action, AppCommand, Facts, Keymap, fuzzy};
use crate::state::Selection;
use crate::theme::{Theme, fonts, size};
use crate::widgets::shortcut_text;
use egui::text::LayoutJob;
use egui::{
    Align2, Context, CornerRadius, Id, Key, Modal, Modifiers, Response, Role, ScrollArea, Sense,
    TextEdit, TextFormat, Ui, WidgetInfo, pos2, vec2,
};
use engine::model::{ClipRef, Project, TrackId};
use lucide_icons::Icon;
use std::sync::Arc;

/// Width of the palette, in points.
const WIDTH: f32 = 600.0;
/// Height of a row, in points.
const ROW: f32 = 30.0;
/// Rows that are seen at once.
const ROWS: usize = 12;
/// Tracks or clips that are listed at most.
const MOST: usize = 200;
/// What a command that cannot run now stands behind.
const DISABLED: i32 = 30;

/// The palette while it is open.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    query: String,
    /// Which of the found ones Enter runs.
    chosen: usize,
    found: Vec<Found>,
    /// The query and the revision that were looked up last.
    looked: Option<(String, u64)>,
    shown: bool,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    what: Target,
    /// Letters of its name that were meant.
    places: Vec<usize>,
    score: i32,
}

/// What Enter does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Command(Action),
    Track(TrackId, Arc<str>),
    Clip(ClipRef, String),
}

/// What the palette looks at.
pub struct PaletteView<'a> {
    /// Colours.
    pub theme: &'a Theme,
    /// The song.
    pub project: &'a Project,
    /// Changes whenever the song does.
    pub revision: u64,
    /// What is enabled.
    pub facts: &'a Facts,
    /// Which keys run what.
    pub keymap: &'a Keymap,
    /// Commands chosen lately, by id, the newest first.
    pub recent: &'a [String],
}

/// What the user did.
#[derive(Clone, Debug)]
pub enum Picked {
    /// Chose this.
    Run(AppCommand),
    /// Closed it.
    Nothing,
}

/// Draws the palette; `None` while it stays open.
pub fn palette_ui(ctx: &Context, palette: &mut Palette, view: &PaletteView<'_>) -> Option<Picked> {
    palette.look_up(view);
    let moved = palette.take_keys(ctx);
    let entered = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let mut picked = None;
    let id = Id::unique("palette");
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 80.0));
    let modal = Modal::new(id).area(area).show(ctx, |ui| {
        ui.set_width(WIDTH);
        let field = ui.add(
            TextEdit::singleline(&mut palette.query)
                .hint_text("Find a command · @ a track · # a clip")
                .desired_width(f32::INFINITY)
                .margin(vec2(10.0, 8.0)),
        );
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Find a command"));
        if !std::mem::replace(&mut palette.shown, true) {
            field.request_focus();
        }
        ui.add_space(2.0 * size::STEP);
        if palette.found.is_empty() {
            ui.add_space(size::STEP);
            ui.label(egui::RichText::new("Nothing is called that").color(view.theme.muted));
        }
        picked = rows(ui, palette, view, moved);
    });
    if entered {
        picked = palette.found.get(palette.chosen).and_then(|found| pick(found, view.facts));
    }
    picked.or_else(|| modal.should_close().then_some(Picked::Nothing))
}

impl Palette {
    /// Finds anew when something else is looked for or the song changed.
    fn look_up(&mut self, view: &PaletteView<'_>) {
        let now = (self.query.clone(), view.revision);
        if self.looked.as_ref() == Some(&now) {
            return;
        }
        if self.looked.as_ref().is_none_or(|(query, _)| *query != self.query) {
            self.chosen = 0;
        }
        self.found = match self.query.trim_start().split_at_checked(1) {
            Some(("@", name)) => tracks(name, view.project),
            Some(("#", name)) => clips(name, view.project),
            _ => commands(&self.query, view.facts, view.recent),
        };
        self.looked = Some(now);
    }

    /// Up and down, by pages, to the ends; returns whether the choice moved.
    fn take_keys(&mut self, ctx: &Context) -> bool {
        let before = self.chosen;
        let last = self.found.len().saturating_sub(1);
        ctx.input_mut(|input| {
            let mut times = |key| input.count_and_consume_key(Modifiers::NONE, key);
            self.chosen += times(Key::ArrowDown) + ROWS * times(Key::PageDown);
            self.chosen = self.chosen.min(last);
            let up = times(Key::ArrowUp) + ROWS * times(Key::PageUp);
            self.chosen = self.chosen.saturating_sub(up);
        });
        self.chosen != before
    }
}

/// The commands that match, the best first; without letters the recent ones, then all.
fn commands(query: &str, facts: &Facts, recent: &[String]) -> Vec<Found> {
    let newest = |action: Action| recent.iter().position(|id| id == action.info().id);
    let mut found: Vec<Found> = Action::all()
        .iter()
        .filter(|action| **action != Action::Palette)
        .filter_map(|&action| {
            let (score, places) = score(query, action, facts)?;
            let fresh = newest(action).map_or(0, |place| 12 - place.min(11) as i32);
            let fresh = if query.trim().is_empty() { fresh * 100 } else { fresh };
            let lack = if action.enabled(facts) { 0 } else { DISABLED };
            let what = Target::Command(action);
            Some(Found { what, places, score: score + fresh - lack })
        })
        .collect();
    // Stable, so that equals stay in the order of the menus.
    found.sort_by_key(|found| -found.score);
    found
}

/// Every word of the query has to be found in what is said about the command: best in its
/// name, else in its menu, its id or its sentence.
fn score(query: &str, action: Action, facts: &Facts) -> Option<(i32, Vec<usize>)> {
    let (info, label) = (action.info(), action.label(facts));
    if let Some(all) = fuzzy::find(query, &label) {
        return Some((all.score * 2, all.places));
    }
    let menu = format!("{} {}", info.family.label(), info.submenu.unwrap_or_default());
    let mut sum = 0;
    let mut places = Vec::new();
    for word in query.split_whitespace() {
        let in_label = fuzzy::find(word, &label);
        let elsewhere = [menu.as_str(), info.id].into_iter().filter_map(|t| fuzzy::find(word, t));
        let said = info.tooltip.to_lowercase().contains(&word.to_lowercase()).then_some(0);
        let elsewhere = elsewhere.map(|found| found.score).chain(said).max();
        sum += match (in_label, elsewhere) {
            (Some(found), _) => {
                places.extend(found.places);
                found.score
            }
            (None, Some(score)) => score / 2,
            (None, None) => return None,
        };
    }
    Some((sum, places))
}

fn tracks(name: &str, project: &Project) -> Vec<Found> {
    let of = |track: &Arc<engine::model::Track>| {
        let found = fuzzy::find(name, &track.name)?;
        let what = Target::Track(track.id, Arc::clone(&track.name));
        Some(Found { what, places: found.places, score: found.score })
    };
    best(project.tracks.iter().filter_map(of))
}

fn clips(name: &str, project: &Project) -> Vec<Found> {
    let all = project.tracks.iter().flat_map(|track| track.clips.iter().map(move |it| (track, it)));
    best(all.filter_map(|(track, clip)| {
        let found = fuzzy::find(name, &clip.name)?;
        let bar = project.conductor.meter.position(clip.start).bar + 1;
        let label = format!("{} · {}, bar {bar}", clip.name, track.name);
        let what = Target::Clip(ClipRef { track: track.id, clip: clip.id }, label);
        Some(Found { what, places: found.places, score: found.score })
    }))
}

fn best(found: impl Iterator<Item = Found>) -> Vec<Found> {
    let mut found: Vec<Found> = found.collect();
    found.sort_by_key(|found| -found.score);
    found.truncate(MOST);
    found
}

/// What choosing it does; nothing for a command that cannot run now.
fn pick(found: &Found, facts: &Facts) -> Option<Picked> {
    Some(Picked::Run(match &found.what {
        Target::Command(action) => AppCommand::Run(Some(*action).filter(|it| it.enabled(facts))?),
        Target::Track(track, _) => AppCommand::Select(Selection::of_track(*track)),
        Target::Clip(clip, _) => AppCommand::Select(Selection::of_clip(*clip)),
    }))
}

fn rows(ui: &mut Ui, palette: &mut Palette, view: &PaletteView<'_>, moved: bool) -> Option<Picked> {
    let mut picked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    let height = ROWS as f32 * ROW;
    let mut area = ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
    if moved {
        // In the middle, as far as there are rows around.
        let middle = palette.chosen as f32 * ROW - (height - ROW) / 2.0;
        area = area.vertical_scroll_offset(middle.max(0.0));
    }
    area.show_rows(ui, ROW, palette.found.len(), |ui, range| {
        for place in range {
            let Some(found) = palette.found.get(place) else { continue };
            let response = row(ui, found, view, place == palette.chosen);
            if response.clicked() {
                picked = pick(found, view.facts);
            }
            if response.hovered() && ui.input(|input| input.pointer.is_moving()) {
                palette.chosen = place;
            }
        }
    });
    picked
}

/// One row: icon, name with the meant letters, menu or what is missing, keys.
fn row(ui: &mut Ui, found: &Found, view: &PaletteView<'_>, chosen: bool) -> Response {
    let PaletteView { theme, facts, keymap, .. } = *view;
    let (name, icon, side, keys, enabled) = match &found.what {
        Target::Command(action) => {
            let (info, missing) = (action.info(), action.missing(facts));
            let menu = match info.submenu {
                Some(submenu) => format!("{} · {submenu}", info.family.label()),
                None => info.family.label().to_owned(),
            };
            let side = missing.map_or(menu, str::to_owned);
            (
                action.label(facts).into_owned(),
                info.icon,
                side,
                keymap.first(*action),
                missing.is_none(),
            )
        }
        Target::Track(_, name) => (name.to_string(), Some(Icon::Music), "Track".into(), None, true),
        Target::Clip(_, name) => (name.clone(), Some(Icon::Piano), "Clip".into(), None, true),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
    let said = if enabled { name.clone() } else { format!("{name}, {side}") };
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, chosen, &said));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    if chosen {
        painter.rect_filled(rect, CornerRadius::same(size::RADIUS), theme.selection);
    }
    let ink = if enabled { theme.text } else { theme.dim };
    // On the selection's ground the muted ink would be too faint.
    let quiet = match (enabled, chosen) {
        (false, _) => theme.dim,
        (true, true) => theme.text,
        (true, false) => theme.muted,
    };
    if let Some(icon) = icon {
        let at = pos2(rect.left() + 18.0, rect.center().y);
        painter.text(at, Align2::CENTER_CENTER, char::from(icon), fonts::icon(15.0), quiet);
    }
    let mut job = LayoutJob::default();
    for (place, letter) in name.chars().enumerate() {
        let meant = found.places.contains(&place);
        let color = if meant && enabled { theme.accent } else { ink };
        let font = fonts::text(size::BODY);
        job.append(letter.encode_utf8(&mut [0; 4]), 0.0, TextFormat::simple(font, color));
    }
    let galley = painter.layout_job(job);
    let at = pos2(rect.left() + 38.0, rect.center().y - galley.size().y / 2.0);
    let end = at.x + galley.size().x;
    painter.galley(at, galley, ink);
    let small = fonts::text(size::CAPTION);
    let at = pos2(end + 12.0, rect.center().y + 0.5);
    painter.text(at, Align2::LEFT_CENTER, side, small.clone(), quiet);
    if let Some(keys) = keys {
        let at = pos2(rect.right() - 12.0, rect.center().y);
        painter.text(at, Align2::RIGHT_CENTER, shortcut_text(ui.ctx(), &keys), small, quiet);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands that are found, the best first.
    fn found(query: &str, facts: &Facts, recent: &[&str]) -> Vec<Action> {
        let recent: Vec<String> = recent.iter().map(|id| (*id).to_owned()).collect();
        let action = |found: Found| match found.what {
            Target::Command(action) => action,
            other => panic!("{other:?} is no command"),
        };
        commands(query, facts, &recent).into_iter().map(action).collect()
    }

    fn with_notes() -> Facts {
        Facts { has_clip: true, has_clip_notes: true, has_notes: true, ..Facts::default() }
    }

    #[test]
    fn a_few_letters_find_what_is_meant() {
        for (query, meant) in [
            ("quant", Action::Quantize),
            ("oct up", Action::OctaveUp),
            ("rmdoub", Action::RemoveDoubles),
            ("set vel", Action::SetVelocity),
            ("metro", Action::ToggleMetronome),
            ("notes.legato", Action::Legato),
        ] {
            assert_eq!(found(query, &with_notes(), &[]).first(), Some(&meant), "{query}");
        }
    }

    #[test]
    fn what_cannot_run_now_comes_later_and_says_why() {
        let facts = Facts::default();
        let found = found("select", &facts, &[]);
        assert!(found.contains(&Action::SelectAll));
        assert_eq!(Action::SelectAll.missing(&facts), Some("no clip is selected"));
        let what = Target::Command(Action::SelectAll);
        assert!(pick(&Found { what, places: vec![], score: 0 }, &facts).is_none());
    }

    #[test]
    fn without_letters_the_recent_ones_come_first_and_all_are_there() {
        let all = found("", &with_notes(), &["play.metronome", "notes.reverse"]);
        assert_eq!(all[..2], [Action::ToggleMetronome, Action::Reverse]);
        assert_eq!(all.len(), Action::COUNT - 1, "all but the palette itself");
    }

    #[test]
    fn nonsense_finds_nothing() {
        assert_eq!(found("zzxqv", &with_notes(), &[]), []);
    }
}
