"""Scenes about structs with buffers that are allocated, handed over and freed, and about positions in several buffers."""

from __future__ import annotations

from random import Random

from pointer_programs.expressions import test_of
from pointer_programs.scene_steps import steps_of, without_unused

_HOLDER_STEPS = (
    "push(&a, n % 90);",
    "push(&b, (unsigned)a.length);",
    "push_all(&a, b.data, b.length);",
    "push_all(&b, some, 1 + n % 4);",
    "hand_over(&a, &b);",
    "exchange(&a, &b);",
    "sum = sum * 3 + total(&a) + total(&both.right);",
    "sum ^= total(n % 2 ? &a : &b);",
    "drop(&b);",
    "drop(&both.left);",
    "c = copy_of(&a);\n    push(&c, 3);\n    sum = sum * 5 + total(&c);\n    drop(&c);",
    "if (a.length > 1)\n        a.data[n % a.length] ^= 5;",
    "for (size_t i = 0; i < both.right.length; i++)\n        sum = sum * 7 + both.right.data[i];",
)
_WILD_HOLDER_STEPS = (
    "exchange(&a, &both.left);",
    "hand_over(&both.right, &a);",
    "taken = release(&a);\n    if (taken)\n        sum += taken[0];\n    free(taken);",
    "p = last_of(&a);\n    if (p)\n        *p += 7;",
    "make(&d, 1 + n % 5);\n    sum += d->data[0];\n    discard(d);",
)


def holders(random: Random) -> tuple[str, str]:
    """A struct that owns a buffer: it grows, changes its owner, is copied, released and freed."""
    element = random.choice(("unsigned", "uint16_t", "uint64_t"))
    text = f"""
struct holder {{
    {element} *data;
    size_t length, room;
}};

struct pair {{
    struct holder left, right;
    unsigned id;
}};

static void push(struct holder *h, unsigned value)
{{
    if (h->length == h->room) {{
        h->room = h->room * 2 + {random.randint(1, 3)};
        h->data = realloc(h->data, h->room * sizeof *h->data);
    }}
    h->data[h->length++] = ({element})value;
}}

static void push_all(struct holder *h, const {element} *from, size_t n)
{{
    for (size_t i = 0; i < n && h->length < 40; i++)
        push(h, (unsigned)from[i] + {random.randint(0, 9)});
}}

static void drop(struct holder *h)
{{
    free(h->data);
    h->data = NULL;
    h->length = h->room = 0;
}}

static void hand_over(struct holder *to, struct holder *from)
{{
    free(to->data);
    *to = *from;
    from->data = NULL;
    from->length = from->room = 0;
}}

static void exchange(struct holder *a, struct holder *b)
{{
    struct holder kept = *a;
    *a = *b;
    *b = kept;
}}

static {element} *release(struct holder *h)
{{
    {element} *data = h->data;
    h->data = NULL;
    {random.choice(("h->length = h->room = 0;", "h->room = 0;"))}
    h->length = 0;
    return data;
}}

static struct holder copy_of(const struct holder *h)
{{
    struct holder copy = {{NULL, h->length, h->length}};
    if (h->length) {{
        copy.data = malloc(h->length * sizeof *copy.data);
        memcpy(copy.data, h->data, h->length * sizeof *copy.data);
    }}
    return copy;
}}

static unsigned total(const struct holder *h)
{{
    unsigned sum = {random.randint(0, 9)};
    for (const {element} *p = h->data, *end = p + h->length; p < end; p++)
        sum = sum * 31 + (unsigned)*p;
    return sum;
}}

static {element} *last_of(struct holder *h)
{{
    return h->length ? h->data + h->length - 1 : NULL;
}}

static void make(struct holder **made, size_t room)
{{
    struct holder *h = malloc(sizeof *h);
    h->data = calloc(room, sizeof *h->data);
    h->length = 0;
    h->room = room;
    *made = h;
}}

static void discard(struct holder *h)
{{
    free(h->data);
    free(h);
}}

static unsigned holders(unsigned n)
{{
    static const {element} some[4] = {{9, 8, 7, {random.randint(0, 99)}}};
    struct holder a = {{NULL, 0, 0}}, b = a, c = a, *d = NULL;
    struct pair both = {{a, b, n}};
    {element} *taken = NULL, *p = NULL;
    unsigned sum = n;
{steps_of(random, _HOLDER_STEPS, _WILD_HOLDER_STEPS)}
    sum = sum * 31 + total(&a) + total(&b) + total(&both.left) + (unsigned)both.right.length;
    drop(&a);
    drop(&b);
    drop(&both.left);
    drop(&both.right);
    return sum;
}}"""
    return "holders", without_unused(text, ("push_all", "hand_over", "exchange", "release", "copy_of", "last_of", "make", "discard"))


