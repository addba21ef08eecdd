use super::*;

fn memory(texts: &[&str]) -> (Memory, Vec<Ptr<u8>>) {
    let mut mem = Memory::new(0, &[]);
    let strings = texts.iter().map(|text| new_string(text.as_bytes(), &mut mem)).collect();
    (mem, strings)
}

#[test]
fn lengths_and_copies() {
    let (mut mem, s) = memory(&["hello", ", world"]);
    let buf = mem.allocate(32).cast::<u8>();
    assert_eq!(strcpy(buf, s[0], &mut mem), buf);
    strcat(buf, s[1], &mut mem);
    assert_eq!(mem.c_str(buf), b"hello, world");
    strncat(buf, s[0], 2, &mut mem);
    assert_eq!(mem.c_str(buf), b"hello, worldhe");
    assert_eq!(strnlen(buf, 3, &mem), 3);
    assert_eq!(strncpy(buf, s[0], 8, &mut mem), buf);
    assert_eq!(mem.bytes(buf, 9), b"hello\0\0\0o");
    assert_eq!(stpcpy(buf, s[0], &mut mem) - buf, 5);
}

#[test]
fn comparisons_at_every_length() {
    for len in 0..40 {
        let text = "x".repeat(len);
        let (mem, s) = memory(&[&text, &format!("{text}a"), &format!("{text}\u{e9}"), &text]);
        assert_eq!(strcmp(s[0], s[3], &mem), 0);
        assert_eq!(strcmp(s[0], s[1], &mem), -97);
        assert_eq!(strcmp(s[2], s[1], &mem), 0xc3 - 97);
        assert_eq!(strncmp(s[2], s[1], len as u64, &mem), 0);
        assert_eq!(memcmp(s[2].cast(), s[1].cast(), len as u64 + 1, &mem), 0xc3 - 97);
    }
}

#[test]
#[should_panic(expected = "read of 1 bytes at offset 3 of a block of 3 bytes")]
fn a_missing_nul_panics() {
    let mut mem = Memory::new(0, &[b"abc\0"]);
    let p = mem.allocate(3).cast::<u8>();
    mem.copy(p, Ptr::<u8>::literal(0), 3);
    strcmp(p, Ptr::literal(0), &mem);
}

#[test]
fn searches() {
    let (mem, s) = memory(&["the quick brown fox jumps over the lazy dog and another the end", "the lazy", "QUICK"]);
    assert_eq!(strstr(s[0], s[1], &mem) - s[0], 31);
    assert_eq!(strcasestr(s[0], s[2], &mem) - s[0], 4);
    assert_eq!(strstr(s[0], s[2], &mem), Ptr::NULL);
    assert_eq!(strchr(s[0], 'z' as i32, &mem) - s[0], 37);
    assert_eq!(strrchr(s[0], 't' as i32, &mem) - s[0], 56);
    assert_eq!(strchr(s[0], 0, &mem) - s[0], 63);
    assert_eq!(strchr(s[0], '!' as i32, &mem), Ptr::NULL);
    let long = "ab".repeat(40) + "ac";
    assert_eq!(find(("ab".repeat(100) + "ac").as_bytes(), long.as_bytes()), Some(120));
}

#[test]
fn bytes_are_found_at_every_place() {
    for len in 0..200 {
        for at in 0..len {
            let mut bytes = vec![1; len];
            bytes[at] = 0;
            assert_eq!(crate::memory::find_byte(&bytes, 0), Some(at));
        }
        assert_eq!(crate::memory::find_byte(&vec![1; len], 0), None);
    }
}

#[test]
fn tokens() {
    let (mut mem, s) = memory(&["  a bc  d", " ", "x,,y", ","]);
    let mut token = strtok(s[0], s[1], &mut mem);
    let mut all = Vec::new();
    while !token.is_null() {
        all.push(String::from_utf8(mem.c_str(token).to_vec()).unwrap());
        token = strtok(Ptr::NULL, s[1], &mut mem);
    }
    assert_eq!(all, ["a", "bc", "d"]);
    let place = mem.local(s[2]);
    let mut fields = Vec::new();
    loop {
        let field = strsep(place, s[3], &mut mem);
        if field.is_null() {
            break;
        }
        fields.push(mem.c_str(field).to_vec());
    }
    assert_eq!(fields, [&b"x"[..], b"", b"y"]);
}

#[test]
fn versions() {
    let order = ["000", "00", "01", "010", "09", "0", "1", "9", "10"];
    for pair in order.windows(2) {
        let (mem, s) = memory(pair);
        assert!(strverscmp(s[0], s[1], &mem) < 0, "{pair:?}");
        assert!(strverscmp(s[1], s[0], &mem) > 0, "{pair:?}");
    }
}

#[test]
fn messages() {
    let (mut mem, _) = memory(&[]);
    let text = strerror(2, &mut mem);
    assert_eq!(mem.c_str(text), b"No such file or directory");
    let text = strerror(-5, &mut mem);
    assert_eq!(mem.c_str(text), b"Unknown error -5");
    let text = strsignal(11, &mut mem);
    assert_eq!(mem.c_str(text), b"Segmentation fault");
}
