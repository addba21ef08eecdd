"""Scenes about owners that may be null: results, locals, members of structs, of vectors' elements and of linked objects, under steps in any order."""

from __future__ import annotations

from random import Random

from pointer_programs.scene_steps import steps_of, without_unused

_STEPS = (
    'hold_name(&one, n % 3 ? "first" : NULL);',
    'hold_name(&two, n % 4 ? hold_word(n) : "");',
    "hold_push(&one, (int)(n % 50));",
    "if (hold_push(&two, (int)(n % 9)) < 0)\n        return 1;",
    "hold_resize(&one, (int)(n % 6));",
    "sum = sum * 3 + hold_total(one.items, one.count) + hold_total(two.items, two.count);",
    "if (one.items && one.count)\n        one.items[n % (unsigned)one.count] += 3;",
    "sum = sum * 5 + hold_length(one.name) + (two.name ? (unsigned char)two.name[0] : 1u);",
    "if (one.name != NULL && one.name[0])\n        one.name[0] = (char)('A' + n % 26);",
    "hold_end(&two);",
    "hold_end(&one);\n    hold_name(&one, \"again\");",
    "text = hold_repeat(hold_word(n), n % 4);\n    sum += text ? (unsigned)strlen(text) : 77u;\n    free(text);",
    "text = hold_joined(one.name, two.name);\n    if (text) {\n        sum = sum * 7 + (unsigned char)text[strlen(text) / 2];\n        free(text);\n    }",
    "text = n % 2 ? hold_repeat(\"xy\", 2) : NULL;\n    sum += hold_ended(text);",
    "more = hold_numbers((int)(n % 7) - 2);\n    sum += more == NULL ? 5u : (unsigned)hold_total(more, (int)(n % 7) - 2);\n    free(more);",
    "hold_add(&table, hold_word(n), (int)(n % 21));",
    "hold_add(&table, n % 5 ? hold_word(n / 3) : \"last\", 4);",
    "qsort(table.items, (size_t)table.count, sizeof *table.items, hold_by_rank);",
    "if (table.count)\n        hold_relabel(&table.items[n % (unsigned)table.count], hold_word(n + 1));",
    "for (int i = 0; i < table.count; i++)\n        sum = sum * 3 + hold_length(table.items[i].label) + (unsigned)table.items[i].rank;",
    "list = hold_link(list, hold_word(n), n % 3 ? hold_word(n / 2) : NULL);",
    "list = hold_link(list, \"tail\", NULL);",
    "list = hold_unlink(list);",
    "for (struct hold_node *p = list; p; p = p->next)\n        sum = sum * 31 + hold_length(p->word) + (p->remark ? hold_length(p->remark) : 9u);",
    "if (list && !list->remark)\n        list->remark = strdup(list->word);",
)


