"""Scenes about cursors: backwards to the start, out of loops by an early return, over rows and flat."""

from __future__ import annotations

from random import Random

from pointer_programs.expressions import test_of
from pointer_programs.scene_steps import steps_of, without_unused

_BACKWARD_STEPS = (
    "sum = sum * 3 + trim(text);",
    "strcpy(text, digits_of(number, sizeof number, sum));",
    "sum += (unsigned)strlen(digits_of(number, 6, sum % 1000));",
    "p = last_below(a, 8, n % 50);\n    sum = sum * 7 + (p ? (unsigned)(p - a) : 9);",
    "if ((p = last_below(a + 2, 5, n % 90)) != NULL)\n        *p += 40;",
    "shift_up(a, 8, n % 9);",
    "shift_up(a + 1, 6, n % 4);",
    "sum = sum * 5 + (unsigned)is_mirrored(text);",
    "sum ^= from_end(a, a + 8);",
    "sum += from_end(a + n % 8, a + 8) + from_end(a, a);",
    "p = sink(a, a + n % 8);\n    sum = sum * 11 + (unsigned)(p - a);",
    "a[n % 8] = n % 100;",
    'strcat(text, n % 2 ? "  " : "x ");',
)


def backwards(random: Random) -> tuple[str, str]:
    """Cursors that go back to the first element, but not before it."""
    steps = steps_of(random, tuple(step if "strcat" not in step else f"trim(text);\n    {step}" for step in _BACKWARD_STEPS))
    back = random.choice(("while (p > first)\n        sum = sum * 3 + *--p;", "for (; p != first; p--)\n        sum = sum * 3 + p[-1];"))
    text = f"""
static unsigned trim(char *s)
{{
    char *end = s + strlen(s);
    while (end > s && end[-1] == ' ')
        *--end = '\\0';
    if (end - s > 12)
        *(end = s + 12) = '\\0';
    return (unsigned)(end - s);
}}

static char *digits_of(char *buffer, size_t size, unsigned value)
{{
    char *p = buffer + size;
    *--p = '\\0';
    do {{
        *--p = (char)('0' + value % 10);
        value /= 10;
    }} while (value && p > buffer);
    return p;
}}

static unsigned *last_below(unsigned *a, int n, unsigned bound)
{{
    for (unsigned *p = a + n; p > a;)
        if (*--p {random.choice(("<", ">"))} bound)
            return p;
    return NULL;
}}

static void shift_up(unsigned *a, int n, int by)
{{
    unsigned *to = a + n;
    if (by < n)
        for (const unsigned *from = a + n - by; from > a;)
            *--to = *--from;
    while (to > a)
        *--to = {random.choice(("0", "(unsigned)by"))};
}}

static int is_mirrored(const char *s)
{{
    const char *end = s + strlen(s);
    while (end > s)
        if (*s++ != *--end)
            return 0;
    return 1;
}}

static unsigned from_end(const unsigned *first, const unsigned *end)
{{
    const unsigned *p = end;
    unsigned sum = 1;
    {back}
    return sum;
}}

static unsigned *sink(unsigned *first, unsigned *p)
{{
    for (;;) {{
        if (p >= first && *p {random.choice("<>")} {random.randint(5, 60)})
            return p;
        if (p == first)
            break;
        unsigned kept = *p;
        *p = p[-1];
        *--p = kept;
    }}
    return first;
}}

static unsigned backwards(unsigned n)
{{
    unsigned a[8] = {{3, 14, 15, 92, 65, 35, 89, 79}}, sum = n, *p;
    char text[32] = "{random.choice(("level  ", "noon", "  ", "a man", "x"))}", number[12];
{steps}
    for (p = a + 8; p != a;)
        sum = sum * 31 + *--p;
    return sum + (unsigned)strlen(text);
}}"""
    return "backwards", without_unused(text, ("digits_of", "last_below", "shift_up", "is_mirrored", "from_end", "sink"))


