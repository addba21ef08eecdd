//! C types as data: where the scalars of an object are, so that inputs can be made and outcomes compared.

/// A C type's position in the table of types.
pub type TypeId = usize;

/// A C type, with its size in bytes where the kind does not say it.
pub enum Type {
    Void,
    Bool,
    /// `text` is set for plain `char`.
    Int { size: usize, signed: bool, text: bool },
    Float { size: usize },
    /// A bit-field: `width` bits from bit `shift` of the bytes that it lies in.
    Bits { shift: u32, width: u32 },
    /// A union: bytes of no particular meaning.
    Opaque { size: usize },
    Pointer { to: TypeId },
    /// A pointer to one of these functions.
    Function { targets: &'static [Target] },
    Array { of: TypeId, count: usize },
    /// `pooled` is set where the translation has such objects in an arena, and ids in place of pointers to them.
    Record { size: usize, fields: &'static [Field], pooled: bool },
}

pub struct Field {
    pub name: &'static str,
    pub offset: usize,
    pub of: TypeId,
}

/// A function whose address is taken: its C symbol, and its number in the translation.
pub struct Target {
    pub name: &'static str,
    pub c: unsafe extern "C" fn(),
    pub number: u32,
}

/// All types of the functions that are compared.
#[derive(Clone, Copy)]
pub struct Types(pub &'static [Type]);

impl Types {
    pub fn get(self, id: TypeId) -> &'static Type {
        &self.0[id]
    }

    pub fn size(self, id: TypeId) -> usize {
        match *self.get(id) {
            Type::Void => 1,
            Type::Bool => 1,
            Type::Int { size, .. } | Type::Float { size } | Type::Opaque { size } | Type::Record { size, .. } => size,
            Type::Bits { shift, width } => (shift + width).div_ceil(8) as usize,
            Type::Pointer { .. } | Type::Function { .. } => 8,
            Type::Array { of, count } => count * self.size(of),
        }
    }

    /// Whether objects of the type lie in an arena of the translation.
    pub fn is_pooled(self, id: TypeId) -> bool {
        matches!(self.get(id), Type::Record { pooled: true, .. })
    }

    /// Calls `visit` with the offset and type of each scalar of an object, in order of offsets.
    pub fn scalars(self, id: TypeId, at: usize, visit: &mut impl FnMut(usize, TypeId)) {
        match *self.get(id) {
            Type::Void => {}
            Type::Array { of, count } => {
                let size = self.size(of);
                (0..count).for_each(|i| self.scalars(of, at + i * size, visit));
            }
            Type::Record { fields, .. } => {
                for field in fields {
                    self.scalars(field.of, at + field.offset, visit);
                }
            }
            _ => visit(at, id),
        }
    }

    /// The part of an object in which a scalar is, as C names it: `.left`, `[2].x`.
    pub fn path(self, of: TypeId, at: usize, scalar: TypeId) -> String {
        match *self.get(of) {
            Type::Array { of, .. } => {
                let size = self.size(of).max(1);
                format!("[{}]{}", at / size, self.path(of, at % size, scalar))
            }
            Type::Record { fields, .. } => {
                let is_in = |field: &&Field| (field.offset..field.offset + self.size(field.of)).contains(&at);
                let bits = |field: &&Field| !matches!(self.get(field.of), Type::Bits { .. }) || field.of == scalar;
                match fields.iter().filter(bits).find(is_in) {
                    Some(field) => format!(".{}{}", field.name, self.path(field.of, at - field.offset, scalar)),
                    None => String::new(),
                }
            }
            _ => String::new(),
        }
    }

    /// Whether an object's bytes may differ where its values do not: padding, NaNs, addresses.
    pub fn is_plain(self, id: TypeId) -> bool {
        match *self.get(id) {
            Type::Bool | Type::Int { .. } | Type::Opaque { .. } => true,
            Type::Array { of, .. } => self.is_plain(of),
            _ => false,
        }
    }

    /// Whether an object has pointers in it.
    pub fn has_pointers(self, id: TypeId) -> bool {
        let mut found = false;
        self.scalars(id, 0, &mut |_, scalar| {
            found |= matches!(self.get(scalar), Type::Pointer { .. } | Type::Function { .. });
        });
        found
    }
}
