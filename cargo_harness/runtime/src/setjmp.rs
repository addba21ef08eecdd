//! `setjmp.h`: a jump is an unwinding whose payload names the `setjmp` that it goes back to.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

use crate::{layout, Context, Memory, Ptr};

/// `jmp_buf` (an array of one of these): the number of the `setjmp` call that filled it. Only that is read and written, so
/// that the smaller buffers of `__builtin_setjmp` will do.
#[derive(Clone, Copy, Debug)]
pub struct JmpBuf {
    pub call: u64,
}

layout! { JmpBuf: 200, 8;
    CALL call: u64 = 0;
}

/// The payload of a jump.
struct Jump {
    call: u64,
    value: i32,
}

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
    /// The calls whose functions have not returned.
    static LIVE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Runs the part of a function that follows its `setjmp(env)`: `body` gets what `setjmp` returns, first 0, then the
/// value of each `longjmp` that comes back. Stack blocks made since end at the jump; heap and variables stay as they are.
#[track_caller]
pub fn catch<C: Context, R>(env: Ptr<JmpBuf>, mut body: impl FnMut(&mut C, i32) -> R, cx: &mut C) -> R {
    let call = CALLS.get() + 1;
    CALLS.set(call);
    let memory = cx.memory();
    memory.write(env.cast::<u64>(), call);
    let mark = memory.enter();
    let depth = LIVE.with_borrow_mut(|live| {
        live.push(call);
        live.len()
    });
    let mut value = 0;
    loop {
        let outcome = catch_unwind(AssertUnwindSafe(|| body(cx, value)));
        match outcome.map_err(|payload| landed(payload, call)) {
            Ok(result) => {
                LIVE.with_borrow_mut(|live| live.truncate(depth - 1));
                return result;
            }
            Err(Ok(jump)) => {
                LIVE.with_borrow_mut(|live| live.truncate(depth));
                cx.memory().leave(mark);
                value = jump.value;
            }
            Err(Err(payload)) => resume_unwind(payload),
        }
    }
}

/// The jump, if the payload is one to `call`; else the payload.
fn landed(payload: Box<dyn Any + Send>, call: u64) -> Result<Jump, Box<dyn Any + Send>> {
    match payload.downcast::<Jump>() {
        Ok(jump) if jump.call == call => Ok(*jump),
        Ok(jump) => Err(jump),
        Err(other) => Err(other),
    }
}

#[track_caller]
pub fn longjmp(env: Ptr<JmpBuf>, value: i32, mem: &Memory) -> ! {
    let call = mem.read(env.cast::<u64>());
    if !LIVE.with_borrow(|live| live.contains(&call)) {
        panic!("longjmp to a setjmp that was not called or whose function has returned");
    }
    resume_unwind(Box::new(Jump { call, value: if value == 0 { 1 } else { value } }))
}

#[track_caller]
pub fn _longjmp(env: Ptr<JmpBuf>, value: i32, mem: &Memory) -> ! {
    longjmp(env, value, mem)
}

#[track_caller]
pub fn siglongjmp(env: Ptr<JmpBuf>, value: i32, mem: &Memory) -> ! {
    longjmp(env, value, mem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_come_back_with_their_value() {
        let mut mem = Memory::new(0, &[]);
        let (outer, inner) = (mem.local(JmpBuf { call: 0 }), mem.local(JmpBuf { call: 0 }));
        let mut seen = Vec::new();
        let result = catch(
            outer,
            |mem, value| {
                seen.push(value);
                mem.local(5i32);
                match value {
                    0 => longjmp(outer, 0, mem),
                    1 => catch(inner, |mem, value| if value == 0 { longjmp(outer, 7, mem) } else { 0 }, mem),
                    _ => value + 1,
                }
            },
            &mut mem,
        );
        assert_eq!(result, 8);
        assert_eq!(seen, [0, 1, 7]);
    }

    #[test]
    fn other_panics_pass() {
        let mut mem = Memory::new(0, &[]);
        let env = mem.local(JmpBuf { call: 0 });
        let outcome = catch_unwind(AssertUnwindSafe(|| catch(env, |_, _| panic!("mine"), &mut mem)));
        assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"mine"));
    }

    #[test]
    #[should_panic(expected = "whose function has returned")]
    fn a_jump_to_a_function_that_returned_panics() {
        let mut mem = Memory::new(0, &[]);
        let env = mem.local(JmpBuf { call: 0 });
        catch(env, |_, _| (), &mut mem);
        longjmp(env, 1, &mem);
    }
}
