"""Scenes about what calls are given: references that may be null, structs in structs, tables of functions, tokens of a text."""

from __future__ import annotations

from random import Random

from pointer_programs.expressions import test_of
from pointer_programs.scene_steps import steps_of, without_unused

_OPTIONAL_STEPS = (
    "sum += scan(a, 8, NULL, NULL, NULL);",
    "sum ^= scan(a, 8, &l, &passed, NULL);",
    "sum += scan(b, 4, n % 2 ? &l : NULL, NULL, &last);",
    "sum ^= scan(a, 8, NULL, &passed, &a[n % 8]);",
    "sum = sum * 3 + clamp_all(a, 8, &l, n % 3 ? &last : NULL);",
    "sum = sum * 3 + clamp_all(b, 4, NULL, &last);",
    "sum ^= first_of(a, n % 2 ? b : NULL);",
    "sum ^= first_of(NULL, n % 2 ? NULL : b + 1);",
    "where = chosen(a, n);\n    sum = sum * 5 + (where ? *where : 9);",
    "where = chosen(a, n);\n    if (where)\n        sum += (unsigned)(where - a);",
    "reset(n % 2 ? &l : NULL);",
    "reset(&l);\n    l.high = 60;",
    "sum += scan(a, 4, n % 3 ? &l : NULL, NULL, n % 5 ? &last : NULL);",
    "a[n % 8] = n % 70;",
)
_WILD_OPTIONAL_STEPS = (
    "sum += scan(a, 8, &l, &l.hits, &last);",
    "sum ^= scan(b, 4, &l, &last, &last);",
    "sum += clamp_all(&last, 1, &l, &passed);",
    "sum ^= first_of(chosen(a, n), chosen(b, n / 2));",
    "sum += widened(&l, n) ? widened(&l, n)->high : 4;",
    "found = widened(&l, n);\n    if (found && found->low < 9)\n        found->low++;",
)


def optional(random: Random) -> tuple[str, str]:
    """References that may be missing: limits, counters, results, arrays, and what functions return."""
    text = f"""
struct limits {{
    unsigned low, high, hits;
}};

static unsigned scan(const unsigned *a, int n, const struct limits *within, unsigned *passed, unsigned *last)
{{
    unsigned sum = {random.randint(0, 9)};
    for (int i = 0; i < n; i++) {{
        if (within && (a[i] < within->low || a[i] {random.choice((">", ">="))} within->high)) {{
            if (passed)
                ++*passed;
            continue;
        }}
        {random.choice(("if (last)", "if (last && *last < a[i])", "if (last != NULL && i > 0)"))}
            *last = a[i];
        sum = sum * 31 + a[i];
    }}
    return sum;
}}

static unsigned clamp_all(unsigned *a, int n, struct limits *by, unsigned *most)
{{
    if (!by)
        return {random.randint(1, 99)};
    for (unsigned *p = a; p < a + n; p++) {{
        if (*p > by->high)
            *p = by->high, by->hits++;
        if (most && *p > *most)
            *most = *p;
    }}
    return by->hits;
}}

static unsigned first_of(const unsigned *a, const unsigned *b)
{{
    if (!a)
        return b ? b[0] : {random.randint(1, 99)};
    return b && *b {random.choice("<>")} *a ? *b : a[1];
}}

static unsigned *chosen(unsigned *a, unsigned n)
{{
    return {test_of(random, "n")} ? a + n % 3 : NULL;
}}

static struct limits *widened(struct limits *l, unsigned n)
{{
    if (n % {random.randint(2, 5)} == 0)
        return NULL;
    l->high++;
    return l;
}}

static void reset(struct limits *l)
{{
    if (l) {{
        l->hits = 0;
        l->low {random.choice(("= 3", "/= 2", "++"))};
    }}
}}

static unsigned optional(unsigned n)
{{
    unsigned a[8] = {{3, 14, 15, 92, 65, 35, 89, 79}}, b[4] = {{27, 18, 28, n}}, passed = 0, last = 0, sum = n;
    const unsigned *where = NULL;
    struct limits l = {{{random.randint(0, 20)}, {random.randint(30, 80)}, 0}}, *found = NULL;
{steps_of(random, _OPTIONAL_STEPS, _WILD_OPTIONAL_STEPS)}
    for (int i = 0; i < 8; i++)
        sum = sum * 31 + a[i] + 3 * b[i % 4];
    return sum + passed * 5 + last + l.hits + l.low + (where == NULL) + (found != NULL);
}}"""
    return "optional", without_unused(text, ("scan", "clamp_all", "first_of", "chosen", "reset", "widened"))


