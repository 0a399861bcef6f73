//! Every rule of what the reader forgives, each on the fewest bytes that show it.
#![expect(clippy::panic, reason = "test code outside the reach of the allow-in-tests keys")]

use engine::smf::{self, Action, ExportOptions, Limits, Message, ProblemKind, ReadError, Song};

/// A file with one header and these tracks' bodies, each with the right length.
fn file(format: u8, tracks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = header(format, tracks.len() as u8);
    for track in tracks {
        bytes.extend(chunk(*b"MTrk", track));
    }
    bytes
}

fn header(format: u8, n_tracks: u8) -> Vec<u8> {
    let mut bytes = b"MThd\0\0\0\x06".to_vec();
    bytes.extend([0, format, 0, n_tracks, 0, 96]);
    bytes
}

fn chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_vec();
    bytes.extend((body.len() as u32).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// C4 from 0 to 96, then End of Track.
const NOTE: &[u8] = &[0, 0x90, 60, 100, 96, 0x80, 60, 0, 0, 0xFF, 0x2F, 0];

fn read(bytes: &[u8]) -> Song<'_> {
    smf::read(bytes, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn kinds(song: &Song<'_>) -> Vec<(ProblemKind, Action)> {
    song.problems.iter().map(|problem| (problem.kind, problem.action)).collect()
}

/// Reads `bytes` and expects these notes and exactly these problems.
fn check(bytes: &[u8], note_ons: u64, problems: &[(ProblemKind, Action)]) {
    let song = read(bytes);
    assert_eq!(kinds(&song), problems);
    assert_eq!(song.note_ons(), note_ons);
    let repaired = song.problems.iter().any(smf::Problem::is_repair);
    assert_eq!(song.salvaged, repaired);
}

/// As [`check`], for a file with one track of this body.
fn check_track(body: &[u8], note_ons: u64, problems: &[(ProblemKind, Action)]) {
    check(&file(0, &[body]), note_ons, problems);
}

#[test]
fn a_healthy_file_has_no_problems() {
    check(&file(1, &[NOTE, NOTE]), 2, &[]);
}

#[test]
fn a_riff_file_is_unwrapped_whatever_its_length_says() {
    let song = file(0, &[NOTE]);
    let wrap = |riff: u32, data: u32| {
        let mut bytes = b"RIFF".to_vec();
        bytes.extend(riff.to_le_bytes());
        bytes.extend(b"RMIDdata");
        bytes.extend(data.to_le_bytes());
        bytes.extend(&song);
        bytes
    };
    let right = song.len() as u32;
    let unwrapped = (ProblemKind::Wrapped, Action::Unwrapped);
    check(&wrap(right + 12, right), 1, &[unwrapped]);
    let wrong = (ProblemKind::ContainerLength, Action::Accepted);
    check(&wrap(7, right), 1, &[unwrapped, wrong]);
    check(&wrap(right + 12, u32::MAX), 1, &[unwrapped, wrong]);
}

#[test]
fn what_stands_before_the_header_is_skipped() {
    let long = vec![7; 60_000];
    for garbage in [&b"\xEF\xBB\xBF"[..], b"HTTP/1.0 200 OK\r\n\r\n", &[0; 128], &long] {
        let mut bytes = garbage.to_vec();
        bytes.extend(file(0, &[NOTE]));
        check(&bytes, 1, &[(ProblemKind::LeadingBytes, Action::Skipped)]);
        assert_eq!(read(&bytes).problems[0].offset, 0);
    }
}

#[test]
fn a_track_without_a_header_is_read() {
    let bytes = chunk(*b"MTrk", NOTE);
    check(&bytes, 1, &[(ProblemKind::MissingHeader, Action::Assumed)]);
    assert_eq!(read(&bytes).format, 1);
}

#[test]
fn a_text_that_names_a_track_is_not_midi() {
    let text = b"MTrk is what a track chunk begins with, and that is all there is to it.";
    assert!(matches!(smf::read(text, &Limits::default()), Err(ReadError::NotMidi)));
}

#[test]
fn a_header_of_another_length_is_honoured_if_a_chunk_follows() {
    let mut bytes = b"MThd\0\0\0\x08\0\0\0\x01\0\x60\xAB\xCD".to_vec();
    bytes.extend(chunk(*b"MTrk", NOTE));
    check(&bytes, 1, &[(ProblemKind::HeaderLength, Action::Accepted)]);
}

#[test]
fn a_header_of_a_wrong_length_ends_at_the_first_track() {
    for length in [0, 5, 7, 0xFFFF_FFFF_u32] {
        let mut bytes = file(0, &[NOTE]);
        bytes[4..8].copy_from_slice(&length.to_be_bytes());
        check(&bytes, 1, &[(ProblemKind::HeaderLength, Action::Resynced)]);
    }
}

#[test]
fn a_format_above_2_is_read_as_1() {
    let mut bytes = file(0, &[NOTE]);
    bytes[9] = 3;
    check(&bytes, 1, &[(ProblemKind::UnknownFormat, Action::Assumed)]);
    assert_eq!(read(&bytes).format, 1);
}

#[test]
fn a_division_without_meaning_is_assumed() {
    for division in [[0, 0], [0x80, 10], [0xE7, 0]] {
        let mut bytes = file(0, &[NOTE]);
        bytes[12..14].copy_from_slice(&division);
        check(&bytes, 1, &[(ProblemKind::BadDivision, Action::Assumed)]);
    }
}

#[test]
fn the_track_count_is_a_hint() {
    for count in [0, 1, 9] {
        let mut bytes = file(1, &[NOTE, NOTE]);
        bytes[11] = count;
        check(&bytes, 2, &[(ProblemKind::TrackCount, Action::Counted)]);
    }
}

#[test]
fn alien_chunks_are_kept_apart_without_complaint() {
    let mut bytes = header(1, 2);
    bytes.extend(chunk(*b"MTrk", NOTE));
    bytes.extend(chunk(*b"XFIH", b"hello"));
    bytes.extend(chunk(*b"MTrk", NOTE));
    check(&bytes, 2, &[]);
    let song = read(&bytes);
    assert_eq!((song.alien[0].after_mtrks, song.alien[0].data), (1, &b"hello"[..]));
}

#[test]
fn garbage_between_tracks_is_skipped() {
    let mut bytes = header(1, 2);
    bytes.extend(chunk(*b"MTrk", NOTE));
    bytes.extend([0, 1, 2, 0xFF, 0xFF, 9]);
    bytes.extend(chunk(*b"MTrk", NOTE));
    check(&bytes, 2, &[(ProblemKind::StrayBytes, Action::Resynced)]);
}

#[test]
fn what_follows_the_last_announced_track_stays_dead() {
    let mut bytes = file(1, &[NOTE]);
    bytes.extend([0x45, 0x90, 60, 64, 3]);
    bytes.extend(chunk(*b"MTrk", NOTE));
    check(&bytes, 1, &[(ProblemKind::TrailingBytes, Action::Skipped)]);
}

#[test]
fn a_track_that_is_cut_inside_its_head_is_left_out() {
    let mut bytes = file(1, &[NOTE, NOTE]);
    bytes.truncate(14 + 20 + 6);
    let count = (ProblemKind::TrackCount, Action::Counted);
    check(&bytes, 1, &[(ProblemKind::TrailingBytes, Action::Skipped), count]);
}

#[test]
fn a_chunk_that_is_too_long_ends_at_end_of_track() {
    for length in [0x00FF_FFFF, u32::MAX] {
        let mut bytes = file(1, &[NOTE, NOTE]);
        bytes[18..22].copy_from_slice(&length.to_be_bytes());
        let long = (ProblemKind::ChunkTooLong, Action::Accepted);
        check(&bytes, 2, &[long, (ProblemKind::BytesAfterEndOfTrack, Action::Skipped)]);
    }
}

#[test]
fn a_track_ends_where_the_next_one_begins() {
    let mut bytes = file(1, &[&NOTE[..8], NOTE]);
    bytes[18..22].copy_from_slice(&28_u32.to_be_bytes());
    check(&bytes, 2, &[(ProblemKind::TrackInsideTrack, Action::EndedTrack)]);
}

#[test]
fn music_that_spells_a_chunk_name_stays_music() {
    // Delta 77, key 84, velocity 114, then delta 107.
    let body = [0, 0x90, 60, 1, b'M', b'T', b'r', b'k', 60, 0, 0, 84, 0, 0, 0xFF, 0x2F, 0];
    check_track(&body, 2, &[]);
}

#[test]
fn a_chunk_that_is_too_short_is_read_to_its_end_of_track() {
    for length in [0, 3, 8_u32] {
        let mut bytes = file(1, &[NOTE, NOTE]);
        bytes[18..22].copy_from_slice(&length.to_be_bytes());
        check(&bytes, 2, &[(ProblemKind::ChunkTooShort, Action::ReadOn)]);
    }
}

#[test]
fn a_missing_end_of_track_is_added() {
    let bytes = file(1, &[&NOTE[..8], NOTE]);
    check(&bytes, 2, &[(ProblemKind::MissingEndOfTrack, Action::Added)]);
    assert_eq!(read(&bytes).tracks[0].end.0, 96);
}

#[test]
fn data_bytes_above_127_are_masked() {
    let body = [0, 0x90, 0xBC, 100, 96, 0x80, 60, 0, 0, 0xFF, 0x2F, 0];
    check_track(&body, 1, &[(ProblemKind::DataByte, Action::Masked)]);
}

#[test]
fn a_velocity_of_128_still_sounds() {
    let body = [0, 0x90, 60, 0x80, 96, 0x80, 60, 0, 0, 0xFF, 0x2F, 0];
    check_track(&body, 1, &[(ProblemKind::DataByte, Action::Masked)]);
}

#[test]
fn what_is_written_spells_no_chunk_name() {
    // Running controllers that spell "MTrk", a length and a note, but not where an event
    // begins: written with shorter deltas they would begin one.
    let body = b"\0\xB0\x0A\x40\0\x11\x01\x80MTrk\0\0\0\x1A\0\x90\x48\x60\x01\0\xFF\x2F\0";
    let file = file(0, &[body]);
    let limits = Limits::default();
    let before = smf::read(&file, &limits).unwrap();
    assert_eq!((before.note_ons(), before.tracks.len()), (0, 1));
    let imported = smf::import(file.as_slice().into(), "spelled", &limits).unwrap();
    let options = ExportOptions { repair: true, ..ExportOptions::default() };
    let written = smf::export(&imported.project, options).unwrap();
    let after = smf::read(&written, &limits).unwrap();
    assert_eq!((after.note_ons(), after.tracks.len()), (0, 1));
}

#[test]
fn running_status_survives_meta_events_and_sysex() {
    let meta = [0, 0x90, 60, 100, 0, 0xFF, 1, 1, b'x', 9, 60, 0, 0, 0xFF, 0x2F, 0];
    check_track(&meta, 1, &[(ProblemKind::RunningStatus, Action::Accepted)]);
    let sysex = [0, 0x90, 60, 100, 0, 0xF0, 2, 1, 0xF7, 9, 60, 0, 0, 0xFF, 0x2F, 0];
    check_track(&sysex, 1, &[(ProblemKind::RunningStatus, Action::Accepted)]);
}

#[test]
fn system_messages_are_skipped_with_their_data() {
    for system in [&[0xF1, 5][..], &[0xF2, 5, 6], &[0xF3, 5], &[0xF6], &[0xF8], &[0xFE]] {
        let mut body = vec![0];
        body.extend(system);
        body.extend(NOTE);
        check_track(&body, 1, &[(ProblemKind::SystemMessage, Action::Skipped)]);
    }
}

#[test]
fn a_number_may_take_more_than_four_bytes() {
    let mut body = vec![0x80, 0x80, 0x80, 0x80];
    body.extend(NOTE);
    check_track(&body, 1, &[(ProblemKind::LongNumber, Action::Accepted)]);
}

#[test]
fn time_has_64_bits_and_stops_at_their_end() {
    let mut body = vec![0xFF; 12];
    body.extend([0x7F, 0x90, 60, 100]);
    body.extend([9, 60, 0, 0, 0xFF, 0x2F, 0]);
    let bytes = file(0, &[&body]);
    assert_eq!(read(&bytes).end().0, u64::MAX);
    assert_eq!(read(&bytes).note_ons(), 1);
}

#[test]
fn bytes_before_any_status_are_skipped() {
    let mut body = vec![0, 60, 100, 5];
    body.extend(&NOTE[1..]);
    check_track(&body, 1, &[(ProblemKind::MissingStatus, Action::Skipped)]);
}

#[test]
fn a_sysex_overrun_is_cut_at_the_first_f7() {
    let mut body = vec![0, 0xF0, 0x7F, 1, 2, 0xF7];
    body.extend(NOTE);
    check_track(&body, 1, &[(ProblemKind::SysexOverrun, Action::Shortened)]);
    let bytes = file(0, &[&body]);
    let first = read(&bytes).tracks[0].clone();
    let message = read(&bytes).events(&first).next().map(|event| event.message);
    assert_eq!(message, Some(Message::Sysex(&[1, 2, 0xF7])));
}

#[test]
fn a_meta_overrun_ends_the_track() {
    let mut body = NOTE[..8].to_vec();
    body.extend([0, 0xFF, 1, 0x7F, b'x']);
    check(&file(1, &[&body, NOTE]), 2, &[(ProblemKind::MetaOverrun, Action::EndedTrack)]);
}

#[test]
fn a_truncated_event_ends_the_track_and_keeps_what_came_before() {
    for cut in 1..4 {
        let mut bytes = file(0, &[NOTE]);
        bytes.truncate(bytes.len() - 12 + 4 + cut);
        let problems = kinds(&read(&bytes));
        assert!(problems.contains(&(ProblemKind::TruncatedEvent, Action::EndedTrack)));
        assert_eq!(read(&bytes).note_ons(), 1);
    }
}

#[test]
fn events_after_end_of_track_are_not_music() {
    let mut body = NOTE.to_vec();
    body.extend(NOTE);
    check_track(&body, 1, &[(ProblemKind::BytesAfterEndOfTrack, Action::Skipped)]);
}

#[test]
fn meaningless_conductor_events_are_dropped_and_notes_kept() {
    for (event, kind) in [
        (&[0, 0xFF, 0x51, 3, 0, 0, 0][..], ProblemKind::BadTempo),
        (&[0, 0xFF, 0x51, 2, 7, 0], ProblemKind::ShortMeta),
        (&[0, 0xFF, 0x58, 4, 0, 2, 24, 8], ProblemKind::BadMeter),
        (&[0, 0xFF, 0x58, 4, 4, 200, 24, 8], ProblemKind::BadMeter),
        (&[0, 0xFF, 0x59, 2, 8, 0], ProblemKind::BadKeySignature),
        (&[0, 0xFF, 0x59, 2, 0, 2], ProblemKind::BadKeySignature),
        (&[0, 0xFF, 0x59, 1, 0], ProblemKind::ShortMeta),
    ] {
        let mut body = event.to_vec();
        body.extend(NOTE);
        check_track(&body, 1, &[(kind, Action::Dropped)]);
    }
}

#[test]
fn what_is_not_midi_is_refused() {
    for bytes in [&b""[..], b"<!DOCTYPE html>", b"RIFF\x08\0\0\0WAVEfmt ", &[0xFF; 300]] {
        assert!(matches!(smf::read(bytes, &Limits::default()), Err(ReadError::NotMidi)));
    }
}

#[test]
fn overlapping_and_unclosed_notes_are_warnings() {
    let body = [0, 0x90, 60, 100, 5, 60, 100, 5, 60, 0, 5, 0xFF, 0x2F, 0];
    let reported = Action::Reported;
    let warnings =
        [(ProblemKind::OverlappingNotes, reported), (ProblemKind::UnclosedNotes, reported)];
    check_track(&body, 2, &warnings);
    assert!(!read(&file(0, &[&body])).salvaged);
}

#[test]
fn problems_name_their_track_and_byte() {
    let body = [0, 0x90, 60, 0x85, 0, 0xFF, 0x2F, 0];
    let bytes = file(1, &[NOTE, &body]);
    let song = read(&bytes);
    let problem = song.problems[0];
    assert_eq!((problem.track, problem.offset), (Some(1), 14 + 8 + 12 + 8 + 2));
    assert_eq!(
        problem.to_string(),
        "track 2, byte 44: a data byte above 127; its low seven bits were used"
    );
    let json = serde_json::to_value(problem).unwrap_or_default();
    assert_eq!(json["kind"], "data_byte");
    assert_eq!(json["action"], "masked");
}

#[test]
fn a_list_of_problems_ends_and_says_so() {
    let mut body = Vec::new();
    for _ in 0..50 {
        body.extend([0, 0xF8]);
    }
    body.extend(NOTE);
    let bytes = file(0, &[&body]);
    let limits = Limits { problems: 10, ..Limits::default() };
    let Ok(song) = smf::read(&bytes, &limits) else { panic!("it is MIDI") };
    assert_eq!(song.problems.len(), 10);
    assert_eq!(song.problems[9].kind, ProblemKind::MoreProblems);
    assert!(song.salvaged);
}

#[test]
fn limits_are_kept() {
    let bytes = file(1, &[NOTE, NOTE, NOTE]);
    let small = Limits { bytes: 20, ..Limits::default() };
    assert!(matches!(smf::read(&bytes, &small), Err(ReadError::TooLarge { .. })));
    let few = Limits { notes: 2, ..Limits::default() };
    let imported = smf::import(bytes.clone().into(), "x", &few);
    assert!(matches!(imported, Err(ReadError::TooManyNotes { notes: 3, limit: 2 })));
    let narrow = Limits { tracks: 2, ..Limits::default() };
    let Ok(song) = smf::read(&bytes, &narrow) else { panic!("it is MIDI") };
    assert_eq!(song.note_ons(), 2);
    assert!(song.salvaged);
}

#[test]
fn smpte_files_have_time_but_no_tempo() {
    let mut bytes = file(0, &[NOTE]);
    bytes[12..14].copy_from_slice(&[0xE7, 40]);
    let Ok(found) = smf::inspect(&bytes, &Limits::default()) else { panic!("it is MIDI") };
    assert_eq!((found.ppq, found.smpte), (None, Some([25, 40])));
    assert_eq!(found.last_note_secs, Some(0.096));
}

#[test]
fn an_inspection_has_the_stable_keys() {
    let mut body = vec![0, 0xFF, 0x51, 3, 0x07, 0xA1, 0x20, 0, 0xFF, 0x59, 2, 0xFD, 1];
    body.extend(NOTE);
    let bytes = file(0, &[&body]);
    let Ok(found) = smf::inspect(&bytes, &Limits::default()) else { panic!("it is MIDI") };
    let json = serde_json::to_value(&found).unwrap_or_default();
    for (key, value) in [
        ("format", serde_json::json!(0)),
        ("ppq", serde_json::json!(96)),
        ("smpte", serde_json::Value::Null),
        ("tracks", serde_json::json!(1)),
        ("note_ons", serde_json::json!(1)),
        ("events", serde_json::json!(5)),
        ("duration_secs", serde_json::json!(0.5)),
        ("last_note_secs", serde_json::json!(0.5)),
        ("salvaged", serde_json::json!(false)),
        ("problems", serde_json::json!([])),
    ] {
        assert_eq!(json[key], value, "{key}");
    }
    assert_eq!(json["key_signatures"][0]["name"], "Cm");
    assert_eq!(json["tempo_map"][0]["bpm"], 120.0);
}
