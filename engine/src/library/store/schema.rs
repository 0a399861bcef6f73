//! What the two databases look like, and how older ones become newer ones.
//!
//! The **index** can be made again from the files at any time; the **user database** cannot.
//! Both count their form in `PRAGMA user_version`; `migrate` takes a database from any
//! earlier form to the newest, one transaction for each step.
//!
//! # The index
//!
//! | Table | Holds |
//! |---|---|
//! | `files` | one narrow row for each file: its place, its stamp, and what is searched and sorted by |
//! | `details` | for each file, by the same id, one blob with all its other facts (`super::blob`) |
//! | `vectors` | the feature vectors, 24 bytes each, in blocks of [`VECTORS_PER_BLOCK`] ids |
//! | `facets`, `facets_dirty` | the facet bitmaps and columns in blocks of 65,536 ids, and what has changed since (`super::super::facets`) |
//! | `ranks` | where each file stands in the order of names, in the same blocks (`super::order`) |
//! | `twins` | files that have another like them, and in what (`super::twins`) |
//! | `melodies` | the intervals of each file's melody, five bits each (`super::grams::melodies`) |
//! | `name_grams`, `melody_grams`, `grams_dirty` | names by one and two characters and melodies by six notes, in blocks of 65,536 ids, and what has changed since (`super::grams`) |
//! | `folders`, `sources` | the folders that files lie in, as a tree under what the user added |
//! | `tags` | the words of the tag table; `files.tags` holds their ids |
//! | `failed` | files that could not be analysed, why, and when |
//! | `words` | FTS5 over the words of name, folder, text and tags, and over character pairs |
//! | `name_trigrams` | FTS5 over the names, three characters at a time, for `LIKE '%…%'` |
//! | `progressions` | FTS5 over the degrees of the chords, for phrases |
//! | `meta` | what else has to be remembered |
//!
//! While a first import runs (`meta` has `bulk`), the indexes of [`SECONDARY`] and the rows of
//! the three FTS5 tables, of the grams and of `twins` are not there yet: [`IndexState`](super::IndexState) says so, and a
//! search reads `files` from its start. `files_by_place` is always there.
//!
//! # Conventions
//!
//! - Tempos are beats a minute, times are seconds, both as `REAL`; what is unknown is `NULL`.
//! - `key` and `key_inferred` are 0..=23 in the order of [`Key::all`](crate::theory::Key::all):
//!   the major keys from C up, then the minor ones. `super::key_code` makes them.
//! - `bpm` and `key` are the winners, the user's own edits included; the columns beside them
//!   are what each origin says.
//! - A path is raw bytes; text for display stands beside it. The raw path of a file is its
//!   folder's `path`, a separator, and `file`; of an archive's member, `member` is its name in
//!   the archive `file`, else it is empty.
//! - `absent` is 1 when the file was not there at the last look at its folder. A source that
//!   is away as a whole (`sources.absent`) leaves its files' own marks alone.

use super::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// Vectors in one row of `vectors`; vector n of block b belongs to file `b * 4096 + n`.
pub const VECTORS_PER_BLOCK: u32 = 4_096;

/// Bytes of one feature vector.
pub const VECTOR_BYTES: usize = 24;

/// The newest form of the index.
pub const INDEX_VERSION: u32 = INDEX_STEPS.len() as u32;

/// The newest form of the user database.
pub const USER_VERSION: u32 = USER_STEPS.len() as u32;

/// Step n takes an index from version n to n + 1. A step that has been released is never
/// changed.
pub(super) const INDEX_STEPS: &[&str] = &[INDEX_1, INDEX_2, INDEX_3];

/// The same for the user database.
pub(super) const USER_STEPS: &[&str] = &[USER_1];