_POSITION_STEPS = (
    "mixed[n % 6] = two + n % 5;",
    "mixed[n % 6] = first[n % 3];",
    "mixed[(n + 1) % 6] = mixed[n % 6];",
    "sum = sum * 3 + shorter(mixed[n % 6], first[0]);",
    "p = longest(first, 3);\n    sum = sum * 5 + (unsigned)(p - one);",
    "p = longest(second, 2);\n    *p = '%';",
    "order(first, 3);",
    "order(second, 2);",
    "swap_places(&first[0], &first[n % 3]);",
    "swap_places(&second[0], &second[1]);",
    "if (*first[n % 3])\n        first[n % 3]++;",
    "sum = sum * 7 + (unsigned char)*first[n % 3] + (unsigned char)second[n % 2][0];",
    "one[n % 4] = 'a' + (char)(n % 26);",
    "ends[0] = one + strlen(one);\n    ends[1] = two + strlen(two);\n    sum += (unsigned)(ends[0] - one) * (unsigned)(ends[1] - two);",
)


def several_buffers(random: Random) -> tuple[str, str]:
    """Arrays of pointers into two buffers, cut at separators, sorted and exchanged."""
    texts = random.sample(("red;green;blue;grey", "one;;three", "a;b;c;d;e", "north;south", "x;yy;zzz;w"), 2)
    text = f"""
static unsigned cut_part(char *text, char **starts, unsigned room)
{{
    unsigned count = 0;
    char *p = text;
    while (count < room) {{
        starts[count++] = p;
        while (*p && *p != ';')
            p++;
        if (*p)
            *p++ = '\\0';
    }}
    return count;
}}

static unsigned shorter(const char *a, const char *b)
{{
    while (*a && *b {random.choice(("", "&& *a == *b", "&& *a != *b"))})
        a++, b++;
    return (unsigned)(*b - *a);
}}

static char *longest(char **starts, int n)
{{
    char *best = starts[0];
    for (char **p = starts + 1; p < starts + n; p++)
        if (strlen(*p) {random.choice("<>")} strlen(best))
            best = *p;
    return best;
}}

static void order(char **starts, int n)
{{
    for (int i = 1; i < n; i++) {{
        char *held = starts[i];
        int k = i;
        for (; k > 0 && strcmp(starts[k - 1], held) > 0; k--)
            starts[k] = starts[k - 1];
        starts[k] = held;
    }}
}}

static void swap_places(char **a, char **b)
{{
    char *kept = *a;
    *a = *b;
    *b = kept;
}}

static unsigned several_buffers(unsigned n)
{{
    char one[24] = "{texts[0]}", two[24] = "{texts[1]}", *first[3], *second[2], *mixed[6], *ends[2], *p = one;
    unsigned sum = cut_part(one, first, 3) * 16 + cut_part(two, second, 2);
    for (int i = 0; i < 6; i++)
        mixed[i] = {test_of(random, "(unsigned)i")} ? one : {random.choice(("two + 1", "second[1]", "one + 2"))};
    ends[0] = ends[1] = one;
{steps_of(random, _POSITION_STEPS)}
    for (int i = 0; i < 6; i++)
        sum = sum * 31 + (unsigned char)mixed[i][0];
    for (int i = 0; i < 3; i++)
        for (const char *c = first[i]; *c; c++)
            sum = sum * 31 + (unsigned char)*c;
    printf("%s %s\\n", second[0], second[1]);
    return sum + (p != NULL) + (ends[0] == ends[1]);
}}"""
    return "several_buffers", without_unused(text, ("shorter", "longest", "order", "swap_places"))