_EARLY_STEPS = (
    "p = search(a, 12, wanted, 2);\n    sum = sum * 3 + (p ? (unsigned)(p - a) : 51);",
    "sum = sum * 5 + (unsigned)copy_until(b, a, 12, n % 10, &end);\n    sum += (unsigned)(end - b);",
    "sum = sum * 7 + (unsigned)first_pair(a, 12, &i, &k) + (unsigned)(i * 16 + k);",
    "q = run_end(a + n % 12, a + 12);\n    sum = sum * 11 + (unsigned)(q - a);",
    "for (q = a; q < a + 12; q = run_end(q, a + 12))\n        sum = sum * 13 + *q;",
    "a[n % 12] = n % 10;",
    "memcpy(b, a, sizeof b);",
    "a[n % 12] = a[(n + 1) % 12];",
)
_WILD_EARLY_STEPS = (
    "p = search(a, 12, a + n % 9, 3);\n    sum = sum * 3 + (p ? (unsigned)(p - a) : 50);",
    "sum += (unsigned)copy_until(a, a + 4, 8, n % 10, &stop);\n    *stop = 7;",
    "if (first_pair(b, n % 13, &i, &i))\n        b[i] += 3;",
    "sum ^= total_until(b, b + 12, n % 20, n % 2 ? &rest : NULL);\n    sum += rest ? (unsigned)(rest - b) : 77;",
)


def early_returns(random: Random) -> tuple[str, str]:
    """Loops with cursors that are left in the midst, with what was found behind a pointer."""
    text = f"""
static unsigned *search(unsigned *a, int n, const unsigned *what, int length)
{{
    for (unsigned *p = a; p + length <= a + n; p++) {{
        const unsigned *q = p, *w = what;
        while (w < what + length && *q == *w)
            q++, w++;
        if (w == what + length)
            return p;
        if ({test_of(random, "*p")} && p - a > {random.randint(4, 11)})
            return NULL;
    }}
    return NULL;
}}

static int copy_until(unsigned *to, const unsigned *from, int n, unsigned stop, unsigned **end)
{{
    const unsigned *last = from + n;
    for (; from != last; from++) {{
        if (*from == stop) {{
            *end = to;
            return 1;
        }}
        if ({test_of(random, "*from")})
            continue;
        *to++ = *from {random.choice("^+")} {random.randint(1, 9)};
    }}
    *end = to;
    return 0;
}}

static int first_pair(const unsigned *a, int n, int *left, int *right)
{{
    *left = *right = 0;
    for (int i = 0; i < n; i++)
        for (int k = i + 1; k < n; k++)
            if (a[i] {random.choice(("==", "<", ">"))} a[k]) {{
                *left = i;
                *right = k;
                return 1;
            }}
    return 0;
}}

static const unsigned *run_end(const unsigned *p, const unsigned *end)
{{
    const unsigned first = *p;
    do {{
        if (++p == end)
            return end;
    }} while (*p {random.choice((">=", "<=", "=="))} first);
    return p;
}}

static unsigned total_until(const unsigned *p, const unsigned *end, unsigned most, const unsigned **rest)
{{
    unsigned sum = 0;
    while (p < end) {{
        if (sum + *p > most) {{
            if (rest)
                *rest = p;
            return sum;
        }}
        sum += *p++;
    }}
    if (rest)
        *rest = {random.choice(("NULL", "end", "p"))};
    return sum;
}}

static unsigned early_returns(unsigned n)
{{
    static const unsigned wanted[2] = {{5, {random.randint(0, 9)}}};
    unsigned a[12] = {{1, 1, 2, 3, 5, 8, 3, 1, 4, 5, 9, 0}}, b[12] = {{{random.randint(1, 9)}}}, sum = n, *p = a, *end = b, *stop = a;
    const unsigned *q = a, *rest = {random.choice(("NULL", "b", "b + 1"))};
    int i = 0, k = 0;
{steps_of(random, _EARLY_STEPS, _WILD_EARLY_STEPS)}
    for (i = 0; i < 12; i++)
        sum = sum * 31 + a[i] + 5 * b[i];
    return sum + (unsigned)k + (unsigned)(q - a) + (end == b) + (stop == p);
}}"""
    return "early_returns", without_unused(text, ("search", "copy_until", "first_pair", "run_end", "total_until"))


