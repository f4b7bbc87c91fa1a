//! The RAM as such: variables at its bottom, the stack from its top downwards.

use core::mem::size_of;
use core::ptr;

use cortex_m::register::msp;

/// Bytes of RAM.
pub(crate) const RAM_BYTES: u32 = 16 * 1024;

const START: usize = 0x2000_0000;
const END: usize = START + RAM_BYTES as usize;

/// What the start-up code (`cortex-m-rt`, feature `paint-stack`) fills the stack's room with before `main`.
const PAINT: u32 = 0xcccc_cccc;

/// Bytes of variables with a fixed place.
pub(crate) fn static_bytes() -> u32 {
    bytes(stack_limit() - START)
}

/// Bytes between the variables and the deepest the stack has been.
pub(crate) fn untouched_bytes() -> u32 {
    let words = (stack_limit()..END).step_by(size_of::<u32>());
    bytes(words.take_while(|&address| is_painted(address)).count() * size_of::<u32>())
}

/// Whether the stack has reached the variables below it.
pub(crate) fn stack_has_overflowed() -> bool {
    !is_painted(stack_limit())
}

/// Writes two patterns to each word of RAM below the stack that is in use, and puts back what was there.
#[inline(never)]
pub(crate) fn keeps_patterns() -> bool {
    // Room for what this function calls, and an interrupt, put on the stack.
    let end = msp::read() as usize - 256;
    (START..end).step_by(size_of::<u32>()).all(|address| {
        let word = ptr::with_exposed_provenance_mut::<u32>(address);
        critical_section::with(|_| {
            // SAFETY: a word of RAM. Interrupts are masked and the old value is put back before anything else
            // can look at it; the stack in use lies above `end`.
            unsafe {
                let before = word.read_volatile();
                let kept = [0x5555_aaaa, 0xaaaa_5555].into_iter().all(|pattern| {
                    word.write_volatile(pattern);
                    word.read_volatile() == pattern
                });
                word.write_volatile(before);
                kept && word.read_volatile() == before
            }
        })
    })
}

fn is_painted(address: usize) -> bool {
    // SAFETY: a word of RAM, which is always readable; volatile, because it is the stack's.
    let word = unsafe { ptr::with_exposed_provenance::<u32>(address).read_volatile() };
    word == PAINT
}

/// Where the variables end, and the stack must.
fn stack_limit() -> usize {
    cortex_m_rt::heap_start().addr()
}

#[expect(clippy::cast_possible_truncation, reason = "nothing in RAM is larger than RAM")]
fn bytes(count: usize) -> u32 {
    count as u32
}
