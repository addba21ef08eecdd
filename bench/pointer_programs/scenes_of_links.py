"""Scenes about linked structs: lists and trees whose objects come and go, are found, copied, sorted and lent in parts."""

from __future__ import annotations

from random import Random

from pointer_programs.expressions import test_of
from pointer_programs.scene_steps import steps_of, without_unused

_STEPS = (
    "a = push(a, n % 97);",
    "b = push(push(b, n % 31), n % 17);",
    "a = append(a, n % 91);",
    "b = append(b, n % 89 + total(a) % 5);",
    "a = reverse(a);",
    "a = merge(a, b);\n    b = NULL;",
    "b = append(b, 7);\n    rest = cut(a, n % 6);\n    b = merge(rest, b);\n    if (!rest)\n        sum++;",
    "sum = sum * 3 + total(a) + length(b);",
    "if (a && b)\n        nth(a, n)->key += nth(b, n % 7)->key;",
    "if (a && a->next) {\n        a->next->key ^= a->key;\n        strcpy(a->tag, a->next->tag);\n    }",
    "if (a)\n        exchange(a, nth(a, n % 5));",
    "p = find(a, n % 97);\n    if (p != NULL)\n        p->tag[n % 7] = 'x';",
    "for (p = a; p; p = p->next)\n        if (p->next && p->next->key > p->key)\n            p->next->weights[n % 3] += p->weights[1];",
    "a = without(a, n % 3);",
    "if (b) {\n        struct link copy = *b;\n        copy.key = copy.key * 3 % 101;\n        *b = copy;\n        sum += sum_of(b->weights, 3);\n    }",
    "if (a)\n        scale(nth(a, n % 4)->weights, 2, 1 + n % 3);",
    "for (p = b; p && p->next; p = p->next->next)\n        sum = sum * 7 + (unsigned char)p->tag[0] + by_order(p, p->next);",
    "table[n % 4] = nth(a, n % 5);\n    if (table[n % 4])\n        sum += table[n % 4]->key;",
    "root = grow(root, n % 61);",
    "root = grow(grow(root, n % 13), 60 - n % 29);",
    "sum = sum * 5 + depth(root) + under(root, n % 50, by_key);",
    "if (root)\n        root->left = grow(root->left, root->key - 1 - n % 5);",
)
_WILD_STEPS = (
    "insert_sorted(&a, n % 90);",
    "insert_sorted(&b, n % 9);\n    drop_all(&b, 3);",
)


