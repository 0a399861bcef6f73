//! Flush-to-zero: decaying sound must not turn into numbers that cost a hundred times more.
#![expect(unsafe_code, reason = "the floating-point control register is reached by assembly alone")]

/// While it lives, this thread takes denormal numbers for zero.
pub(super) struct FlushDenormals {
    before: u64,
}

impl FlushDenormals {
    pub(super) fn new() -> Self {
        let before = control();
        set_control(before | FLUSH);
        Self { before }
    }
}

impl Drop for FlushDenormals {
    fn drop(&mut self) {
        set_control(self.before);
    }
}

/// MXCSR: flush to zero and denormals are zero.
#[cfg(target_arch = "x86_64")]
const FLUSH: u64 = 0x8040;
/// FPCR: flush to zero.
#[cfg(target_arch = "aarch64")]
const FLUSH: u64 = 1 << 24;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const FLUSH: u64 = 0;

#[cfg(target_arch = "x86_64")]
fn control() -> u64 {
    let mut value = 0_u32;
    // SAFETY: `stmxcsr` writes four bytes to the address it is given, which is a live u32.
    unsafe { core::arch::asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack)) };
    u64::from(value)
}

#[cfg(target_arch = "x86_64")]
fn set_control(value: u64) {
    let value = value as u32;
    // SAFETY: `ldmxcsr` reads four bytes from the address it is given, which is a live u32.
    // Only the two flush bits ever change, both without reserved bits, so it cannot fault;
    // what is computed under them differs in denormal results alone, as intended.
    unsafe { core::arch::asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack)) };
}

#[cfg(target_arch = "aarch64")]
fn control() -> u64 {
    let value: u64;
    // SAFETY: reading FPCR has no effect.
    unsafe { core::arch::asm!("mrs {}, fpcr", out(reg) value, options(nomem, nostack)) };
    value
}

#[cfg(target_arch = "aarch64")]
fn set_control(value: u64) {
    // SAFETY: only the flush bit ever changes; what is computed under it differs in denormal
    // results alone, as intended.
    unsafe { core::arch::asm!("msr fpcr, {}", in(reg) value, options(nomem, nostack)) };
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const fn control() -> u64 {
    0
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const fn set_control(_: u64) {}
