"""Scenes: a data structure built of pointers, used and freed by a function `static unsigned NAME(unsigned n)`, n < 50."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pointer_programs.expressions import test_of
from pointer_programs.scenes_of_calls import machines, nested_records, optional, tokens
from pointer_programs.scenes_of_cursors import backwards, early_returns, grids
from pointer_programs.scenes_of_holdings import holdings
from pointer_programs.scenes_of_library import arrays, strings
from pointer_programs.scenes_of_links import links
from pointer_programs.scenes_of_owners import holders, several_buffers
from pointer_programs.scenes_of_records import buffers, records, views
from pointer_programs.scenes_of_text import expression_parser, sorted_names, words

Scene = Callable[[Random], tuple[str, str]]


def single_list(random: Random) -> tuple[str, str]:
    """Nodes on the heap; a pointer to the link that leads to a node is how one is put in or taken out."""
    order = f"{random.choice(('<', '>'))} value"
    text = f"""
struct node {{
    unsigned value;
    struct node *next;
}};

static void insert(struct node **link, unsigned value)
{{
    while (*link && (*link)->value {order})
        link = &(*link)->next;
    struct node *node = malloc(sizeof *node);
    node->value = value;
    node->next = *link;
    *link = node;
}}

static unsigned remove_some(struct node **link)
{{
    unsigned removed = 0;
    while (*link) {{
        struct node *node = *link;
        if ({test_of(random, "node->value")}) {{
            *link = node->next;
            free(node);
            removed++;
        }} else {{
            link = &node->next;
        }}
    }}
    return removed;
}}

static struct node *reversed(struct node *list)
{{
    struct node *done = NULL;
    while (list) {{
        struct node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }}
    return done;
}}

static unsigned single_list(unsigned n)
{{
    struct node *list = NULL;
    unsigned sum = 0;
    for (unsigned i = 0; i < n; i++)
        insert(&list, i * {random.randint(3, 40)} % {random.randint(20, 97)});
    sum += remove_some(&list) * 1000;
    list = reversed(list);
    for (struct node *p = list; p; p = p->next)
        sum = sum * {random.choice((3, 31))} + p->value;
    while (list) {{
        struct node *next = list->next;
        free(list);
        list = next;
    }}
    return sum;
}}"""
    return "single_list", text


def double_list(random: Random) -> tuple[str, str]:
    """A ring with a head that is a local, and nodes that know both neighbours."""
    direction = random.choice(("after", "before"))
    text = f"""
struct link {{
    struct link *before, *after;
    unsigned value;
}};

static void link_after(struct link *at, struct link *new)
{{
    new->before = at;
    new->after = at->after;
    at->after->before = new;
    at->after = new;
}}

static struct link *detach(struct link *at)
{{
    at->before->after = at->after;
    at->after->before = at->before;
    return at->after;
}}

static unsigned double_list(unsigned n)
{{
    struct link head = {{&head, &head, 0}}, nodes[50];
    unsigned sum = 0;
    for (unsigned i = 0; i < n; i++) {{
        nodes[i].value = i * {random.randint(2, 30)};
        link_after({random.choice(("&head", "head.before", "i % 3 ? head.after : &head"))}, &nodes[i]);
    }}
    for (struct link *p = head.after; p != &head;)
        p = {test_of(random, "p->value")} ? detach(p) : p->after;
    for (struct link *p = head.{direction}; p != &head; p = p->{direction})
        sum = sum * 31 + p->value;
    return sum;
}}"""
    return "double_list", text


def tree(random: Random) -> tuple[str, str]:
    """A search tree: put in through a pointer to a link, walked by recursion, cut at a node."""
    text = f"""
struct branch {{
    unsigned key, count;
    struct branch *below[2];
}};

static struct branch *put(struct branch **at, unsigned key)
{{
    while (*at && (*at)->key != key)
        at = &(*at)->below[(*at)->key {random.choice("<>")} key];
    if (!*at) {{
        *at = calloc(1, sizeof **at);
        (*at)->key = key;
    }}
    (*at)->count++;
    return *at;
}}

