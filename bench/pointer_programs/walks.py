"""Functions over as many elements as their caller says, in the forms that people write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from pointer_programs.expressions import WORD, Element, Expr, Rank, combine, read
from pointer_programs.functions import Setting
from pointer_programs.scope import Function, Kind, Parameter

Lines = list[str]


def write_walks(random: Random, setting: Setting, count: int, *, tame: bool) -> Iterator[tuple[Function, Lines]]:
    """So many of the walks, each with expressions of its own."""
    for walk in random.sample(TAME_WALKS if tame else (*WALKS, *TAME_WALKS), count):
        element = setting.elements[0] if random.random() < 0.8 else random.choice(setting.elements)
        yield walk(random, element)


def _value(random: Random, *operands: Expr) -> str:
    """An expression of the operands: their values and constants."""
    expression = random.choice(operands)
    for operand in random.sample(operands, len(operands)):
        expression = combine(random.choice("+-*^"), expression, operand)
    return combine(random.choice("+^&|"), expression, Expr(str(random.randint(1, 99)), expression.rank, 7)).text


def _source(element: Element, extra: int = 0) -> Parameter:
    return Parameter(Kind.ARRAY, element, extra, counted=True)


def _target(element: Element, extra: int = 0) -> Parameter:
    return Parameter(Kind.ARRAY, element, extra, counted=True, writes=True)


COUNT = Parameter(Kind.COUNT)
RESULT = Parameter(Kind.ARRAY, WORD, 1, writes=True)


def transform(random: Random, e: Element) -> tuple[Function, Lines]:
    """From one array to another, which may be the same or overlap."""
    value = _value(random, read("from[i]", e), read(random.choice(("to[i]", "from[0]", "from[n - 1]")), e))
    loop = random.choice(("int i = 0; i < n; i++", "int i = n - 1; i >= 0; i--"))
    text = f"""
static void transform({e.name} *to, const {e.name} *from, int n)
{{
    for ({loop})
        to[i] = {value};
}}"""
    return Function("transform", (_target(e), _source(e), COUNT)), _lines(text)


def combine_two(random: Random, e: Element) -> tuple[Function, Lines]:
    """Three cursors that go along, to an end pointer."""
    value = _value(random, read("*x", e), read("*y", e))
    text = f"""
static {e.name} *combine_two({e.name} *to, const {e.name} *x, const {e.name} *y, int n)
{{
    const {e.name} *end = x + n;
    while (x < end) {{
        *to++ = {value};
        x++, y++;
    }}
    return to;
}}"""
    return Function("combine_two", (_target(e), _source(e), _source(e), COUNT)), _lines(text)


def reverse(random: Random, e: Element) -> tuple[Function, Lines]:
    """Two cursors that meet."""
    swap = random.choice(("left < right", "left != right && left < right"))
    text = f"""
static void reverse({e.name} *first, int n)
{{
    for ({e.name} *left = first, *right = first + n - 1; {swap}; left++, right--) {{
        {e.name} kept = *left;
        *left = *right;
        *right = kept;
    }}
}}"""
    return Function("reverse", (_target(e), COUNT)), _lines(text)


def compact(random: Random, e: Element) -> tuple[Function, Lines]:
    """A write cursor behind a read cursor; how many are left."""
    text = f"""
static unsigned compact({e.name} *a, int n)
{{
    {e.name} *out = a;
    for (const {e.name} *in = a; in != a + n; in++)
        if (*in % {random.randint(2, 5)} {random.choice(("==", "!="))} {random.randint(0, 2)})
            *out++ = *in;
    return (unsigned)(out - a);
}}"""
    return Function("compact", (_target(e), COUNT), returns_value=True), _lines(text)


def sums(random: Random, e: Element) -> tuple[Function, Lines]:
    """A running value, and the last of it through an out-parameter."""
    text = f"""
static void sums({e.name} *to, const {e.name} *from, int n, uint32_t *total)
{{
    unsigned sum = {random.randint(0, 9)};
    while (n-- > 0) {{
        sum = {_value(random, Expr("sum", Rank.UNSIGNED), read("*from", e))};
        from++;
        *to++ = sum;
    }}
    *total {random.choice(("=", "+=", "^="))} sum;
}}"""
    return Function("sums", (_target(e), _source(e), COUNT, RESULT)), _lines(text)


def insertion_sort(random: Random, e: Element) -> tuple[Function, Lines]:
    """A cursor that goes back to the first element, but not before it."""
    text = f"""
static void insertion_sort({e.name} *a, int n)
{{
    for ({e.name} *p = a + 1; p < a + n; p++) {{
        {e.name} held = *p, *q = p;
        for (; q > a && q[-1] {random.choice("<>")} held; --q)
            *q = q[-1];
        *q = held;
    }}
}}"""
    return Function("insertion_sort", (_target(e), COUNT)), _lines(text)


def find(random: Random, e: Element) -> tuple[Function, Lines]:
    """A pointer to what is found, or null."""
    bound = random.randint(1, 60)
    test = random.choice((f"a[i] > {bound}", f"a[i] % {bound} == 0", "a[i] < a[0]"))
    text = f"""
