//! The one trait through which byte-bounded structures and reports learn sizes.
//! Pure; any thread.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    mem::size_of,
    sync::Arc,
};

/// What a value holds on the heap.
///
/// ```
/// use profiling::HeapSize;
/// assert_eq!(vec![1_u32, 2, 3].heap_bytes(), 12);
/// assert_eq!(7_u64.heap_bytes(), 0);
/// ```
pub trait HeapSize {
    /// Bytes this value owns on the heap, without its own `size_of`.
    ///
    /// What sits behind a shared pointer is counted by each holder: say so
    /// where that matters, and count it in one place.
    fn heap_bytes(&self) -> usize;

    /// Bytes in all: on the heap and the value itself.
    fn total_bytes(&self) -> usize
    where
        Self: Sized,
    {
        self.heap_bytes().saturating_add(size_of::<Self>())
    }
}

macro_rules! nothing_on_the_heap {
    ($($t:ty),*) => { $(impl HeapSize for $t {
        fn heap_bytes(&self) -> usize { 0 }
    })* };
}
nothing_on_the_heap!(
    (),
    bool,
    char,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    f32,
    f64,
    &str,
    std::time::Duration,
    std::time::Instant
);

impl HeapSize for String {
    fn heap_bytes(&self) -> usize {
        self.capacity()
    }
}

impl HeapSize for str {
    fn heap_bytes(&self) -> usize {
        self.len()
    }
}

impl<T: HeapSize> HeapSize for Option<T> {
    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, T::heap_bytes)
    }
}

impl<T: HeapSize, E: HeapSize> HeapSize for Result<T, E> {
    fn heap_bytes(&self) -> usize {
        match self {
            Ok(value) => value.heap_bytes(),
            Err(error) => error.heap_bytes(),
        }
    }
}

impl<T: HeapSize> HeapSize for Box<T> {
    fn heap_bytes(&self) -> usize {
        self.as_ref().total_bytes()
    }
}

impl<T: HeapSize> HeapSize for Arc<T> {
    fn heap_bytes(&self) -> usize {
        // Two counters stand before the value.
        self.as_ref().total_bytes().saturating_add(2 * size_of::<usize>())
    }
}

impl HeapSize for Arc<str> {
    fn heap_bytes(&self) -> usize {
        self.len().saturating_add(2 * size_of::<usize>())
    }
}

impl<T: HeapSize> HeapSize for Arc<[T]> {
    fn heap_bytes(&self) -> usize {
        self.as_ref().heap_bytes().saturating_add(2 * size_of::<usize>())
    }
}

impl<T: HeapSize> HeapSize for [T] {
    fn heap_bytes(&self) -> usize {
        saturating_sum(self.iter(), size_of::<T>().saturating_mul(self.len()))
    }
}

impl<T: HeapSize> HeapSize for Vec<T> {
    fn heap_bytes(&self) -> usize {
        saturating_sum(self.iter(), size_of::<T>().saturating_mul(self.capacity()))
    }
}

impl<T: HeapSize> HeapSize for VecDeque<T> {
    fn heap_bytes(&self) -> usize {
        saturating_sum(self.iter(), size_of::<T>().saturating_mul(self.capacity()))
    }
}

impl<K: HeapSize, V: HeapSize> HeapSize for BTreeMap<K, V> {
    fn heap_bytes(&self) -> usize {
        let entries = size_of::<(K, V)>().saturating_mul(self.len());
        saturating_sum(self.keys(), saturating_sum(self.values(), entries))
    }
}

impl<K: HeapSize, V: HeapSize, S> HeapSize for HashMap<K, V, S> {
    fn heap_bytes(&self) -> usize {
        // hashbrown keeps one control byte beside each slot.
        let slots = (size_of::<(K, V)>().saturating_add(1)).saturating_mul(self.capacity());
        saturating_sum(self.keys(), saturating_sum(self.values(), slots))
    }
}

impl<A: HeapSize, B: HeapSize> HeapSize for (A, B) {
    fn heap_bytes(&self) -> usize {
        self.0.heap_bytes().saturating_add(self.1.heap_bytes())
    }
}

fn saturating_sum<'a, T: HeapSize + 'a>(items: impl Iterator<Item = &'a T>, start: usize) -> usize {
    items.fold(start, |sum, item| sum.saturating_add(item.heap_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_values_are_counted_to_the_bottom() {
        let mut names = Vec::with_capacity(4);
        names.push(String::from("abc"));
        assert_eq!(names.heap_bytes(), 4 * size_of::<String>() + 3);
        assert_eq!(Some(Box::new(5_u64)).heap_bytes(), 8);
        assert_eq!(Arc::<str>::from("abcd").heap_bytes(), 4 + 16);
        assert_eq!((1_u8, String::from("xy")).heap_bytes(), 2);
    }

    #[test]
    fn the_value_itself_is_added_on_top() {
        assert_eq!(7_u32.total_bytes(), 4);
        assert_eq!(String::from("abc").total_bytes(), 3 + size_of::<String>());
    }
}