static unsigned walk(const struct branch *at, unsigned depth)
{{
    if (!at)
        return {random.choice(("depth", "0", "1"))};
    unsigned sum = walk(at->below[0], depth + 1) * 3 + at->key * at->count;
    return {random.choice(("sum + walk(at->below[1], depth + 1)", "sum ^ (walk(at->below[1], depth + 1) << 1)"))};
}}

static void cut(struct branch **at)
{{
    if (*at) {{
        cut(&(*at)->below[0]);
        cut(&(*at)->below[1]);
        free(*at);
        *at = NULL;
    }}
}}

static unsigned tree(unsigned n)
{{
    struct branch *root = NULL, *last = NULL;
    for (unsigned i = 0; i < n; i++)
        last = put(&root, i * {random.randint(7, 60)} % {random.randint(11, 64)});
    unsigned sum = walk(root, 0);
    if (last)
        cut(&last->below[{random.randint(0, 1)}]);
    sum = sum * 31 + walk(root, 1);
    cut(&root);
    return sum + (root == NULL);
}}"""
    return "tree", text


def vector(random: Random) -> tuple[str, str]:
    """A block that grows: pointers into it are made anew after each `realloc`."""
    element = random.choice(("unsigned", "uint16_t", "uint64_t"))
    text = f"""
struct vector {{
    {element} *items;
    size_t length, room;
}};

static {element} *append(struct vector *v, {element} item)
{{
    if (v->length == v->room) {{
        v->room = v->room ? v->room * 2 : {random.randint(1, 4)};
        v->items = realloc(v->items, v->room * sizeof *v->items);
    }}
    v->items[v->length] = item;
    return &v->items[v->length++];
}}

static void insert_at(struct vector *v, size_t at, {element} item)
{{
    append(v, item);
    memmove(v->items + at + 1, v->items + at, (v->length - 1 - at) * sizeof *v->items);
    v->items[at] = item;
}}

static unsigned vector(unsigned n)
{{
    struct vector v = {{NULL, 0, 0}};
    unsigned sum = 0;
    for (unsigned i = 0; i <= n; i++) {{
        {element} *last = append(&v, ({element})(i * {random.randint(3, 77)}));
        *last ^= {random.randint(1, 99)};
        if ({test_of(random, "i")})
            insert_at(&v, {random.choice(("0", "v.length / 2", "v.length"))}, ({element})i);
    }}
    for ({element} *p = v.items, *end = p + v.length; p < end; p++)
        sum = sum * 31 + (unsigned)*p;
    for (const {element} *p = v.items + v.length; p > v.items;) {{
        p--;
        sum ^= (unsigned)*p << (p - v.items) % 7;
    }}
    free(v.items);
    return sum;
}}"""
    return "vector", text


def matrix(random: Random) -> tuple[str, str]:
    """Arrays of arrays, pointers to rows, and a table of rows that are swapped."""
    rows, columns = random.randint(2, 5), random.randint(2, 6)
    text = f"""
enum {{ ROWS = {rows}, COLUMNS = {columns} }};

static void fill_rows(unsigned (*m)[COLUMNS], unsigned start)
{{
    for (int r = 0; r < ROWS; r++)
        for (unsigned *p = m[r]; p < m[r] + COLUMNS; p++)
            *p = start = start * {random.randint(3, 9)} + {random.randint(1, 50)};
}}

static void transpose(unsigned to[COLUMNS][ROWS], unsigned (*from)[COLUMNS])
{{
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLUMNS; c++)
            to[c][r] = from[r][c];
}}

static void add_row(unsigned *to, const unsigned *from, unsigned factor)
{{
    for (int c = 0; c < COLUMNS; c++)
        to[c] += from[c] * factor;
}}