_GRID_STEPS = (
    "fill_grid(g, n);",
    "exchange_rows(g[n % DOWN], g[(n / 3) % DOWN], ACROSS);",
    "exchange_rows(row_at(flat, (int)(n % DOWN)), g[1], ACROSS);",
    "exchange_rows(row_at(flat, 0), row_at(flat, 2), ACROSS);",
    "blur(flat, &g[0][0]);",
    "blur(flat, flat);",
    "sum = sum * 3 + diagonal(flat);",
    "sum = sum * 5 + diagonal(&g[0][0]);",
    "sum ^= peak(g, &r, &c);\n    g[r][c] /= 2;",
    "sum ^= peak(g, NULL, &c);",
    "row = g + n % DOWN;\n    (*row)[n % ACROSS] += 5;",
    "for (row = g; row < g + DOWN; row++)\n        sum = sum * 7 + (*row)[c];",
    "sum += column_sum(g, (int)(n % ACROSS));",
    "memcpy(flat, g[n % DOWN], sizeof g[0]);",
    "memcpy(g[n % DOWN], row_at(flat, 1), sizeof g[0]);",
    "p = row_at(flat, (int)(n % DOWN));\n    p[n % ACROSS] ^= 21;\n    sum += (unsigned)(p - flat);",
    "copy_grid(h, g);\n    sum += h[2][1];",
    "copy_grid(g, g);",
    "for (p = g[1]; p < g[1] + ACROSS; p++)\n        *p += g[0][p - g[1]];",
)


def grids(random: Random) -> tuple[str, str]:
    """Arrays of arrays by rows, flat arrays that are taken by rows, and rows that are exchanged."""
    across = random.randint(3, 5)
    text = f"""
enum {{ DOWN = 3, ACROSS = {across} }};

static void fill_grid(unsigned (*grid)[ACROSS], unsigned start)
{{
    for (int r = 0; r < DOWN; r++)
        for (int c = 0; c < ACROSS; c++)
            grid[r][c] = start % {random.randint(20, 99)} + (unsigned)(r * {random.randint(2, 9)} + c);
}}

static unsigned *row_at(unsigned *flat, int r)
{{
    return flat + r * ACROSS;
}}

static void exchange_rows(unsigned *a, unsigned *b, int n)
{{
    while (n-- > 0) {{
        unsigned kept = *a;
        *a++ = *b;
        *b++ = kept;
    }}
}}

static void blur(unsigned *to, const unsigned *from)
{{
    for (int r = 0; r < DOWN; r++)
        for (int c = 1; c < ACROSS; c++)
            to[r * ACROSS + c] = from[r * ACROSS + c] / 2 + from[r * ACROSS + c - 1];
}}

static unsigned diagonal(const unsigned *flat)
{{
    unsigned sum = 0;
    for (const unsigned *p = flat, *end = flat + DOWN * ACROSS; p < end - ACROSS; p += ACROSS + 1)
        sum = sum * {random.choice((3, 31))} + *p;
    return sum;
}}

static unsigned peak(unsigned (*grid)[ACROSS], int *row, int *column)
{{
    const unsigned *best = grid[0];
    for (int r = 0; r < DOWN; r++)
        for (int c = 0; c < ACROSS; c++)
            if (grid[r][c] {random.choice("<>")} *best) {{
                best = &grid[r][c];
                if (row)
                    *row = r;
                *column = c;
            }}
    return *best;
}}

static unsigned column_sum(unsigned grid[DOWN][ACROSS], int c)
{{
    unsigned sum = 0;
    for (unsigned (*row)[ACROSS] = grid; row != grid + DOWN; row++)
        sum += (*row)[c];
    return sum;
}}

static void copy_grid(unsigned (*to)[ACROSS], unsigned (*from)[ACROSS])
{{
    for (int r = 0; r < DOWN; r++)
        for (int c = 0; c < ACROSS; c++)
            to[r][c] = from[r][ACROSS - 1 - c] + to[r][c];
}}

static unsigned grids(unsigned n)
{{
    unsigned g[DOWN][ACROSS] = {{{{1, 2, 3}}, {{4, 5}}}}, h[DOWN][ACROSS] = {{{{0}}}}, flat[DOWN * ACROSS] = {{7, 8, 9}};
    unsigned sum = n, (*row)[ACROSS] = g, *p = flat;
    int r = 0, c = 0;
{steps_of(random, _GRID_STEPS)}
    for (r = 0; r < DOWN; r++)
        for (c = 0; c < ACROSS; c++)
            sum = sum * 31 + g[r][c] + 3 * h[r][c] + 7 * flat[r * ACROSS + c];
    return sum + (unsigned)(row - g) + (p == flat);
}}"""
    unused = ("fill_grid", "row_at", "exchange_rows", "blur", "diagonal", "peak", "column_sum", "copy_grid")
    return "grids", without_unused(text, unused)
