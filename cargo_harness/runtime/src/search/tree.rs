//! Binary trees: red-black ones, balanced on the way down by `tsearch` and on the way up by `tdelete`, as glibc's are, so
//! that `twalk` gives the same depths. A node starts with its key, which is what the program may look at.

use crate::{layout, Context, Memory, Pod, Ptr, Void};

#[derive(Clone, Copy, Debug)]
struct Node {
    key: Ptr<Void>,
    left: Ptr<Node>,
    right: Ptr<Node>,
    red: bool,
}

layout! { Node: 32, 8;
    KEY key: Ptr<Void> = 0;
    LEFT left: Ptr<Node> = 8;
    RIGHT right: Ptr<Node> = 16;
    RED red: bool = 24;
}

/// Where a pointer to a node is.
type Link = Ptr<Ptr<Node>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}
use Side::{Left, Right};

impl Side {
    /// The side on which a key lies that compares so to the node's.
    fn of(order: i32) -> Side {
        if order < 0 {
            Left
        } else {
            Right
        }
    }

    fn other(self) -> Side {
        match self {
            Left => Right,
            Right => Left,
        }
    }
}

fn link(node: Ptr<Node>, side: Side) -> Link {
    match side {
        Left => node.at(Node::LEFT),
        Right => node.at(Node::RIGHT),
    }
}

#[track_caller]
fn child(node: Ptr<Node>, side: Side, mem: &Memory) -> Ptr<Node> {
    mem.read(link(node, side))
}

#[track_caller]
fn is_red(node: Ptr<Node>, mem: &Memory) -> bool {
    !node.is_null() && mem.read(node).red
}

#[track_caller]
fn paint(node: Ptr<Node>, red: bool, mem: &mut Memory) {
    if !node.is_null() {
        mem.write(node.at(Node::RED), red);
    }
}

/// Turns the node at `top` down to `side`; its other child takes its place.
#[track_caller]
fn rotate(top: Link, side: Side, mem: &mut Memory) -> Ptr<Node> {
    let old = mem.read(top);
    let new = child(old, side.other(), mem);
    mem.write(link(old, side.other()), child(new, side, mem));
    mem.write(link(new, side), old);
    mem.write(top, new);
    new
}

/// The way to a node: the links to it, its parent and its grandparent, and the sides that were taken there.
#[derive(Clone, Copy)]
struct Way {
    node: Link,
    parent: Option<(Link, Side)>,
    grandparent: Option<(Link, Side)>,
}

impl Way {
    /// Makes the node red and its children black where both are red, or where it is new; two reds in a row are turned.
    #[track_caller]
    fn split(self, is_new: bool, mem: &mut Memory) {
        let node = mem.read(self.node);
        let (left, right) = (child(node, Left, mem), child(node, Right, mem));
        let is_full = is_red(left, mem) && is_red(right, mem);
        if !is_new && !is_full {
            return;
        }
        paint(node, true, mem);
        paint(left, false, mem);
        paint(right, false, mem);
        let (Some((parent, side)), Some((grandparent, parent_side))) = (self.parent, self.grandparent) else {
            return;
        };
        if !is_red(mem.read(parent), mem) {
            return;
        }
        if side != parent_side {
            rotate(parent, parent_side, mem);
        }
        paint(mem.read(grandparent), true, mem);
        let top = rotate(grandparent, parent_side.other(), mem);
        paint(top, false, mem);
    }
}

/// The node with a key that compares equal; a missing one is entered.
#[track_caller]
pub fn tsearch<C: Context>(
    key: Ptr<Void>,
    rootp: Ptr<Ptr<Void>>,
    mut compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) -> Ptr<Void> {
    if rootp.is_null() {
        return Ptr::NULL;
    }
    let mut way = Way { node: rootp.cast(), parent: None, grandparent: None };
    let root = cx.memory().read(way.node);
    paint(root, false, cx.memory());
    if root.is_null() {
        return enter(way, key, cx.memory());
    }
    loop {
        let node = cx.memory().read(way.node);
        let node_key = cx.memory().read(node).key;
        let order = compare(cx, key, node_key);
        if order == 0 {
            return node.cast();
        }
        way.split(false, cx.memory());
        let side = Side::of(order);
        way = Way { node: link(node, side), parent: Some((way.node, side)), grandparent: way.parent };
        if cx.memory().read(way.node).is_null() {
            return enter(way, key, cx.memory());
        }
    }
}

/// Enters a new node where the way ends.
#[track_caller]
fn enter(way: Way, key: Ptr<Void>, mem: &mut Memory) -> Ptr<Void> {
    let node = mem.allocate(Node::SIZE as u64).cast();
    mem.write(node, Node { key, left: Ptr::NULL, right: Ptr::NULL, red: true });
    mem.write(way.node, node);
    if way.parent.is_some() {
        way.split(true, mem);
    }
    node.cast()
}

/// The node with a key that compares equal, or null.
#[track_caller]
pub fn tfind<C: Context>(
    key: Ptr<Void>,
    rootp: Ptr<Ptr<Void>>,
    mut compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) -> Ptr<Void> {
    let mut at: Link = rootp.cast();
    while !at.is_null() {
        let node = cx.memory().read(at);
        if node.is_null() {
            break;
        }
        let node_key = cx.memory().read(node).key;
        match compare(cx, key, node_key) {
            0 => return node.cast(),
            order => at = link(node, Side::of(order)),
        }
    }
    Ptr::NULL
}