_NESTED_STEPS = (
    "advance(&w.bodies[n % 3], &w.pull);",
    "collide(&w.bodies[0], &w.bodies[2]);",
    "collide(b, &w.bodies[(n + 1) % 3]);",
    "exchange_vectors(&b->at, &b->trail[n % 2]);",
    "exchange_vectors(b->trail, b->trail + 1);",
    "exchange_vectors(&w.pull, &w.bodies[1].speed);",
    "add_to(&w.pull, &w.pull, 3);",
    "add_to(&w.bodies[n % 3].at, &w.bodies[(n + 1) % 3].at, 2);",
    "add_to(&b->at, &b->speed, b->mass);",
    "sum = sum * 3 + product(&b->at, &b->speed);",
    "sum ^= product(&w.pull, &w.pull);",
    "bump(&b->mass, &b->at.x);",
    "spread(b->at.z, b->speed.z, 3);",
    "spread(b->at.z + 1, b->at.z, 2);",
    "w.bodies[1] = w.bodies[n % 3];",
    "w.pull = b->trail[1];",
    "b = &w.bodies[n % 3];",
    "turn_world(&w, n);",
    "x = &b->at.z[n % 3];\n    *x += b->mass;",
    "other = w;\n    turn_world(&other, 2);\n    sum += other.bodies[n % 3].at.x;",
)
_WILD_NESTED_STEPS = (
    "advance(b, &b->speed);",
    "advance(b, &b->trail[n % 2]);",
    "bump(&b->at.x, &b->at.y);",
    "bump(&w.pull.z[0], &w.pull.z[n % 3]);",
    "spread(b->at.z, b->at.z, 3);",
    "b = heavier(b, &w.bodies[n % 3]);",
)


def nested_records(random: Random) -> tuple[str, str]:
    """Structs in structs, of which calls get two fields, a field and the whole, or two elements."""
    text = f"""
struct vector3 {{
    unsigned x, y, z[3];
}};

struct body {{
    struct vector3 at, speed;
    unsigned mass;
    struct vector3 trail[2];
}};

struct world {{
    struct body bodies[3];
    struct vector3 pull;
}};

static void add_to(struct vector3 *to, const struct vector3 *from, unsigned factor)
{{
    to->x += from->x * factor;
    to->y ^= from->y + to->x;
    for (int i = 0; i < 3; i++)
        to->z[i] += from->z[2 - i];
}}

static void exchange_vectors(struct vector3 *a, struct vector3 *b)
{{
    struct vector3 kept = *a;
    *a = *b;
    *b = kept;
}}

static unsigned product(const struct vector3 *a, const struct vector3 *b)
{{
    return a->x * b->x + a->y * b->y {random.choice("+^-")} a->z[1] * b->z[2];
}}

static void bump(unsigned *a, unsigned *b)
{{
    *a += *b {random.choice(("+ 1", "* 3", "/ 2"))};
    *b ^= *a;
}}

static void spread(unsigned *to, const unsigned *from, int n)
{{
    while (n-- > 0)
        *to++ += *from++ * {random.randint(2, 9)};
}}

static void advance(struct body *b, const struct vector3 *pull)
{{
    add_to(&b->speed, pull, 1);
    add_to(&b->at, &b->speed, {random.choice(("2", "b->mass", "pull->x"))});
    {random.choice(("b->trail[b->mass % 2] = b->at;", "exchange_vectors(&b->trail[0], &b->trail[1]);", "b->mass++;"))}
}}

static void collide(struct body *a, struct body *b)
{{
    exchange_vectors(&a->speed, &b->speed);
    {random.choice(("bump(&a->mass, &b->mass);", "a->mass ^= b->mass;", "b->trail[0] = a->at;"))}
    if ({test_of(random, "a->mass")})
        *b = *a;
}}

static struct body *heavier(struct body *a, struct body *b)
{{
    return a->mass {random.choice((">", "<="))} b->mass ? a : b;
}}

static void turn_world(struct world *w, unsigned n)
{{
    for (struct body *b = w->bodies; b < w->bodies + 3; b++)
        advance(b, &w->pull);
    struct vector3 *pull = &w->pull;
    pull->y += n;
    add_to(pull, &w->bodies[n % 3].at, n);
}}

static unsigned nested_records(unsigned n)
{{
    struct world w = {{{{{{{{1, 2, {{3, 4, 5}}}}, {{6, 7, {{8}}}}, 9, {{{{1}}}}}}, {{.mass = {random.randint(1, 9)}}}}}, {{1, 0, {{2}}}}}}, other = w;
    struct body *b = w.bodies{random.choice(("", " + 1", " + n % 3"))};
    unsigned sum = n, *x = &w.pull.x;
{steps_of(random, _NESTED_STEPS, _WILD_NESTED_STEPS)}
    for (b = w.bodies; b != w.bodies + 3; b++)
        sum = sum * 31 + b->at.x + b->at.z[1] * 3 + b->speed.y + b->mass + b->trail[1].x + b->trail[0].z[2];
    return sum + w.pull.x + w.pull.z[2] * 5 + *x + other.pull.y;
}}"""
    return "nested_records", without_unused(text, ("bump", "spread", "collide", "heavier", "turn_world", "product", "exchange_vectors"))


