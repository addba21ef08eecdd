"""Scenes about linked structs: lists and trees whose objects come and go, are found, copied, sorted and lent in parts."""

from __future__ import annotations

from random import Random

from pointer_programs.expressions import test_of
from pointer_programs.scene_steps import steps_of, without_unused

_STEPS = (
    "a = link_push(a, n % 97);",
    "b = link_push(link_push(b, n % 31), n % 17);",
    "a = link_append(a, n % 91);",
    "b = link_append(b, n % 89 + link_total(a) % 5);",
    "a = link_reverse(a);",
    "a = link_merge(a, b);\n    b = NULL;",
    "b = link_append(b, 7);\n    rest = link_cut(a, n % 6);\n    b = link_merge(rest, b);\n    if (!rest)\n        sum++;",
    "sum = sum * 3 + link_total(a) + link_length(b);",
    "if (a && b)\n        link_nth(a, n)->key += link_nth(b, n % 7)->key;",
    "if (a && a->next) {\n        a->next->key ^= a->key;\n        strcpy(a->tag, a->next->tag);\n    }",
    "if (a)\n        link_exchange(a, link_nth(a, n % 5));",
    "p = link_find(a, n % 97);\n    if (p != NULL)\n        p->tag[n % 7] = 'x';",
    "for (p = a; p; p = p->next)\n        if (p->next && p->next->key > p->key)\n            p->next->weights[n % 3] += p->weights[1];",
    "a = link_without(a, n % 3);",
    "if (b) {\n        struct knot copy = *b;\n        copy.key = copy.key * 3 % 101;\n        *b = copy;\n        sum += link_sum_of(b->weights, 3);\n    }",
    "if (a)\n        link_scale(link_nth(a, n % 4)->weights, 2, 1 + n % 3);",
    "for (p = b; p && p->next; p = p->next->next)\n        sum = sum * 7 + (unsigned char)p->tag[0] + link_by_order(p, p->next);",
    "table[n % 4] = link_nth(a, n % 5);\n    if (table[n % 4])\n        sum += table[n % 4]->key;",
    "root = link_grow(root, n % 61);",
    "root = link_grow(link_grow(root, n % 13), 60 - n % 29);",
    "sum = sum * 5 + link_depth(root) + link_under(root, n % 50, link_by_key);",
    "if (root)\n        root->left = link_grow(root->left, root->key - 1 - n % 5);",
)
_WILD_STEPS = (
    "link_insert_sorted(&a, n % 90);",
    "link_insert_sorted(&b, n % 9);\n    link_drop_all(&b, 3);",
)