/// Removes the node with a key that compares equal. Gives its parent, the root itself for the root, null where there is
/// no such node.
#[track_caller]
pub fn tdelete<C: Context>(
    key: Ptr<Void>,
    rootp: Ptr<Ptr<Void>>,
    mut compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) -> Ptr<Void> {
    if rootp.is_null() {
        return Ptr::NULL;
    }
    let mut at: Link = rootp.cast();
    let mut above = Vec::new();
    let mut parent = cx.memory().read(at);
    loop {
        let node = cx.memory().read(at);
        if node.is_null() {
            return Ptr::NULL;
        }
        let node_key = cx.memory().read(node).key;
        match compare(cx, key, node_key) {
            0 => break,
            order => {
                above.push(at);
                parent = node;
                at = link(node, Side::of(order));
            }
        }
    }
    unlink(at, above, cx.memory());
    parent.cast()
}

/// Removes the node at `at`, below the nodes at `above`: one with two children takes the key of its successor, which
/// goes in its place.
#[track_caller]
fn unlink(at: Link, mut above: Vec<Link>, mem: &mut Memory) {
    let node = mem.read(at);
    let mut gone_at = at;
    if !child(node, Left, mem).is_null() && !child(node, Right, mem).is_null() {
        above.push(at);
        gone_at = link(node, Right);
        while !child(mem.read(gone_at), Left, mem).is_null() {
            above.push(gone_at);
            gone_at = link(mem.read(gone_at), Left);
        }
    }
    let gone = mem.read(gone_at);
    let left = child(gone, Left, mem);
    let heir = if left.is_null() { child(gone, Right, mem) } else { left };
    mem.write(gone_at, heir);
    let Node { key, red, .. } = mem.read(gone);
    mem.write(node.at(Node::KEY), key);
    if !red {
        rebalance(heir, gone_at, above, mem);
    }
    mem.release(gone.cast());
}

/// Makes up for a black node that is missing on the paths through `short`, which hangs at `at`.
#[track_caller]
fn rebalance(mut short: Ptr<Node>, mut at: Link, mut above: Vec<Link>, mem: &mut Memory) {
    while !is_red(short, mem) {
        let Some(mut top) = above.pop() else {
            break;
        };
        let parent = mem.read(top);
        let side = if at == link(parent, Left) { Left } else { Right };
        let mut sibling = child(parent, side.other(), mem);
        if is_red(sibling, mem) {
            paint(sibling, false, mem);
            paint(parent, true, mem);
            rotate(top, side, mem);
            above.push(top);
            top = link(sibling, side);
            sibling = child(parent, side.other(), mem);
        }
        let (near, far) = (child(sibling, side, mem), child(sibling, side.other(), mem));
        if !is_red(near, mem) && !is_red(far, mem) {
            paint(sibling, true, mem);
            (short, at) = (parent, top);
            continue;
        }
        if !is_red(far, mem) {
            rotate(link(parent, side.other()), side.other(), mem);
        } else {
            paint(far, false, mem);
        }
        let colour = is_red(parent, mem);
        let new_top = rotate(top, side, mem);
        paint(new_top, colour, mem);
        paint(parent, false, mem);
        return;
    }
    paint(short, false, mem);
}

/// What `twalk` says of a visit: C's `VISIT`.
const PREORDER: u32 = 0;
const POSTORDER: u32 = 1;
const ENDORDER: u32 = 2;
const LEAF: u32 = 3;

/// Visits the nodes in order: a leaf once, any other before, between and after its children.
#[track_caller]
pub fn twalk<C: Context>(root: Ptr<Void>, mut action: impl FnMut(&mut C, Ptr<Void>, u32, i32), cx: &mut C) {
    if !root.is_null() {
        walk(root.cast(), 0, &mut action, cx);
    }
}

/// As [`twalk`], with a value for the visits instead of the depth.
#[track_caller]
pub fn twalk_r<C: Context>(
    root: Ptr<Void>,
    mut action: impl FnMut(&mut C, Ptr<Void>, u32, Ptr<Void>),
    closure: Ptr<Void>,
    cx: &mut C,
) {
    if !root.is_null() {
        walk(root.cast(), 0, &mut |cx: &mut C, node, which, _| action(cx, node, which, closure), cx);
    }
}

#[track_caller]
fn walk<C: Context>(node: Ptr<Node>, depth: i32, action: &mut impl FnMut(&mut C, Ptr<Void>, u32, i32), cx: &mut C) {
    let [left, right] = [Left, Right].map(|side| child(node, side, cx.memory()));
    if left.is_null() && right.is_null() {
        return action(cx, node.cast(), LEAF, depth);
    }
    action(cx, node.cast(), PREORDER, depth);
    let left = child(node, Left, cx.memory());
    if !left.is_null() {
        walk(left, depth + 1, action, cx);
    }
    action(cx, node.cast(), POSTORDER, depth);
    let right = child(node, Right, cx.memory());
    if !right.is_null() {
        walk(right, depth + 1, action, cx);
    }
    action(cx, node.cast(), ENDORDER, depth);
}

/// Frees the tree, after `free_node` of each key.
#[track_caller]
pub fn tdestroy<C: Context>(root: Ptr<Void>, mut free_node: impl FnMut(&mut C, Ptr<Void>), cx: &mut C) {
    if !root.is_null() {
        destroy(root.cast(), &mut free_node, cx);
    }
}

#[track_caller]
fn destroy<C: Context>(node: Ptr<Node>, free_node: &mut impl FnMut(&mut C, Ptr<Void>), cx: &mut C) {
    for side in [Left, Right] {
        let below = child(node, side, cx.memory());
        if !below.is_null() {
            destroy(below, free_node, cx);
        }
    }
    let key = cx.memory().read(node).key;
    free_node(cx, key);
    cx.memory().release(node.cast());
}