_MACHINE_STEPS = (
    "sum = sum * 3 + run(&m, code, sizeof code);",
    "sum += run(&m, code + n % 4, 3);",
    "m.used = 0;",
    "apply_all(a, 6, changes[n % 3]);",
    "apply_all(a + 2, 3, n % 2 ? twice : NULL);",
    "changes[n % 3](&a[n % 6]);",
    "changes[n % 3](&m.stack[n % 8]);",
    "sum ^= folded(a, 6, named[n % 2].fold, n);",
    "entry = find_named(n % 3 ? \"sum\" : \"none\");\n    sum += entry ? entry->fold(n, 4) : 8;",
    "entry = &named[n % 2];\n    sum ^= folded(a, 5, entry->fold, entry->start);",
    "if (find_named(\"mix\") == named + 1)\n        sum++;",
    "changes[n % 3] = n % 2 ? twice : less;",
    "chosen_fold = n % 2 ? plus : named[1].fold;\n    sum += chosen_fold(sum, n);",
    "sum = sum * 5 + (changes[0] == changes[1]);",
)


def machines(random: Random) -> tuple[str, str]:
    """A stack machine whose instructions are a table of functions, and tables of functions on numbers and by name."""
    code = ", ".join(str(random.randint(0, 4)) for _ in range(random.randint(6, 12)))
    text = f"""
struct machine {{
    unsigned stack[8];
    int used;
}};

static void do_push(struct machine *m, unsigned at)
{{
    if (m->used < 8)
        m->stack[m->used++] = at * {random.randint(2, 9)};
}}

static void do_add(struct machine *m, unsigned at)
{{
    if (m->used > 1) {{
        unsigned *top = &m->stack[m->used - 1];
        top[-1] += *top {random.choice("+^")} at;
        m->used--;
    }}
}}

static void do_dup(struct machine *m, unsigned at)
{{
    (void)at;
    if (m->used > 0 && m->used < 8) {{
        m->stack[m->used] = m->stack[m->used - 1];
        m->used++;
    }}
}}

static void do_swap(struct machine *m, unsigned at)
{{
    if (m->used > 1) {{
        unsigned *p = m->stack + m->used - 2, kept = p[0];
        p[0] = p[1] {random.choice(("", "+ at", "^ at"))};
        p[1] = kept{random.choice((" + at", " ^ at"))};
    }}
}}

static unsigned run(struct machine *m, const unsigned char *code, size_t n)
{{
    static void (*const instructions[])(struct machine *, unsigned) = {{do_push, do_add, do_dup, do_swap, do_push}};
    for (const unsigned char *pc = code; pc < code + n; pc++)
        instructions[*pc](m, (unsigned)(pc - code));
    return m->used ? m->stack[m->used - 1] : {random.randint(1, 99)};
}}

static void twice(unsigned *x)
{{
    *x *= 2;
}}

static void less(unsigned *x)
{{
    *x = *x > {random.randint(1, 9)} ? *x - 1 : {random.randint(10, 99)};
}}

static void apply_all(unsigned *a, int n, void (*change)(unsigned *))
{{
    for (unsigned *p = a; p != a + n; p++) {{
        if (!change)
            return;
        change(p);
    }}
}}

static unsigned plus(unsigned x, unsigned y)
{{
    return x + y;
}}

static unsigned mixed_up(unsigned x, unsigned y)
{{
    return x * {random.choice((3, 31))} ^ y;
}}

struct named {{
    const char *name;
    unsigned (*fold)(unsigned, unsigned);
    unsigned start;
}};

static const struct named named[] = {{{{"sum", plus, 0}}, {{"mix", mixed_up, {random.randint(1, 9)}}}}};

static const struct named *find_named(const char *name)
{{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(named[i].name, name) == 0)
            return &named[i];
    return NULL;
}}

static unsigned folded(const unsigned *a, int n, unsigned (*fold)(unsigned, unsigned), unsigned value)
{{
    while (n-- > 0)
        value = fold(value, *a++);
    return value;
}}

static unsigned machines(unsigned n)
{{
    static const unsigned char code[] = {{{code}}};
    void (*changes[3])(unsigned *) = {{twice, less, {random.choice(("twice", "less"))}}};
    unsigned (*chosen_fold)(unsigned, unsigned) = plus;
    const struct named *entry = named;
    struct machine m = {{{{0}}, 0}};
    unsigned a[6] = {{5, 4, 3, 2, 1, n}}, sum = n;
{steps_of(random, _MACHINE_STEPS)}
    for (int i = 0; i < 8; i++)
        sum = sum * 31 + m.stack[i] + a[i % 6];
    return chosen_fold(sum, (unsigned)m.used) + (entry == named);
}}"""
    return "machines", without_unused(text, ("run", "apply_all", "find_named", "folded"))


