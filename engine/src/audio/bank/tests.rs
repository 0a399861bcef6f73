use super::*;

#[test]
fn a_damaged_cache_file_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let first = cache::cached_in(folder.path());
    let file = folder.path().read_dir().unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    std::fs::write(&file, &bytes).unwrap();
    assert!(cache::cached_in(folder.path()) == first);
    bytes[middle] ^= 0x40;
    assert!(std::fs::read(&file).unwrap() == bytes);
}

#[test]
fn generated_twice_it_is_the_same() {
    assert!(sf2_bytes() == sf2_bytes());
}
