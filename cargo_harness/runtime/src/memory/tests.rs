use super::*;

#[test]
fn int_form_makes_a_round_trip() {
    for block in [0, 1, 2, 77, 1 << 31, HANDLES + 1, FUNCTIONS + 9, u32::MAX] {
        for offset in [0, 1, 15, 16, u32::MAX] {
            let p = Ptr::<u8>::new(block, offset);
            assert_eq!(Ptr::from_int(p.to_int()), p);
            assert_eq!(p.to_int() & 15, u64::from(offset & 15));
        }
    }
    assert_eq!(Ptr::<u8>::NULL.to_int(), 0);
    assert!(Ptr::<u8>::from_int(0).is_null());
}

#[test]
fn a_pointer_before_the_start_is_below_it() {
    let p = Ptr::<i32>::new(5, 0);
    assert!(p - 1 < p);
    assert_eq!(p - 1 - p, -1);
    assert_eq!(p - 1 + 1, p);
}

#[test]
#[should_panic(expected = "free or empty")]
fn a_freed_block_panics_on_read() {
    let mut mem = Memory::new(0, &[]);
    let p = mem.allocate(8).cast::<i32>();
    mem.write(p, 3);
    mem.release(p.cast());
    mem.read(p);
}

#[test]
#[should_panic(expected = "free of a block that is free")]
fn a_double_free_panics() {
    let mut mem = Memory::new(0, &[]);
    let p = mem.allocate(8);
    mem.release(p);
    mem.release(p);
}

#[test]
#[should_panic(expected = "write to a string literal")]
fn a_literal_is_read_only() {
    let mut mem = Memory::new(0, &[b"abc\0"]);
    assert_eq!(mem.read(Ptr::<u8>::literal(0) + 1), b'b');
    mem.write(Ptr::<u8>::literal(0), b'x');
}

#[test]
#[should_panic(expected = "write of 4 bytes at offset 8 of a block of 8 bytes")]
fn an_overflow_names_offset_and_size() {
    let mut mem = Memory::new(0, &[]);
    let p = mem.allocate(8).cast::<i32>();
    mem.write(p + 2, 1);
}

#[test]
fn bit_fields_keep_their_neighbours() {
    let mut mem = Memory::new(0, &[]);
    let p = mem.allocate(8).cast::<u64>();
    mem.write(p, u64::MAX);
    let field = BitField::<u64, i32>::new(0, 6, 5);
    mem.write_bits(p, field, 9);
    assert_eq!(mem.read_bits(p, field), 9);
    mem.write_bits(p, field, -3);
    assert_eq!(mem.read_bits(p, field), -3);
    assert_eq!(mem.read(p), !(0x1f << 6) | (0b11101 << 6));
}

#[test]
fn stack_blocks_end_at_the_mark() {
    let mut mem = Memory::new(0, &[]);
    let mark = mem.enter();
    let p = mem.local(7i32);
    assert_eq!(mem.read(p), 7);
    mem.leave(mark);
    assert_eq!(mem.heap_size(p.cast()), 0);
}

#[test]
fn copies_within_and_between_blocks() {
    let mut mem = Memory::new(0, &[b"hello\0"]);
    let a = mem.allocate(8).cast::<u8>();
    let b = mem.allocate(8).cast::<u8>();
    mem.copy(a, Ptr::<u8>::literal(0), 6);
    mem.copy(b, a, 6);
    mem.copy(b + 1, b, 5);
    assert_eq!(mem.c_str(a), b"hello");
    assert_eq!(mem.bytes(b, 6), b"hhello");
}

#[test]
fn literals_come_after_the_statics() {
    let mem = Memory::new(2, &[b"ab\0", b"c\0"]);
    assert_eq!(mem.c_str(Ptr::literal(2)), b"ab");
    assert_eq!(mem.c_str(Ptr::literal(3)), b"c");
}

#[test]
#[should_panic(expected = "write to a string literal")]
fn a_literal_cannot_be_written() {
    let mut mem = Memory::new(2, &[b"ab\0"]);
    mem.write(Ptr::<u8>::literal(2), 1);
}

#[test]
#[should_panic(expected = "write to a string literal")]
fn a_literal_cannot_be_copied_to() {
    let mut mem = Memory::new(0, &[&[0; 100]]);
    let from = mem.allocate(100);
    mem.copy(Ptr::<u8>::literal(0), from, 100);
}

#[test]
#[should_panic(expected = "pointer that malloc did not give")]
fn a_literal_cannot_be_freed() {
    let mut mem = Memory::new(0, &[b"ab\0"]);
    mem.release(Ptr::literal(0));
}

#[test]
fn blocks_out_of_the_pool_are_zero() {
    let mut mem = Memory::new(0, &[]);
    for size in [1, 8, 24, 256, 257] {
        let first = mem.allocate(size);
        mem.bytes_mut(first, size).fill(7);
        mem.release(first);
        let second = mem.allocate(size);
        assert_eq!(mem.bytes(second, size), vec![0; size as usize]);
        assert_ne!(second, first);
    }
}

#[test]
fn copies_overlap_as_memmove_does() {
    let mut mem = Memory::new(0, &[]);
    for size in [40, 400] {
        let p = mem.allocate(size + 8).cast::<u8>();
        let bytes: Vec<u8> = (0..size + 8).map(|i| i as u8).collect();
        mem.bytes_mut(p, size + 8).copy_from_slice(&bytes);
        mem.copy(p + 8, p, size);
        assert_eq!(mem.bytes(p + 8, size), &bytes[..size as usize]);
    }
}

#[test]
fn pointers_that_differ_have_a_difference() {
    let (p, q) = (Ptr::<u8>::new(5, 0), Ptr::<u8>::new(6, 0));
    assert_ne!(p - q, 0);
    assert_ne!(Ptr::NULL - p, 0);
}
