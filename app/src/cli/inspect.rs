//! `midi-daw inspect`.

use super::args::InspectArgs;
use super::say;
use anyhow::Context;
use engine::library::{self, Analysis};
use engine::smf::{self, Inspection, Limits, ReadError};
use serde::Serialize;

/// What the reader and the analysis see.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    seen: Inspection,
    #[serde(flatten)]
    analysis: Analysis,
}

pub(super) fn run(args: &InspectArgs) -> anyhow::Result<()> {
    let limits = Limits::default();
    let failed = || format!("could not read the file: {}", args.file.display());
    let bytes = smf::load(&args.file, &limits).with_context(failed)?;
    let report = look(&bytes, &limits).with_context(failed)?;
    if args.json {
        say(&serde_json::to_string(&report)?);
        return Ok(());
    }
    say(&args.file.display().to_string());
    // The same keys as the JSON form, one a line, so that both say the same.
    let serde_json::Value::Object(keys) = serde_json::to_value(&report)? else { return Ok(()) };
    for (key, value) in keys {
        match value {
            serde_json::Value::Array(items) if items.len() > 4 => {
                say(&format!("  {key}: {} entries", items.len()));
            }
            serde_json::Value::String(text) => say(&format!("  {key}: {text}")),
            other => say(&format!("  {key}: {other}")),
        }
    }
    for problem in &report.seen.problems {
        say(&format!("  ! {problem}"));
    }
    Ok(())
}

fn look(bytes: &[u8], limits: &Limits) -> Result<Report, ReadError> {
    let song = smf::read(bytes, limits)?;
    let analysis = library::analyse(&song);
    Ok(Report { seen: smf::describe(song, limits), analysis })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_song_has_a_key_and_its_declared_tempo() {
        let bytes = crate::demo::song();
        let report = look(&bytes, &Limits::default()).expect("the demo is MIDI");
        let json = serde_json::to_value(&report).expect("it is plain data");
        assert_eq!(json["bpm_method"], "declared");
        assert_eq!(json["bpm"], json["bpm_declared"]);
        for number in ["bpm", "bpm_declared", "bpm_inferred", "key_confidence", "note_ons"] {
            assert!(json[number].is_number(), "{number}: {json}");
        }
        assert!(json["key"].is_string() && json["key_inferred"].is_string(), "{json}");
        assert!(json.get("key_signature").is_some());
    }

    #[test]
    fn an_empty_file_has_neither_key_nor_tempo() {
        let bytes = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x04\0\xFF\x2F\0";
        let report = look(bytes, &Limits::default()).expect("it is MIDI");
        let json = serde_json::to_value(&report).expect("it is plain data");
        assert_eq!(json["bpm_method"], "none");
        assert!(json["bpm"].is_null() && json["key"].is_null() && json["key_confidence"].is_null());
    }
}