static unsigned matrix(unsigned n)
{{
    unsigned m[ROWS][COLUMNS], turned[COLUMNS][ROWS], *by_row[ROWS], sum = 0;
    fill_rows(m, n);
    add_row(m[0], m[ROWS - 1], n);
    add_row(m[{random.randrange(rows)}], m[{random.randrange(rows)}], 3);
    transpose(turned, m);
    for (int r = 0; r < ROWS; r++)
        by_row[r] = m[ROWS - 1 - r];
    unsigned **low = by_row, **high = by_row + {random.randrange(rows)}, *kept = *low;
    *low = *high;
    *high = kept;
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLUMNS; c++)
            sum = sum * 31 + by_row[r][c] + turned[c][r];
    return sum;
}}"""
    return "matrix", text


def ring(random: Random) -> tuple[str, str]:
    """A queue in an array of the struct itself, with pointers into it."""
    size = random.randint(3, 9)
    text = f"""
struct ring {{
    unsigned items[{size}], *head, *tail;
    int used;
}};

static unsigned *next_place(struct ring *q, unsigned *at)
{{
    return at + 1 == q->items + {size} ? q->items : at + 1;
}}

static int put_in(struct ring *q, unsigned item)
{{
    if (q->used == {size})
        return 0;
    *q->tail = item;
    q->tail = next_place(q, q->tail);
    q->used++;
    return 1;
}}

static int take_out(struct ring *q, unsigned *item)
{{
    if (q->used == 0)
        return 0;
    *item = *q->head;
    q->head = next_place(q, q->head);
    q->used--;
    return 1;
}}

static unsigned ring(unsigned n)
{{
    struct ring q = {{.used = 0}};
    unsigned sum = 0, item = 0;
    q.head = q.tail = q.items{random.choice(("", f" + {random.randrange(size)}"))};
    for (unsigned i = 0; i < n; i++) {{
        if (!put_in(&q, i * {random.randint(2, 30)}) || {test_of(random, "i")})
            sum += take_out(&q, &item) ? item : 1;
        if (take_out(&q, {random.choice(("&sum", "&item"))}))
            sum = sum * 31 + item;
    }}
    return sum + (unsigned)q.used;
}}"""
    return "ring", text


def callbacks(random: Random) -> tuple[str, str]:
    """Tables of functions, a comparator for qsort, and a struct whose field is a function."""
    text = f"""
struct counter {{
    unsigned (*next)(struct counter *);
    unsigned value, step;
}};

static unsigned upwards(struct counter *c)
{{
    return c->value += c->step;
}}

static unsigned downwards(struct counter *c)
{{
    c->step = c->step {random.choice("+^")} {random.randint(1, 7)};
    return c->value -= c->step;
}}

static int by_value(const void *x, const void *y)
{{
    const unsigned *left = x, *right = y;
    return {random.choice(("(*left > *right) - (*left < *right)", "(*left < *right) - (*left > *right)"))};
}}

static unsigned callbacks(unsigned n)
{{
    static unsigned (*const table[])(struct counter *) = {{upwards, downwards}};
    struct counter counters[2] = {{{{upwards, {random.randint(0, 99)}, 3}}, {{downwards, 5, {random.randint(1, 9)}}}}};
    unsigned values[50], sum = 0;
    for (unsigned i = 0; i < n; i++) {{
        struct counter *c = &counters[i % 2];
        values[i] = c->next(c) % 1000;
        if ({test_of(random, "values[i]")})
            c->next = table[i / 2 % 2];
    }}
    qsort(values, n, sizeof values[0], by_value);
    for (unsigned i = 0; i < n; i++)
        sum = sum * 31 + values[i];
    return sum;
}}"""
    return "callbacks", text


SCENES: tuple[Scene, ...] = (
    single_list, double_list, tree, vector, matrix, ring, callbacks, records, views, buffers, words,
    expression_parser, sorted_names, strings, arrays, optional, nested_records, machines, tokens, backwards, early_returns, grids,
    holders, several_buffers, links, holdings,
)  # fmt: skip