/// The indexes that a first import builds at its end, in this order: name and statement.
///
/// - `files_by_name` serves the order (name, id), and the tempo beside it.
/// - `files_by_key` serves (key, name, bpm, id): a page by key and tempo in the order of
///   names, through `INDEXED BY files_by_key`.
/// - `files_by_bpm`, `files_by_duration`, `files_by_mtime`, `files_by_note_ons` serve orders
///   and ranges of one number; the id breaks ties.
/// - `files_by_hash` finds by the first eight bytes: `substr(hash, 1, 8) = ?1 AND hash = ?2`.
/// - `files_by_musical`, `files_by_piece` hold only what has such a print.
/// - `files_absent` holds only what is absent.
pub const SECONDARY: &[(&str, &str)] = &[
    ("files_by_name", "CREATE INDEX files_by_name ON files (name COLLATE NOCASE, bpm)"),
    ("files_by_key", "CREATE INDEX files_by_key ON files (key, name COLLATE NOCASE, bpm)"),
    ("files_by_bpm", "CREATE INDEX files_by_bpm ON files (bpm)"),
    ("files_by_duration", "CREATE INDEX files_by_duration ON files (duration)"),
    ("files_by_mtime", "CREATE INDEX files_by_mtime ON files (mtime)"),
    ("files_by_note_ons", "CREATE INDEX files_by_note_ons ON files (note_ons)"),
    ("files_by_hash", "CREATE INDEX files_by_hash ON files (substr(hash, 1, 8))"),
    ("files_by_musical", "CREATE INDEX files_by_musical ON files (musical) WHERE musical <> 0"),
    ("files_by_piece", "CREATE INDEX files_by_piece ON files (piece) WHERE piece <> 0"),
    ("files_absent", "CREATE INDEX files_absent ON files (absent) WHERE absent <> 0"),
];

const INDEX_1: &str = "
PRAGMA application_id = 0x4D53434C;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

-- What the user added to the library: folders, or single files.
CREATE TABLE sources (
    id      INTEGER PRIMARY KEY,
    path    BLOB NOT NULL UNIQUE,
    display TEXT NOT NULL,
    absent  INTEGER NOT NULL DEFAULT 0,
    -- Seconds since 1970 of the last scan that came to its end.
    scanned INTEGER
) STRICT;

CREATE TABLE folders (
    id      INTEGER PRIMARY KEY,
    source  INTEGER NOT NULL REFERENCES sources (id),
    -- The folder above, up to the source's own, which has none.
    parent  INTEGER REFERENCES folders (id),
    -- The folder just under the source that this one lies in, or is; the source's own is 0.
    top     INTEGER NOT NULL,
    path    BLOB NOT NULL UNIQUE,
    display TEXT NOT NULL
) STRICT;
CREATE INDEX folders_by_parent ON folders (parent);