static {e.name} *find({e.name} *a, int n)
{{
    for (int i = 0; i < n; i++)
        if ({test})
            return &a[i];
    return 0;
}}

static unsigned mark({e.name} *a, int n)
{{
    {e.name} *p = find(a, n);
    if (!p)
        return {bound};
    *p ^= {random.randint(1, 99)};
    return (unsigned)(p - a);
}}"""
    return Function("mark", (_target(e), COUNT), returns_value=True), _lines(text)


def largest(random: Random, e: Element) -> tuple[Function, Lines]:
    """Where the greatest element is: into the parameter, at any of its first few."""
    text = f"""
static {e.name} *largest({e.name} *a)
{{
    {e.name} *best = a;
    for ({e.name} *p = a + 1; p < a + 4; p++)
        if (*p {random.choice(("<", ">", "<=", ">="))} *best)
            best = p;
    return best;
}}"""
    function = Function("largest", (Parameter(Kind.ARRAY, e, 4, writes=True),), returns_into=(0, 0, 3))
    return function, _lines(text)


def merge(random: Random, e: Element) -> tuple[Function, Lines]:
    """Two sources that are used up one after the other, by cursors that a callee moves."""
    text = f"""
static {e.name} take(const {e.name} **at)
{{
    return *(*at)++;
}}

static void merge({e.name} *to, const {e.name} *x, const {e.name} *y, int n)
{{
    const {e.name} *x_end = x + n, *y_end = y + 1;
    while (x < x_end || y < y_end)
        *to++ = y == y_end || (x < x_end && *x {random.choice("<>")} *y) ? take(&x) : take(&y);
}}"""
    return Function("merge", (_target(e, 1), _source(e), Parameter(Kind.ARRAY, e, 1), COUNT)), _lines(text)


def rotate(random: Random, e: Element) -> tuple[Function, Lines]:
    """The first element goes to the end; through memmove or a loop."""
    move = f"memmove(a, a + 1, (size_t)(n - 1) * sizeof({e.name}));"
    step = "for (int i = 1; i < n; i++)\n        a[i - 1] = a[i];"
    text = f"""
static void rotate({e.name} *a, int n)
{{
    {e.name} first = a[0];
    {random.choice((move, step))}
    a[n - 1] = first;
}}"""
    return Function("rotate", (_target(e), COUNT)), _lines(text)


def each(random: Random, e: Element) -> tuple[Function, Lines]:
    """A callback that gets the address of an element and a context."""
    text = f"""
static void count_in({e.name} *x, void *context)
{{
    unsigned *seen = context;
    *seen += (unsigned)*x {random.choice(("& 7", "% 5", "> 3"))};
    *x = {_value(random, read("*x", e), read("*seen", WORD))};
}}

static unsigned each({e.name} *a, int n, uint32_t *seen)
{{
    void (*visit)({e.name} *, void *) = count_in;
    for (int i = 0; i < n; i++)
        visit(a + i, seen);
    return {random.choice(("*seen", "*seen * 3", "a[0]"))};
}}"""
    return Function("each", (_target(e), COUNT, RESULT), returns_value=True), _lines(text)


def copied(random: Random, e: Element) -> tuple[Function, Lines]:
    """A new block, which the caller frees."""
    reserve = random.choice(("malloc((size_t)n * sizeof *copy)", f"calloc((size_t)n, sizeof({e.name}))"))
    text = f"""
static {e.name} *copied(const {e.name} *from, int n)
{{
    {e.name} *copy = {reserve};
    for (int i = 0; i < n; i++)
        copy[i] = {_value(random, read(random.choice(("from[i]", "from[n - 1 - i]")), e))};
    return copy;
}}"""
    return Function("copied", (_source(e), COUNT), fresh=e), _lines(text)


def differences(random: Random, e: Element) -> tuple[Function, Lines]:
    """Neighbours: `a[i]` from `a[i + 1]`, in place or not, and a scratch array in between."""
    text = f"""
static void differences({e.name} *to, const {e.name} *a, int n)
{{
    {e.name} scratch[16];
    for (int i = 0; i < n; i++)
        scratch[i] = {_value(random, read("a[i]", e), read("a[i + 1]", e))};
    memcpy(to, scratch, (size_t)n * sizeof({e.name}));
}}"""
    return Function("differences", (_target(e), _source(e, 1), COUNT)), _lines(text)


def bounds(random: Random, e: Element) -> tuple[Function, Lines]:
    """Two results by pointers, which may be one, or in the array."""
    text = f"""
