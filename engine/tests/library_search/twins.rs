//! `dup:` and `version:` tell what is true now: of files that are there.

use crate::Library;
use crate::files::row;
use engine::library::row::{Facts, Row};

fn file(path: &str, hash: u8, version: u64) -> Row {
    let mut facts = Facts::default();
    facts.prints.version = version;
    Row { hash: [hash; 32], ..row(path, facts) }
}

fn check(library: &Library, doubles: &[&str], versions: &[&str]) {
    assert_eq!(library.names("dup:yes"), doubles);
    assert_eq!(library.names("version:yes"), versions);
}

#[test]
fn twins_come_and_go_with_their_files() {
    let library = Library::of(&[
        file("/music/a.mid", 1, 7),
        file("/music/b.mid", 1, 0),
        file("/music/c.mid", 2, 7),
        file("/music/d.mid", 3, 0),
    ]);
    check(&library, &["a", "b"], &["a", "c"]);
    let mut writer = library.store().writer().unwrap();
    let away = writer.add_source(b"/away").unwrap();
    // A copy and a version in another source.
    writer.write(&[file("/away/e.mid", 3, 8), file("/away/f.mid", 5, 8)]).unwrap();
    check(&library, &["a", "b", "d", "e"], &["a", "c", "e", "f"]);
    writer.set_source_absent(away, true).unwrap();
    check(&library, &["a", "b"], &["a", "c"]);
    writer.set_source_absent(away, false).unwrap();
    check(&library, &["a", "b", "d", "e"], &["a", "c", "e", "f"]);
    // Other bytes, another piece.
    writer.write(&[file("/music/b.mid", 9, 8)]).unwrap();
    check(&library, &["d", "e"], &["a", "b", "c", "e", "f"]);
    writer.set_absent(&[4], true).unwrap();
    check(&library, &[], &["a", "b", "c", "e", "f"]);
    writer.set_absent(&[4], false).unwrap();
    check(&library, &["d", "e"], &["a", "b", "c", "e", "f"]);
    // A file that comes back by being read again.
    writer.set_absent(&[5], true).unwrap();
    check(&library, &[], &["a", "b", "c", "f"]);
    writer.write(&[file("/away/e.mid", 3, 8)]).unwrap();
    check(&library, &["d", "e"], &["a", "b", "c", "e", "f"]);
    writer.delete(&[1, 4]).unwrap();
    check(&library, &[], &["b", "e", "f"]);
    drop(writer);
    let library = library.reopened();
    check(&library, &[], &["b", "e", "f"]);
    assert_eq!(library.names("dup:no").len(), 4);
}