def links(random: Random) -> tuple[str, str]:
    """Lists and a tree of objects from the heap, under steps in any order."""
    number = random.choice(("unsigned", "int", "long"))
    members = ["struct link *next;", f"{number} key;", "char tag[8];", "int weights[3];"]
    random.shuffle(members)
    inside = "\n    ".join(members)
    made = random.choice(("malloc(sizeof *p)", "calloc(1, sizeof(struct link))", "(struct link *)malloc(sizeof(struct link))"))
    text = f"""
struct link {{
    {inside}
}};

struct branch {{
    struct branch *left, *right;
    int key, count;
}};

static struct link *fresh(unsigned key, struct link *next)
{{
    struct link *p = {made};
    {random.choice(("if (!p)", "if (p == NULL)"))}
        exit(3);
    {random.choice(("memset(p, 0, sizeof *p);", "*p = (struct link){.key = 0};"))}
    p->key = ({number})key;
    p->next = next;
    p->tag[0] = (char)('a' + key % 26);
    p->weights[key % 3] = (int)(key % 50);
    return p;
}}

static struct link *push(struct link *list, unsigned key)
{{
    return {random.choice(("fresh(key, list)", "key % 5 ? fresh(key, list) : list"))};
}}

static struct link *append(struct link *list, unsigned key)
{{
    struct link *last = list;
    if (!list)
        return fresh(key, NULL);
    while (last->next{random.choice((" != NULL", ""))})
        last = last->next;
    last->next = fresh(key, NULL);
    return list;
}}

static struct link *reverse(struct link *list)
{{
    struct link *done = NULL, *next;
    for (; list; list = next) {{
        next = list->next;
        list->next = done;
        done = list;
    }}
    return done;
}}

static int by_order(const struct link *a, const struct link *b)
{{
    return (a->key > b->key) - (a->key < b->key);
}}

static struct link *merge(struct link *a, struct link *b)
{{
    if (!a || !b)
        return a ? a : b;
    if (by_order(a, b) {random.choice(("<= 0", "< 0"))}) {{
        a->next = merge(a->next, b);
        return a;
    }}
    b->next = merge(a, b->next);
    return b;
}}

static struct link *cut(struct link *list, unsigned n)
{{
    struct link *rest;
    while (list && n-- > 0)
        list = list->next;
    if (!list)
        return NULL;
    rest = list->next;
    list->next = NULL;
    return rest;
}}

static struct link *without(struct link *list, unsigned remainder)
{{
    struct link *rest;
    if (!list)
        return NULL;
    rest = without(list->next, remainder);
    if ((unsigned)list->key % 3 == remainder && {test_of(random, "(unsigned)list->key")}) {{
        free(list);
        return rest;
    }}
    list->next = rest;
    return list;
}}

static struct link *nth(struct link *list, unsigned n)
{{
    while (list && list->next && n-- > 0)
        list = list->next;
    return list;
}}

static struct link *find(struct link *list, unsigned key)
{{
    while (list && (unsigned)list->key != key)
        list = list->next;
    return list;
}}

static void exchange(struct link *a, struct link *b)
{{
    {number} key = a->key;
    a->key = b->key;
    b->key = key;
    if (a != b && a->next == b)
        a->weights[0] = b->weights[2];
}}

static unsigned total(const struct link *list)
{{
    unsigned sum = 0;
    for (const struct link *p = list; p; p = p->next)
        sum = sum * 31 + (unsigned)p->key + (unsigned)strlen(p->tag) + (unsigned)p->weights[2];
    return sum;
}}

static unsigned length(const struct link *list)
{{
    return list ? 1 + length(list->next) : 0;
}}

static int sum_of(const int *values, int n)
{{
    int sum = 0;
    while (n-- > 0)
        sum = (sum + values[n]) % 9999;
    return sum;
}}

static void scale(int *values, int n, int by)
{{
    for (int i = 0; i < n; i++)
        values[i] = values[i] * by % 1000;
}}

static void insert_sorted(struct link **at, unsigned key)
{{
    while (*at && (unsigned)(*at)->key < key)
        at = &(*at)->next;
    *at = fresh(key, *at);
}}

static void drop_all(struct link **at, unsigned by)
{{
    while (*at) {{
        struct link *p = *at;
        if ((unsigned)p->key % by == 0) {{
            *at = p->next;
            free(p);
        }} else
            at = &p->next;
    }}
}}

static struct branch *grow(struct branch *tree, int key)
{{
    if (!tree) {{
        tree = calloc(1, sizeof *tree);
        tree->key = key;
    }}
    if (key == tree->key)
        tree->count++;
    else if (key < tree->key)
        tree->left = grow(tree->left, key);
    else
        tree->right = grow(tree->right, key);
    return tree;
}}

static unsigned depth(const struct branch *tree)
{{
    unsigned left, right;
    if (tree == NULL)
        return 0;
    left = depth(tree->left);
    right = depth(tree->right);
    return 1 + (left > right ? left : right);
}}

static unsigned by_key(const struct branch *tree)
{{
    return (unsigned)tree->key * 3 + (unsigned)tree->count;
}}

static unsigned under(const struct branch *tree, int key, unsigned (*of)(const struct branch *))
{{
    if (!tree)
        return 0;
    return under(tree->left, key, of) + (tree->key < key ? of(tree) + under(tree->right, key, of) : 0);
}}

static void fell(struct branch *tree)
{{
    if (tree) {{
        fell(tree->left);
        fell(tree->right);
        free(tree);
    }}
}}

static unsigned links(unsigned n)
{{
    struct link *a = NULL, *b = NULL, *rest = NULL, *p = NULL, *table[4] = {{NULL}};
    struct branch *root = NULL;
    unsigned sum = n;
{steps_of(random, _STEPS, _WILD_STEPS)}
    sum = sum * 31 + total(a) + total(b) + depth(root) + (p || rest || table[0] == a);
    for (a = merge(a, b); a; a = rest) {{
        rest = a->next;
        free(a);
    }}
    fell(root);
    return sum;
}}"""
    functions = (
        "under", "insert_sorted", "drop_all", "scale", "sum_of", "length", "exchange", "find", "nth", "without", "cut",
        "reverse", "append", "push", "grow", "fresh",
    )  # fmt: skip
    return "links", without_unused(text, functions)