static void bounds(const {e.name} *a, int n, {e.name} *least, {e.name} *most)
{{
    *least = a[0];
    *most = a[{random.choice(("0", "n - 1"))}];
    for (const {e.name} *p = a; p != a + n; p++) {{
        if (*p < *least)
            *least = *p;
        {random.choice(("if", "else if"))} (*p > *most)
            *most = *p;
    }}
}}"""
    return Function("bounds", (_source(e), COUNT, _target_of_one(e), _target_of_one(e))), _lines(text)


def window(random: Random, e: Element) -> tuple[Function, Lines]:
    """A pointer that looks in front of itself and behind, and a callee that does."""
    order = random.choice(("int i = 1; i <= n; i++", "int i = n; i > 0; i--"))
    text = f"""
static unsigned around(const {e.name} *p)
{{
    return (unsigned)p[-1] * {random.randint(2, 9)} + (unsigned)p[1];
}}

static unsigned window({e.name} *a, int n)
{{
    unsigned sum = 0;
    for ({order}) {{
        const {e.name} *p = a + i;
        sum = sum * 31 + {random.choice(("around(p)", "around(&a[i])", "(unsigned)p[-1] - (unsigned)p[1]"))};
        a[i] = {_value(random, read("*p", e), read("sum", WORD))};
    }}
    return sum;
}}"""
    return Function("window", (_target(e, 2), COUNT), returns_value=True), _lines(text)


def halves(random: Random, e: Element) -> tuple[Function, Lines]:
    """Both halves of an array as arguments of one call, and cursors into both at once."""
    call = random.choice(("add_half(a, a + n, n);", "add_half(a + n, a, n);", "add_half(&a[n], &a[0], n);"))
    text = f"""
static void add_half({e.name} *to, const {e.name} *from, int n)
{{
    for (int i = 0; i < n; i++)
        to[i] = {_value(random, read("to[i]", e), read("from[i]", e))};
}}

static void halves({e.name} *a, int n)
{{
    {e.name} *low = a, *high;
    n /= 2;
    high = a + n;
    {call}
    while (low < a + n) {{
        {e.name} kept = *low;
        *low++ = *high;
        *high++ = kept;
    }}
}}"""
    return Function("halves", (_target(e), COUNT)), _lines(text)


def two_starts(random: Random, e: Element) -> tuple[Function, Lines]:
    """Where a pointer points does not change with what it was made from."""
    text = f"""
static unsigned two_starts({e.name} *x, int n)
{{
    unsigned i = (unsigned)n % 4;
    {e.name} *p = x + i;
    i++;
    {e.name} *q = x + i;
    p[0] = {random.randint(1, 99)};
    q[0] = {_value(random, read("p[0]", e))};
    p = x + 1;
    x[0] = {_value(random, read("q[0]", e))};
    q = x + 3;
    p[0] = {_value(random, read("x[0]", e), read("q[1]", e))};
    return (unsigned)*p + (unsigned)(q - p) + {random.choice(("i", "(unsigned)x[i]", "(unsigned)p[i - 1]"))};
}}"""
    return Function("two_starts", (_target(e, 5), COUNT), returns_value=True), _lines(text)


def columns(random: Random, e: Element) -> tuple[Function, Lines]:
    """An array of arrays: pointers to rows, elements of columns, rows as arguments."""
    width = random.randint(2, 5)
    text = f"""
static unsigned row_sum(const {e.name} *row)
{{
    unsigned sum = 0;
    for (int c = 0; c < {width}; c++)
        sum = sum * 3 + (unsigned)row[c];
    return sum;
}}

static unsigned columns(const {e.name} *a, int n)
{{
    {e.name} m[3][{width}], (*row)[{width}] = m;
    unsigned sum = 0;
    for (int i = 0; i < {3 * width}; i++)
        m[i / {width}][i % {width}] = a[i % n];
    for (; row < m + 3; row++) {{
        (*row)[{random.randrange(width)}] ^= (*row)[{random.randrange(width)}];
        sum += {random.choice(("row_sum(*row)", "row_sum(m[row - m])", "row_sum(row[0])"))};
    }}
    return sum {random.choice("+^")} row_sum(m[{random.randrange(3)}]);
}}"""
    return Function("columns", (_source(e), COUNT), returns_value=True), _lines(text)


def _target_of_one(element: Element) -> Parameter:
    return Parameter(Kind.ARRAY, element, 1, writes=True)


def _lines(text: str) -> Lines:
    return text.strip("\n").split("\n")


Walk = Callable[[Random, Element], tuple[Function, Lines]]

WALKS: tuple[Walk, ...] = (combine_two, find, largest, merge, rotate, each, copied, differences)
TAME_WALKS: tuple[Walk, ...] = (
    transform, reverse, compact, sums, insertion_sort, bounds, window, halves, two_starts, columns,
)  # fmt: skip
"""Those that keep to indices, comparisons and calls."""