_TOKEN_STEPS = (
    "at = text;\n    while (next_token(&at, &t))\n        sum = sum * 31 + t.value + (unsigned)t.length * t.kind;",
    "if (next_token(&at, &t))\n        sum += (unsigned)(t.start - text) + (unsigned char)*t.start;",
    "found = skip_to(text, \";+\");\n    sum = sum * 5 + (found ? (unsigned)(found - text) : 77);",
    "sum += pieces(text, \"an\") * 9 + pieces(text, n % 2 ? \" \" : \"1\");",
    "for (found = text; (found = strchr(found, 'e')) != NULL; found++)\n        sum = sum * 7 + (unsigned)(found - text);",
    "sum = sum * 11 + read_list(\"1,22,333,x\", list, 4, &count);",
    "sum = sum * 11 + read_list(text + 2, list, 1 + n % 4, &count);",
    "sum += list[n % 4] * count;",
    "at = text + n % 4;",
    "strcpy(copy, text);\n    sum += squeeze(copy);\n    printf(\"%s\\n\", copy);",
    "strcpy(copy, text);\n    for (word = strtok(copy, \" ;\"); word; word = strtok(NULL, \" ;\"))\n        sum = sum * 3 + (unsigned)strlen(word);",
)
_WILD_TOKEN_STEPS = (
    "last = at;\n    while (next_token(&at, &t) && t.kind != {kind})\n        last = at;\n    sum = sum * 3 + (unsigned)(at - last);",
    "found = skip_to(at, \" \");\n    if (found)\n        at = found;",
    "sum += read_number(text + n % 5, &value, NULL) ? value : 3;",
    "if (read_number(at, &value, &at))\n        sum ^= value;",
    "sum ^= read_number(text + n % 3, &value, &rest) ? value + (unsigned char)*rest : 1;",
)


