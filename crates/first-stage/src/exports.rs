//! What the page calls.
#![expect(
    unsafe_code,
    reason = "JavaScript writes into memory and reads from it by its addresses; there is one thread, and no call within a call"
)]

use login_decision::pending_login::RANDOM_BYTES;
use login_decision::{Buffer, INTERFACE};

/// Bytes of the input, of the output, and of what is needed between them.
const SIZE: usize = 1 << 16;

static mut INPUT: [u8; SIZE] = [0; SIZE];
static mut OUTPUT: [u8; SIZE] = [0; SIZE];
static mut SCRATCH: [u8; SIZE] = [0; SIZE];
static mut RANDOM: [u8; RANDOM_BYTES] = [0; RANDOM_BYTES];

#[unsafe(no_mangle)]
extern "C" fn version() -> u32 {
    INTERFACE
}

#[unsafe(no_mangle)]
extern "C" fn size() -> usize {
    SIZE
}

#[unsafe(no_mangle)]
extern "C" fn input() -> *mut u8 {
    (&raw mut INPUT).cast()
}

#[unsafe(no_mangle)]
extern "C" fn output() -> *const u8 {
    (&raw const OUTPUT).cast()
}

#[unsafe(no_mangle)]
extern "C" fn random() -> *mut u8 {
    (&raw mut RANDOM).cast()
}

#[unsafe(no_mangle)]
extern "C" fn arrive(length: usize) -> usize {
    // SAFETY: nobody else has a reference to these, see above.
    let (input, output) = unsafe { (&*(&raw const INPUT), &mut *(&raw mut OUTPUT)) };
    let mut out = Buffer::new(&mut output[..]);
    let answer = input.get(..length);
    let answer = answer.and_then(|input| crate::arrive(input, &mut out));
    answer.map_or(0, |()| out.whole_length())
}

#[unsafe(no_mangle)]
extern "C" fn enter(length: usize) -> usize {
    // SAFETY: as above.
    let (input, output) = unsafe { (&*(&raw const INPUT), &mut *(&raw mut OUTPUT)) };
    // SAFETY: as above.
    let (scratch, random) = unsafe { (&mut *(&raw mut SCRATCH), &mut *(&raw mut RANDOM)) };
    let (mut out, mut scratch) = (Buffer::new(&mut output[..]), Buffer::new(&mut scratch[..]));
    // Nobody has filled them, or a login has used them up.
    if random.first_chunk() == Some(&[0; 8]) {
        return 0;
    }
    let answer = input.get(..length);
    let answer = answer.and_then(|input| crate::enter(input, random, &mut scratch, &mut out));
    if let Some(start) = random.first_chunk_mut() {
        *start = [0; 8];
    }
    answer.map_or(0, |()| out.whole_length())
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