def links(random: Random) -> tuple[str, str]:
    """Lists and a tree of objects from the heap, under steps in any order."""
    number = random.choice(("unsigned", "int", "long"))
    members = ["struct knot *next;", f"{number} key;", "char tag[8];", "int weights[3];"]
    random.shuffle(members)
    inside = "\n    ".join(members)
    made = random.choice(("malloc(sizeof *p)", "calloc(1, sizeof(struct knot))", "(struct knot *)malloc(sizeof(struct knot))"))
    text = f"""
struct knot {{
    {inside}
}};

struct bough {{
    struct bough *left, *right;
    int key, count;
}};

static struct knot *link_fresh(unsigned key, struct knot *next)
{{
    struct knot *p = {made};
    {random.choice(("if (!p)", "if (p == NULL)"))}
        exit(3);
    {random.choice(("memset(p, 0, sizeof *p);", "*p = (struct knot){.key = 0};"))}
    p->key = ({number})key;
    p->next = next;
    p->tag[0] = (char)('a' + key % 26);
    p->weights[key % 3] = (int)(key % 50);
    return p;
}}

static struct knot *link_push(struct knot *list, unsigned key)
{{
    return {random.choice(("link_fresh(key, list)", "key % 5 ? link_fresh(key, list) : list"))};
}}

static struct knot *link_append(struct knot *list, unsigned key)
{{
    struct knot *last = list;
    if (!list)
        return link_fresh(key, NULL);
    while (last->next{random.choice((" != NULL", ""))})
        last = last->next;
    last->next = link_fresh(key, NULL);
    return list;
}}

static struct knot *link_reverse(struct knot *list)
{{
    struct knot *done = NULL, *next;
    for (; list; list = next) {{
        next = list->next;
        list->next = done;
        done = list;
    }}
    return done;
}}

static int link_by_order(const struct knot *a, const struct knot *b)
{{
    return (a->key > b->key) - (a->key < b->key);
}}

static struct knot *link_merge(struct knot *a, struct knot *b)
{{
    if (!a || !b)
        return a ? a : b;
    if (link_by_order(a, b) {random.choice(("<= 0", "< 0"))}) {{
        a->next = link_merge(a->next, b);
        return a;
    }}
    b->next = link_merge(a, b->next);
    return b;
}}

static struct knot *link_cut(struct knot *list, unsigned n)
{{
    struct knot *rest;
    while (list && n-- > 0)
        list = list->next;
    if (!list)
        return NULL;
    rest = list->next;
    list->next = NULL;
    return rest;
}}

static struct knot *link_without(struct knot *list, unsigned remainder)
{{
    struct knot *rest;
    if (!list)
        return NULL;
    rest = link_without(list->next, remainder);
    if ((unsigned)list->key % 3 == remainder && {test_of(random, "(unsigned)list->key")}) {{
        free(list);
        return rest;
    }}
    list->next = rest;
    return list;
}}

static struct knot *link_nth(struct knot *list, unsigned n)
{{
    while (list && list->next && n-- > 0)
        list = list->next;
    return list;
}}

static struct knot *link_find(struct knot *list, unsigned key)
{{
    while (list && (unsigned)list->key != key)
        list = list->next;
    return list;
}}

static void link_exchange(struct knot *a, struct knot *b)
{{
    {number} key = a->key;
    a->key = b->key;
    b->key = key;
    if (a != b && a->next == b)
        a->weights[0] = b->weights[2];
}}

static unsigned link_total(const struct knot *list)
{{
    unsigned sum = 0;
    for (const struct knot *p = list; p; p = p->next)
        sum = sum * 31 + (unsigned)p->key + (unsigned)strlen(p->tag) + (unsigned)p->weights[2];
    return sum;
}}

static unsigned link_length(const struct knot *list)
{{
    return list ? 1 + link_length(list->next) : 0;
}}

static int link_sum_of(const int *values, int n)
{{
    int sum = 0;
    while (n-- > 0)
        sum = (sum + values[n]) % 9999;
    return sum;
}}

static void link_scale(int *values, int n, int by)
{{
    for (int i = 0; i < n; i++)
        values[i] = values[i] * by % 1000;
}}

static void link_insert_sorted(struct knot **at, unsigned key)
{{
    while (*at && (unsigned)(*at)->key < key)
        at = &(*at)->next;
    *at = link_fresh(key, *at);
}}

static void link_drop_all(struct knot **at, unsigned by)
{{
    while (*at) {{
        struct knot *p = *at;
        if ((unsigned)p->key % by == 0) {{
            *at = p->next;
            free(p);
        }} else
            at = &p->next;
    }}
}}

static struct bough *link_grow(struct bough *tree, int key)
{{
    if (!tree) {{
        tree = calloc(1, sizeof *tree);
        tree->key = key;
    }}
    if (key == tree->key)
        tree->count++;
    else if (key < tree->key)
        tree->left = link_grow(tree->left, key);
    else
        tree->right = link_grow(tree->right, key);
    return tree;
}}

static unsigned link_depth(const struct bough *tree)
{{
    unsigned left, right;
    if (tree == NULL)
        return 0;
    left = link_depth(tree->left);
    right = link_depth(tree->right);
    return 1 + (left > right ? left : right);
}}

static unsigned link_by_key(const struct bough *tree)
{{
    return (unsigned)tree->key * 3 + (unsigned)tree->count;
}}

static unsigned link_under(const struct bough *tree, int key, unsigned (*of)(const struct bough *))
{{
    if (!tree)
        return 0;
    return link_under(tree->left, key, of) + (tree->key < key ? of(tree) + link_under(tree->right, key, of) : 0);
}}

static void link_fell(struct bough *tree)
{{
    if (tree) {{
        link_fell(tree->left);
        link_fell(tree->right);
        free(tree);
    }}
}}

static unsigned links(unsigned n)
{{
    struct knot *a = NULL, *b = NULL, *rest = NULL, *p = NULL, *table[4] = {{NULL}};
    struct bough *root = NULL;
    unsigned sum = n;
{steps_of(random, _STEPS, _WILD_STEPS)}
    sum = sum * 31 + link_total(a) + link_total(b) + link_depth(root) + (p || rest || table[0] == a);
    for (a = link_merge(a, b); a; a = rest) {{
        rest = a->next;
        free(a);
    }}
    link_fell(root);
    return sum;
}}"""
    functions = (
        "link_under", "link_insert_sorted", "link_drop_all", "link_scale", "link_sum_of", "link_length", "link_exchange", "link_find", "link_nth", "link_without", "link_cut",
        "link_reverse", "link_append", "link_push", "link_grow", "link_fresh",
    )  # fmt: skip
    return "links", without_unused(text, functions)
