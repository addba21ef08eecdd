//! Sets of bytes: `%[...]`.

/// A set of bytes.
#[derive(Clone, Debug)]
pub(super) struct ByteSet([bool; 256]);

impl ByteSet {
    /// What `%s` takes.
    pub(super) fn non_spaces() -> Self {
        ByteSet(std::array::from_fn(|byte| !super::is_space(byte as u8)))
    }

    /// Reads a set, of which the `[` is read already, moving `rest` past its `]`; none where there is no end.
    pub(super) fn parse(rest: &mut &[u8]) -> Option<Self> {
        let negated = rest.first() == Some(&b'^');
        let text = if negated { &rest[1..] } else { &rest[..] };
        let mut members = [false; 256];
        let mut at = 0;
        // A bracket or a dash in front is a member.
        if let Some(&first @ (b']' | b'-')) = text.first() {
            members[usize::from(first)] = true;
            at = 1;
        }
        loop {
            let byte = *text.get(at)?;
            at += 1;
            match (byte, text.get(at)) {
                (b']', _) => break,
                (b'-', Some(&last)) if last != b']' && at >= 2 && text[at - 2] <= last => {
                    members[usize::from(text[at - 2])..usize::from(last)].fill(true);
                }
                _ => members[usize::from(byte)] = true,
            }
        }
        *rest = &text[at..];
        Some(ByteSet(members.map(|member| member != negated)))
    }

    #[inline]
    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}