CREATE TABLE tags (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE files (
    id                INTEGER PRIMARY KEY,
    folder            INTEGER NOT NULL REFERENCES folders (id),
    file              BLOB NOT NULL,
    member            BLOB NOT NULL,
    -- The file's or the member's name for display, without its extension.
    name              TEXT NOT NULL,
    bytes             INTEGER NOT NULL,
    -- Nanoseconds since 1970.
    mtime             INTEGER NOT NULL,
    hash              BLOB NOT NULL,
    -- The analysis that filled the row; 0 when it has to be done again.
    version           INTEGER NOT NULL,
    absent            INTEGER NOT NULL,
    -- The winners.
    bpm               REAL,
    key               INTEGER,
    bpm_declared      REAL,
    bpm_inferred      REAL,
    -- 0 none, 1 declared, 2 onsets, 3 hybrid.
    bpm_method        INTEGER NOT NULL,
    bpm_confidence    REAL NOT NULL,
    -- The declared key, as a code like `key`.
    key_signature     INTEGER,
    -- 1 when the declared key is a lone C major.
    key_is_default    INTEGER NOT NULL,
    key_inferred      INTEGER,
    key_confidence    REAL NOT NULL,
    meter_numerator   INTEGER,
    meter_denominator INTEGER,
    duration          REAL NOT NULL,
    bars              INTEGER,
    note_ons          INTEGER NOT NULL,
    tracks            INTEGER NOT NULL,
    salvaged          INTEGER NOT NULL,
    drums             INTEGER NOT NULL,
    -- 1 groove, 2 fill, 3 one-shot.
    drum_class        INTEGER,
    -- 1 straight, 2 swung, 3 half time.
    drum_feel         INTEGER,
    -- Bit n: a program of General MIDI family n sounds.
    families          INTEGER NOT NULL,
    -- The programs that sound outside the drum channel, one byte each, rising.
    programs          BLOB NOT NULL,
    -- The ids of its tags, two bytes each, little-endian, rising.
    tags              BLOB NOT NULL,
    -- The fingerprints, as signed numbers of the same bits; 0 for none.
    musical           INTEGER NOT NULL,
    piece             INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX files_by_place ON files (folder, file, member);

CREATE TABLE details (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

CREATE TABLE vectors (
    block INTEGER PRIMARY KEY,
    data  BLOB NOT NULL
) STRICT;

CREATE TABLE facets (
    block INTEGER PRIMARY KEY,
    data  BLOB NOT NULL
) STRICT;

-- Files that have changed since the blocks of `facets` were written, beside those with an id
-- above `facets_upto` in `meta`.
CREATE TABLE facets_dirty (
    id INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE failed (
    id      INTEGER PRIMARY KEY,
    folder  INTEGER NOT NULL REFERENCES folders (id),
    file    BLOB NOT NULL,
    member  BLOB NOT NULL,
    bytes   INTEGER NOT NULL,
    mtime   INTEGER NOT NULL,
    version INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    -- Seconds since 1970.
    at      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX failed_by_place ON failed (folder, file, member);

-- Text goes in and comes as a query through `words::fold`, which writes the sharp sign as #.
CREATE VIRTUAL TABLE words USING fts5 (
    name, folder, text, tags, grams,
    content = '', contentless_delete = 1,
    prefix = '1 2 3',
    tokenize = \"unicode61 remove_diacritics 2 tokenchars '#'\"
);

CREATE VIRTUAL TABLE name_trigrams USING fts5 (
    name,
    content = 'files', content_rowid = 'id',
    detail = none, columnsize = 0,
    tokenize = 'trigram'
);

-- Degrees written by `words::degrees`.
CREATE VIRTUAL TABLE progressions USING fts5 (
    degrees,
    content = '', contentless_delete = 1,
    tokenize = 'ascii'
);

INSERT INTO meta (name, value) VALUES ('bulk', 1);
";

// The facets' blocks have another form: they are made again from `files`.
const INDEX_2: &str = "
CREATE TABLE twins (
    id    INTEGER PRIMARY KEY,
    -- 1 the same bytes as another file, 2 a version of the same piece, or both.
    kinds INTEGER NOT NULL
) STRICT;

CREATE TABLE melodies (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- The id is the block, 21 bits of a character, and 21 of the next or 0.
CREATE TABLE name_grams (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- The id is the block and 13 bits of a bucket.
CREATE TABLE melody_grams (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- Files whose name or melody is not what their block says, beside those with an id above
-- `grams_upto` in `meta`.
CREATE TABLE grams_dirty (
    id INTEGER PRIMARY KEY
) STRICT;

DELETE FROM facets;
DELETE FROM facets_dirty;
DELETE FROM meta WHERE name = 'facets_upto';
";

const INDEX_3: &str = "
-- Where files stand in the order of names, in the blocks of `facets`; by `order` in `meta`.
CREATE TABLE ranks (
    block INTEGER PRIMARY KEY,
    data  BLOB NOT NULL
) STRICT;
";

const USER_1: &str = "
PRAGMA application_id = 0x4D534355;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('changes', 0);

-- Everything is kept by the hash of a file's bytes, so that a moved file keeps it.
CREATE TABLE marks (
    hash      BLOB PRIMARY KEY,
    -- 1..=5.
    rating    INTEGER,
    favourite INTEGER NOT NULL DEFAULT 0,
    -- The user's own tempo and key (a code as in the index).
    bpm       REAL,
    key       INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;

CREATE TABLE tagged (
    tag  INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    PRIMARY KEY (tag, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX tagged_by_hash ON tagged (hash);

CREATE TABLE collections (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;

CREATE TABLE collected (
    collection INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    -- Rising; the order in the collection.
    place      INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    PRIMARY KEY (collection, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX collected_by_hash ON collected (hash);
";

/// What an index calls itself in `PRAGMA application_id`: MSCL.
pub(super) const INDEX_ID: i32 = 0x4D53_434C;

/// What a user database calls itself: MSCU.
pub(super) const USER_ID: i32 = 0x4D53_4355;

/// Takes a database to the newest form by the steps that it lacks.
///
/// # Errors
///
/// [`StoreError::Newer`] when a newer program has written it. After any error the database
/// has the form of the last step that succeeded.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let newest = steps.len() as u32;
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: u32 = transaction.pragma_query_value(None, "user_version", |it| it.get(0))?;
        if version > newest {
            return Err(StoreError::Newer { found: version, known: newest });
        }
        let Some(step) = steps.get(version as usize) else { return Ok(()) };
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: &[&str] = &[
        "CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (1);",
        "ALTER TABLE one ADD COLUMN b INTEGER; UPDATE one SET b = a + 1;",
        "CREATE TABLE three (c INTEGER); INSERT INTO three SELECT b + 1 FROM one;",
    ];

    fn version(connection: &Connection) -> u32 {
        connection.pragma_query_value(None, "user_version", |it| it.get(0)).unwrap()
    }

    fn memory() -> Connection {
        Connection::open_in_memory().unwrap()
    }

    #[test]
    fn a_database_of_any_form_becomes_the_newest() {
        for start in 0..=FORMS.len() {
            let mut connection = memory();
            migrate(&mut connection, &FORMS[..start]).unwrap();
            migrate(&mut connection, FORMS).unwrap();
            let c: i64 = connection.query_row("SELECT c FROM three", [], |it| it.get(0)).unwrap();
            assert_eq!((c, version(&connection)), (3, 3));
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_form_before_it() {
        let mut connection = memory();
        let broken = [FORMS[0], "CREATE TABLE two (a); INSERT INTO nowhere VALUES (1);"];
        migrate(&mut connection, &broken).unwrap_err();
        assert_eq!(version(&connection), 1);
        migrate(&mut connection, FORMS).unwrap();
    }

    #[test]
    fn a_newer_form_is_refused_and_left_alone() {
        let mut connection = memory();
        migrate(&mut connection, FORMS).unwrap();
        let refused = migrate(&mut connection, &FORMS[..2]);
        assert!(matches!(refused, Err(StoreError::Newer { found: 3, known: 2 })));
    }

    #[test]
    fn the_index_takes_every_secondary_index_and_the_documented_queries() {
        let mut connection = memory();
        migrate(&mut connection, INDEX_STEPS).unwrap();
        migrate(&mut memory(), USER_STEPS).unwrap();
        for (name, statement) in SECONDARY {
            assert!(statement.starts_with(&format!("CREATE INDEX {name} ON files (")));
            connection.execute_batch(statement).unwrap();
        }
        for query in [
            "SELECT id FROM files INDEXED BY files_by_key WHERE key = 1 AND bpm > 2 \
             ORDER BY name COLLATE NOCASE, bpm, id LIMIT 9",
            "SELECT rowid FROM words WHERE words MATCH '\"c#\" * AND name : \"a\"'",
            "SELECT rowid FROM name_trigrams WHERE name LIKE '%abc%'",
            "SELECT rowid FROM progressions WHERE progressions MATCH '\"mii jv ji\"'",
        ] {
            connection.prepare(query).unwrap();
        }
    }

    #[test]
    fn a_page_by_key_needs_neither_the_table_nor_a_sort() {
        let mut connection = memory();
        migrate(&mut connection, INDEX_STEPS).unwrap();
        for (_, statement) in SECONDARY {
            connection.execute_batch(statement).unwrap();
        }
        let plan: String = connection
            .query_row(
                "EXPLAIN QUERY PLAN SELECT id FROM files INDEXED BY files_by_key \
                 WHERE key = 1 AND bpm BETWEEN 2 AND 3 ORDER BY name COLLATE NOCASE, bpm, id",
                [],
                |it| it.get("detail"),
            )
            .unwrap();
        assert_eq!(plan, "SEARCH files USING COVERING INDEX files_by_key (key=?)");
    }
}