def holdings(random: Random) -> tuple[str, str]:
    """What owns may be null, is asked for it, given other things, grown, sorted and ended."""
    number = random.choice(("int", "long", "short"))
    make = random.choice(("malloc", "hold_must"))
    length = random.choice(("return s ? (unsigned)strlen(s) : 3u;", "if (s == NULL)\n        return 3;\n    return (unsigned)strlen(s);"))
    copied = random.choice((f"made = {make}(strlen(s) + 1);\n    strcpy(made, s);\n    return made;", "made = strdup(s);\n    return made;", f"made = {make}(strlen(s) + 1);\n    return strcpy(made, s);"))
    none = random.choice(("if (room == 1)\n        return NULL;", ""))
    freed = random.choice(("free(h->name);", "if (h->name)\n        free(h->name);"))
    ordered = random.choice(("return (x->rank > y->rank) - (x->rank < y->rank);", "int order = strcmp(x->label, y->label);\n    return order ? order : (int)(x->rank - y->rank);"))
    grown = random.choice(("t->items = realloc(t->items, t->room * sizeof *t->items);", "struct hold_row *rows = realloc(t->items, t->room * sizeof *rows);\n        if (!rows)\n            exit(5);\n        t->items = rows;"))
    dropped = random.choice(("free(list->remark);", "if (list->remark)\n        free(list->remark);"))
    text = f"""
struct holding {{
    char *name;
    int *items;
    int count, room;
}};

struct hold_row {{
    char *label;
    {number} rank;
}};

struct hold_table {{
    struct hold_row *items;
    int count, room;
}};

struct hold_node {{
    char *word;
    char *remark;
    struct hold_node *next;
}};

static void *hold_must(size_t size)
{{
    void *p = malloc(size);
    if ({random.choice(("!p", "p == NULL"))})
        exit(4);
    return p;
}}

static const char *hold_word(unsigned n)
{{
    static const char *const words[] = {{"one", "three", "seven", "", "eleven", "zebra"}};
    return words[n % 6];
}}

static unsigned hold_length(const char *s)
{{
    {length}
}}

static char *hold_copy(const char *s)
{{
    char *made;
    if (!s)
        return NULL;
    {copied}
}}

static char *hold_repeat(const char *s, unsigned times)
{{
    char *made = NULL;
    if (times > 0) {{
        made = {make}(strlen(s) * times + 1);
        made[0] = '\\0';
        while (times--)
            strcat(made, s);
    }}
    return made;
}}

static char *hold_joined(const char *a, const char *b)
{{
    size_t room = 1;
    char *made;
    if (a)
        room += strlen(a);
    if (b)
        room += strlen(b);
    {none}
    made = {make}(room);
    made[0] = '\\0';
    if (a)
        strcat(made, a);
    if (b)
        strcat(made, b);
    return made;
}}

static int *hold_numbers(int n)
{{
    int *made;
    if (n < 0)
        return NULL;
    made = {random.choice((f"{make}((size_t)n * sizeof *made)", "malloc(n * sizeof(int))", "calloc((size_t)n, sizeof *made)"))};
    for (int i = 0; i < n; i++)
        made[i] = i * 3 + 1;
    return made;
}}

static int hold_total(const int *items, int count)
{{
    int total = 0;
    if (items == NULL)
        return -1;
    for (int i = 0; i < count; i++)
        total = (total * 3 + items[i]) % 10007;
    return total;
}}

static unsigned hold_ended(char *s)
{{
    unsigned length = 11;
    if (s) {{
        length = (unsigned)strlen(s);
        free(s);
    }}
    return length;
}}

static void hold_name(struct holding *h, const char *name)
{{
    {freed}
    {random.choice(("h->name = hold_copy(name);", "h->name = name ? strdup(name) : NULL;"))}
}}

static int hold_push(struct holding *h, int item)
{{
    if (h->count == h->room) {{
        int room = h->room ? 2 * h->room : 2;
        int *items = realloc(h->items, room * sizeof *items);
        if ({random.choice(("items == NULL", "!items"))})
            return -1;
        h->items = items;
        h->room = room;
    }}
    h->items[h->count++] = item;
    return 0;
}}

static void hold_resize(struct holding *h, int count)
{{
    free(h->items);
    h->items = hold_numbers(count);
    h->count = h->room = count;
}}

static void hold_end(struct holding *h)
{{
    free(h->name);
    free(h->items);
    h->name = NULL;
    h->items = NULL;
    h->count = h->room = 0;
}}

static int hold_by_rank(const void *a, const void *b)
{{
    const struct hold_row *x = a, *y = b;
    {ordered}
}}

static void hold_relabel(struct hold_row *row, const char *label)
{{
    free(row->label);
    row->label = strdup(label);
}}

static void hold_add(struct hold_table *t, const char *label, int rank)
{{
    if (t->count == t->room) {{
        t->room = t->room ? t->room * 2 : 3;
        {grown}
    }}
    t->items[t->count].label = {random.choice(("strdup(label)", "hold_copy(label)"))};
    t->items[t->count].rank = ({number})rank;
    t->count++;
}}

static struct hold_node *hold_link(struct hold_node *list, const char *word, const char *remark)
{{
    struct hold_node *p = {random.choice(("malloc(sizeof *p)", "hold_must(sizeof(struct hold_node))", "calloc(1, sizeof *p)"))};
    p->word = strdup(word);
    p->remark = {random.choice(("hold_copy(remark)", "remark ? strdup(remark) : NULL"))};
    p->next = list;
    return p;
}}

static struct hold_node *hold_unlink(struct hold_node *list)
{{
    struct hold_node *next;
    if (!list)
        return NULL;
    next = list->next;
    free(list->word);
    {dropped}
    free(list);
    return next;
}}

static unsigned holdings(unsigned n)
{{
    struct holding one = {{NULL, NULL, 0, 0}}, two = {{NULL, NULL, 0, 0}};
    struct hold_table table = {{NULL, 0, 0}};
    struct hold_node *list = NULL;
    char *text = NULL;
    int *more = NULL;
    unsigned sum = n;
{steps_of(random, _STEPS)}
    sum = sum * 31 + hold_length(one.name) + hold_length(two.name) + (unsigned)(one.items == NULL);
    for (int i = 0; i < table.count; i++)
        free(table.items[i].label);
    free(table.items);
    while (list)
        list = hold_unlink(list);
    hold_end(&one);
    hold_end(&two);
    return sum;
}}"""
    functions = (
        "hold_resize", "hold_push", "hold_relabel", "hold_ended", "hold_joined", "hold_repeat", "hold_numbers", "hold_total", "hold_link", "hold_add", "hold_name",
        "hold_copy", "hold_word", "hold_must",
    )  # fmt: skip
    return "holdings", without_unused(text, functions)
