//! Parsed files in a cache that is bounded in bytes.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::sync::Arc;

use profiling::memory::MemoryCache;

fn main() {
    // Large values are `Arc`s, since `get` returns a clone.
    let files: MemoryCache<Arc<[u8]>> = MemoryCache::new(100 * 1024 * 1024);
    for name in ["song.mid", "waltz.mid", "song.mid", "song.mid"] {
        if files.get(name).is_none() {
            let bytes: Arc<[u8]> = Arc::from(vec![0_u8; 40_000]);
            let size = bytes.len();
            files.insert(name.to_owned(), bytes, size);
        }
    }
    let stats = files.stats();
    println!("Cache hit rate: {:.1}%", stats.hit_rate * 100.0);
    println!("Cache size: {}/{} bytes", stats.current_size, stats.max_size);
}
