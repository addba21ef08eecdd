"""Scenes about structs in arrays, structs that hold pointers into arrays, and buffers that change their roles."""

from __future__ import annotations

from random import Random

from pointer_programs.expressions import test_of


def records(random: Random) -> tuple[str, str]:
    """An array of structs, walked by a pointer, with structs in structs passed by their address."""
    text = f"""
struct point {{
    int16_t x, y;
}};

struct record {{
    struct point at;
    unsigned weight;
    struct point path[2];
}};

static void move(struct point *p, int dx, const struct point *by)
{{
    p->x += dx + by->x / {random.randint(2, 5)};
    p->y {random.choice("+-")}= by->y;
}}

static struct record *heaviest(struct record *first, struct record *end)
{{
    struct record *best = first;
    for (struct record *r = first; r < end; r++)
        if (r->weight {random.choice(("<", ">", "<="))} best->weight)
            best = r;
    return best;
}}

static unsigned records(unsigned n)
{{
    struct record all[6] = {{{{{{1, 2}}, 3, {{{{4, 5}}, {{6, 7}}}}}}}};
    unsigned sum = 0;
    for (unsigned i = 0; i < n; i++) {{
        struct record *r = &all[i % 6], *other = &all[(i * {random.randint(2, 5)} + 1) % 6];
        r->weight = r->weight * 3 + i;
        move(&r->at, (int)(i % 9), &other->{random.choice(("at", "path[0]", "path[1]"))});
        move(&r->path[i & 1], -2, {random.choice(("&r->at", "&r->path[0]", "other->path"))});
        if ({test_of(random, "r->weight")})
            *other = *r;
    }}
    struct record *best = heaviest(all + 1, all + 6), kept = *best;
    *best = all[0];
    all[0] = kept;
    for (const struct record *r = all; r != all + 6; r++)
        sum = sum * 31 + r->weight + (unsigned)(r->at.x * 7 ^ r->at.y) + (unsigned)(r->path[0].x - r->path[1].y);
    return sum + (unsigned)(best - all);
}}"""
    return "records", text


def views(random: Random) -> tuple[str, str]:
    """A struct that holds where a buffer goes on and ends; taken by value, by address, and returned."""
    element = random.choice(("uint8_t", "unsigned", "int16_t"))
    text = f"""
struct view {{
    {element} *at, *end;
}};

static struct view first_part(struct view v, unsigned n)
{{
    struct view part = {{v.at, v.end - v.at < (long)n ? v.end : v.at + n}};
    return part;
}}

static int next_item(struct view *v, unsigned *item)
{{
    if (v->at == v->end)
        return 0;
    *item = (unsigned)*v->at;
    v->at++;
    return 1;
}}

static void put_item(struct view *v, unsigned item)
{{
    if (v->at < v->end)
        *v->at++ = ({element})item;
}}

static unsigned views(unsigned n)
{{
    {element} buffer[40] = {{3, 1, 4, 1, 5}};
    struct view whole = {{buffer, buffer + 40}}, out = whole, in = first_part(whole, n % 40);
    unsigned item = 0, sum = 0;
    {random.choice(("out.at++;", "out.end -= 2;", "in.at = buffer + n % 2 * (in.end - in.at);"))}
    while (next_item(&in, &item)) {{
        put_item(&out, item * {random.randint(2, 9)} + 1);
        if ({test_of(random, "item")})
            put_item(&out, (unsigned)(in.end - in.at));
    }}
    for (in = first_part(whole, {random.randint(5, 45)}); next_item(&in, &item);)
        sum = sum * 31 + item;
    return sum + (unsigned)(out.at - buffer);
}}"""
    return "views", text


def buffers(random: Random) -> tuple[str, str]:
    """Two buffers take turns as source and target; a third is a static one that a function hands out."""
    length = random.randint(4, 12)
    text = f"""
static unsigned *scratch(void)
{{
    static unsigned space[{length}], used;
    space[used++ % {length}] += {random.randint(1, 9)};
    return space;
}}

static void smooth(unsigned *to, const unsigned *from, int n)
{{
    to[0] = from[0];
    for (int i = 1; i < n - 1; i++)
        to[i] = from[i - 1] + from[i] * {random.randint(2, 7)} + from[i + 1];
    to[n - 1] = from[n - 1];
}}

static unsigned buffers(unsigned n)
{{
    unsigned a[{length}] = {{n, 1}}, b[{length}] = {{0}}, *now = a, *next = b, sum = 0;
    for (unsigned round = 0; round < n % 7 + {random.randint(0, 2)}; round++) {{
        smooth(next, now, {length});
        unsigned *kept = now;
        now = next;
        next = {random.choice(("kept", "round == 2 ? scratch() : kept", "kept"))};
    }}
    smooth(scratch(), {random.choice(("now", "next", "scratch()"))}, {length});
    smooth(now, now, {random.randint(3, length)});
    const unsigned *third = scratch();
    for (int i = 0; i < {length}; i++)
        sum = sum * 31 + (a[i] ^ b[i]) + third[i];
    return sum;
}}"""
    return "buffers", text
