//! Read buffers that are used again for file after file.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use profiling::memory::SharedPool;

fn main() {
    // Four buffers of 64 KiB, which holds nearly every MIDI file there is.
    let pool: SharedPool<u8> = SharedPool::new(4, 64 * 1024);
    let mut note_ons = 0;
    for file in 0..100_u8 {
        let mut buffer = pool.acquire();
        // What reading a file would put there.
        buffer.extend_from_slice(&[0x90, file % 128, 100]);
        note_ons += buffer.chunks_exact(3).filter(|event| event.first() == Some(&0x90)).count();
    } // the guard returns the buffer

    let (acquired, _, hits, misses, hit_rate) = pool.stats();
    println!("{note_ons} notes from {acquired} buffers");
    println!("Pool hit rate: {:.1}% ({hits} hits, {misses} misses)", hit_rate * 100.0);
}
