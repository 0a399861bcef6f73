//! GPU memory for instances: slots in a few large buffers, the least recently drawn
//! of which give way.

use super::instance::Instance;
use profiling::CacheCounters;
use std::collections::HashMap;

/// Instances that a slot of each class holds. The largest fits the largest chunk.
const CLASSES: [u32; 4] = [64, 256, 1024, 2048];
/// Instances in a page, whatever its class: 384 KiB.
const PAGE: u32 = 32_768;
const INSTANCE_BYTES: u64 = size_of::<Instance>() as u64;
/// Slots drawn this many frames ago or later are never taken away.
const SAFE_FRAMES: u64 = 2;

/// Where uploaded instances lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Which buffer.
    pub(super) page: u32,
    /// First instance in it.
    pub(super) first: u32,
    /// How many.
    pub(super) count: u32,
}

struct Resident {
    slot: Slot,
    class: usize,
    last_used: u64,
}

/// What is on the GPU, by chunk or block id.
pub(super) struct Store {
    resident: HashMap<u64, Resident>,
    pages: Vec<wgpu::Buffer>,
    /// Free slots of each class: page and first instance.
    free: [Vec<(u32, u32)>; CLASSES.len()],
    budget: u64,
    frame: u64,
    counters: CacheCounters,
}

impl Store {
    /// Grows past `budget` bytes only when a single frame needs more.
    pub(super) fn new(budget: u64, counters: CacheCounters) -> Self {
        Self {
            resident: HashMap::new(),
            pages: Vec::new(),
            free: Default::default(),
            budget,
            frame: 0,
            counters,
        }
    }

    pub(super) fn begin_frame(&mut self) {
        self.frame += 1;
        if self.counters.take_clear() {
            self.clear();
        }
    }

    /// Forgets what lies where; the pages stay for what comes next.
    fn clear(&mut self) {
        let Self { resident, free, .. } = self;
        for Resident { slot, class, .. } in std::mem::take(resident).into_values() {
            if let Some(free) = free.get_mut(class) {
                free.push((slot.page, slot.first));
            }
        }
        self.counters.set_held(0, self.bytes());
    }

    /// GPU bytes taken.
    pub(super) fn bytes(&self) -> u64 {
        self.pages.len() as u64 * u64::from(PAGE) * INSTANCE_BYTES
    }

    /// The buffer of a page.
    pub(super) fn page(&self, page: u32) -> Option<&wgpu::Buffer> {
        self.pages.get(page as usize)
    }

    /// Where `id` lies, if it is there; counts as drawn.
    pub(super) fn get(&mut self, id: u64) -> Option<Slot> {
        let frame = self.frame;
        let Some(resident) = self.resident.get_mut(&id) else {
            self.counters.miss();
            return None;
        };
        self.counters.hit();
        resident.last_used = frame;
        Some(resident.slot)
    }

    /// Uploads `instances` as `id`. `None` when there are too many for a slot.
    pub(super) fn put(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        id: u64,
        instances: &[Instance],
    ) -> Option<Slot> {
        let count = u32::try_from(instances.len()).ok()?;
        let class = CLASSES.iter().position(|&size| count <= size)?;
        let (page, first) = self.take(device, class)?;
        let slot = Slot { page, first, count };
        let buffer = self.pages.get(page as usize)?;
        queue.write_buffer(
            buffer,
            u64::from(first) * INSTANCE_BYTES,
            bytemuck::cast_slice(instances),
        );
        self.resident.insert(id, Resident { slot, class, last_used: self.frame });
        self.counters.set_held(self.resident.len() as u64, self.bytes());
        Some(slot)
    }

    fn take(&mut self, device: &wgpu::Device, class: usize) -> Option<(u32, u32)> {
        if let Some(slot) = self.free.get_mut(class)?.pop() {
            return Some(slot);
        }
        if self.bytes() >= self.budget {
            self.evict(class);
            if let Some(slot) = self.free.get_mut(class)?.pop() {
                return Some(slot);
            }
        }
        let page = u32::try_from(self.pages.len()).ok()?;
        self.pages.push(device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("notes"),
            size: u64::from(PAGE) * INSTANCE_BYTES,
            usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }));
        let size = *CLASSES.get(class)?;
        let free = self.free.get_mut(class)?;
        free.extend((0..PAGE / size).rev().map(|slot| (page, slot * size)));
        free.pop()
    }

    /// Frees the older half of a class's slots, so that the search is paid seldom.
    fn evict(&mut self, class: usize) {
        let newest = self.frame.saturating_sub(SAFE_FRAMES);
        let mut ages: Vec<u64> = self
            .resident
            .values()
            .filter(|resident| resident.class == class && resident.last_used < newest)
            .map(|resident| resident.last_used)
            .collect();
        let half = ages.len() / 2;
        if half >= ages.len() {
            return;
        }
        let limit = *ages.select_nth_unstable(half).1;
        let Some(free) = self.free.get_mut(class) else { return };
        let before = self.resident.len();
        self.resident.retain(|_, resident| {
            let keep = resident.class != class || resident.last_used > limit;
            if !keep {
                free.push((resident.slot.page, resident.slot.first));
            }
            keep
        });
        self.counters.evict((before - self.resident.len()) as u64);
    }
}
