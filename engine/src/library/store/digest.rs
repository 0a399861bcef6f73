//! One number for all that the index holds, whatever the order in which it came: two imports
//! of the same files end with the same one.

use super::record::tags_of;
use super::{Store, StoreError, grams, similar};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// What is left out of the digest on purpose: ids, which depend on the order; what is derived
/// (indexes, words, facets); and times of scans.
const FILES: &str = "SELECT files.id, tags, path, file, member, name, bytes, mtime, hash, version,
    absent, bpm, key, bpm_declared, bpm_inferred, bpm_method, bpm_confidence, key_signature,
    key_is_default, key_inferred, key_confidence, meter_numerator, meter_denominator, duration,
    bars, note_ons, tracks, salvaged, drums, drum_class, drum_feel, families, programs, musical,
    piece, data
    FROM files CROSS JOIN folders ON folders.id = folder LEFT JOIN details ON details.id = files.id";

const FAILED: &str = "SELECT 0, x'', path, file, member, bytes, mtime, version, reason
    FROM failed JOIN folders ON folders.id = folder";

/// The sum of the digests of all rows, so that a row that is there twice counts twice.
pub(super) fn content_digest(store: &Store, reader: &Connection) -> Result<[u8; 32], StoreError> {
    let mut sum = [0_u64; 4];
    for list in [FILES, FAILED] {
        let mut statement = reader.prepare(list)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut hasher = blake3::Hasher::new();
            let id: u32 = row.get(0)?;
            let tags = store.tag_names(reader, &tags_of(row.get_ref(1)?.as_blob()?))?;
            for tag in &tags {
                put(&mut hasher, 5, tag.as_bytes());
            }
            if list == FILES {
                put(&mut hasher, 6, &similar::vector_of(reader, id)?);
                put(&mut hasher, 7, grams::melodies::melody_of(reader, id)?.bytes());
            }
            for column in 2..columns {
                match row.get_ref(column)? {
                    ValueRef::Null => put(&mut hasher, 0, &[]),
                    ValueRef::Integer(it) => put(&mut hasher, 1, &it.to_le_bytes()),
                    ValueRef::Real(it) => put(&mut hasher, 2, &it.to_bits().to_le_bytes()),
                    ValueRef::Text(it) => put(&mut hasher, 3, it),
                    ValueRef::Blob(it) => put(&mut hasher, 4, it),
                }
            }
            let digest = hasher.finalize();
            let (words, _) = digest.as_bytes().as_chunks::<8>();
            for (sum, word) in sum.iter_mut().zip(words) {
                *sum = sum.wrapping_add(u64::from_le_bytes(*word));
            }
        }
    }
    let bytes: Vec<u8> = sum.iter().flat_map(|word| word.to_le_bytes()).collect();
    Ok(*blake3::hash(&bytes).as_bytes())
}

fn put(hasher: &mut blake3::Hasher, kind: u8, bytes: &[u8]) {
    hasher.update(&[kind]).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
}