def tokens(random: Random) -> tuple[str, str]:
    """A text taken apart by hand: tokens that know where they started, numbers with out-parameters, pieces that are counted."""
    sentence = random.choice(("x1 = banana + 42;", "while 7 < ten ; do", "a;b;;c 99 +1 e", "1,2,3 and more", "     "))
    steps = steps_of(random, _TOKEN_STEPS, _WILD_TOKEN_STEPS).replace("{kind}", random.choice(("NUMBER", "NAME", "MARK")))
    text = f"""
enum kind {{ NUMBER = 1, NAME, MARK }};

struct token {{
    enum kind kind;
    const char *start;
    size_t length;
    unsigned value;
}};

static int next_token(const char **at, struct token *t)
{{
    const char *p = *at;
    while (*p == ' ')
        p++;
    if (!*p) {{
        *at = p;
        return 0;
    }}
    t->start = p;
    t->value = 0;
    if (*p >= '0' && *p <= '9') {{
        t->kind = NUMBER;
        while (*p >= '0' && *p <= '9')
            t->value = t->value * 10 + (unsigned)(*p++ - '0');
    }} else if (*p >= 'a' && *p <= 'z') {{
        t->kind = NAME;
        do {{
            t->value = t->value * {random.choice((3, 31))} + (unsigned char)*p;
        }} while (*++p >= 'a' && *p <= 'z');
    }} else {{
        t->kind = MARK;
        p++;
    }}
    t->length = (size_t)(p - t->start);
    *at = p;
    return 1;
}}

static const char *skip_to(const char *s, const char *any)
{{
    for (; *s; s++)
        for (const char *c = any; *c; c++)
            if (*s == *c)
                return s;
    return NULL;
}}

static unsigned pieces(const char *s, const char *piece)
{{
    unsigned found = 0;
    size_t length = strlen(piece);
    while ((s = strstr(s, piece)) != NULL) {{
        found++;
        s += {random.choice(("length", "1"))} + (length == 0);
    }}
    return found;
}}

static int read_number(const char *s, unsigned *value, const char **end)
{{
    if (*s < '0' || *s > '9')
        return 0;
    unsigned number = 0;
    for (; *s >= '0' && *s <= '9'; s++)
        number = number * 10 + (unsigned)(*s - '0');
    *value = number;
    {random.choice(("if (end)", "if (end != NULL)"))}
        *end = s;
    return 1;
}}

static unsigned read_list(const char *s, unsigned *into, unsigned room, unsigned *count)
{{
    const char *p = s;
    *count = 0;
    while (*p) {{
        if (*count == room)
            return 2;
        if (!read_number(p, &into[*count], &p))
            return {random.choice(("1", "(unsigned char)*p"))};
        ++*count;
        if (*p != ',')
            return *p != '\\0';
        p++;
    }}
    return 0;
}}

static unsigned squeeze(char *s)
{{
    char *to = s;
    for (const char *from = s; *from; from++) {{
        if (*from == ' ' && (to == s || to[-1] == ' '))
            continue;
        *to++ = *from;
    }}
    *to = '\\0';
    return (unsigned)(to - s);
}}

static unsigned tokens(unsigned n)
{{
    static const char text[] = "{sentence}";
    const char *at = text, *found = text, *last = text, *rest = text;
    char copy[sizeof text], *word = copy;
    struct token t = {{MARK, text, 0, 0}};
    unsigned list[4] = {{0}}, count = 0, value = 0, sum = n;
    copy[0] = '\\0';
{steps}
    return sum + count + value + (unsigned)(at - text) + (found == last) + (unsigned)(rest - text) + (word == NULL) + t.value;
}}"""
    return "tokens", without_unused(text, ("read_list", "skip_to", "pieces", "next_token", "squeeze", "read_number"))
