"""Scenes that call the string and memory functions of the library on arrays, parameters and members, in random order.

Strings stay below 24 characters (`shorten` sees to that in front of each step), so that every step is defined.
"""

from __future__ import annotations

from random import Random

_STRING_STEPS = (
    "strcpy(a, b);",
    "strcpy(b, a + n % 3);",
    "strcat(a, b + (strlen(b) > 2 ? 2 : 0));",
    "strncat(a, r.name, n % 7);",
    "strncpy(r.name, a, sizeof r.name - 1);",
    "memmove(a + 1, a, strlen(a) + 1);",
    "memmove(a, a + strlen(a) / 2, strlen(a + strlen(a) / 2) + 1);",
    "if ((p = strchr(a, 'a' + n % 26)) != NULL)\n        *p = '#';",
    "p = strrchr(b, 'e');\n    sum = sum * 7 + (p ? (unsigned)(p - b) : 99);",
    "p = strstr(a, r.name);\n    sum += p ? (unsigned)strlen(p) : 5;",
    "sum = sum * 3 + (unsigned)(strcmp(a, b) < 0) + (unsigned)(memcmp(a, b, 3) == 0);",
    "sum = sum * 5 + (unsigned)strspn(b, \"abcdeo \") + (unsigned)strcspn(a, r.name + 1);",
    "strcat(strcpy(b, r.name), \"-\");",
    "strcpy(a + strlen(a), \"!\");",
    "sprintf(b, \"%u:%.5s\", sum % 1000, a);",
    "sum += (unsigned)snprintf(r.name, sizeof r.name, \"%s%d\", n % 2 ? a : \"even\", (int)n);",
    "upper(n % 2 ? a : b);",
    "upper(a + n % 2);",
    "sum = sum * 11 + count(a, 'o') + count(r.name, 'e');",
    "if (sscanf(b, \"%u:%7s\", &value, r.name) == 2)\n        sum += value;",
    "printf(\"%s|%.4s|%s\\n\", a, b, r.name);",
    "replace(a, 'e', '3');",
    "p = end_of(b);\n    sum = sum * 13 + (unsigned)(p - b);",
    "sum += (unsigned)(after(a, 'o') - a);",
    "memset(b + strlen(b) / 2, '.', strlen(b) - strlen(b) / 2);",
    "r = q[n % 2];",
    "memcpy(&q[(n + 1) % 2], &r, sizeof r);",
    "if (strncmp(q[0].name, q[1].name, 2) > 0)\n        q[0].value += 2;",
    "sum = sum * 17 + (unsigned)atoi(b) + (unsigned)strtoul(a + strcspn(a, \"0123456789\"), NULL, 10);",
)


def strings(random: Random) -> tuple[str, str]:
    """Strings in arrays, members and parameters."""
    steps = "\n".join(f"    shorten(a), shorten(b);\n    {step}" for step in random.choices(_STRING_STEPS, k=random.randint(6, 14)))
    texts = random.sample(("hello there", "once more", "a e i o u", "42:apples", "", "eleven"), 3)
    text = f"""
struct tag {{
    unsigned value;
    char name[12];
}};

static void shorten(char *s)
{{
    if (strlen(s) > 20)
        s[20] = '\\0';
}}

static void upper(char *s)
{{
    size_t length = strlen(s);
    for (size_t i = 0; i < length; i++)
        if (s[i] >= 'a' && s[i] <= 'z')
            s[i] -= 'a' - 'A';
}}

static unsigned count(const char *s, char c)
{{
    unsigned found = 0;
    while ((s = strchr(s, c)) != NULL) {{
        found++;
        s++;
    }}
    return found;
}}

static void replace(char *s, char from, char to)
{{
    for (char *p = strchr(s, from); p; p = strchr(p + 1, from))
        *p = to;
}}

static char *end_of(char *s)
{{
    return s + strlen(s);
}}

static const char *after(const char *s, char c)
{{
    const char *p = strchr(s, c);
    return p ? p + 1 : s;
}}

static unsigned strings(unsigned n)
{{
    char a[64] = "{texts[0]}", b[64] = "{texts[1]}", *p = a;
    struct tag r = {{n, "{texts[2]}"}}, q[2] = {{{{1, "one"}}, {{2, "two"}}}};
    unsigned sum = n, value = 0;
{steps}
    sum = sum * 31 + (unsigned)strlen(a) + (unsigned)strlen(b) * 64 + q[0].value + q[1].value + (p && p[0] != 0);
    printf("%s %s %s\\n", a, b, r.name);
    return sum + value;
}}"""
    return "strings", text


_ARRAY_STEPS = (
    "memcpy(a, b, sizeof a);",
    "memcpy(b + 2, a + n % 4, 3 * sizeof *a);",
    "memmove(a + n % 3, a + 1, (n % 5) * sizeof *a);",
    "memmove(a, a + n % 8, 0);",
    "memset(a + n % 8, 0, n % 8 < 6 ? 2 * sizeof *a : 0);",
    "memset(b, 0xff, (n % 9) * sizeof *b);",
    "memset(a + n % 7, (int)n, 1 + n % 4);",
    "memcpy(grid[n % 3], grid[(n + 1) % 3], sizeof grid[0]);",
    "memset(grid[n % 3], 0, sizeof grid[0]);",
    "memcpy(grid[1], a, 4 * sizeof *a);",
    "memcpy(bytes + n % 4, &b[n % 8], sizeof *b);",
    "memcpy(&a[n % 8], bytes + 1, sizeof *a);",
    "memcpy(&bits, &real, sizeof bits);\n    a[1] += (int)(bits >> 24);",
    "real += 0.25f;",
    "sum = sum * 3 + (unsigned)(memcmp(a, b, sizeof a) == 0) + (unsigned)(memcmp(a, grid[0], 8) != 0);",
    "clear(n % 2 ? a : b, n % 4);",
    "clear(a + 4, 3);",
    "roll_left(a, 8, n % 8);",
    "roll_left(b + 1, 5, n % 5);",
    "copy(&s, &t);",
    "t.values[n % 4] = (int)n;",
    "memcpy(s.values, t.values + 1, 3 * sizeof(int));",
    "memcpy(s.values, a, sizeof s.values);",
    "memset(&t, 0, sizeof t);",
)


def arrays(random: Random) -> tuple[str, str]:
    """Numbers that are copied, moved and cleared by the byte."""
    steps = "\n".join(f"    {step}\n    n = n * 5 + 3;" for step in random.choices(_ARRAY_STEPS, k=random.randint(6, 14)))
    text = f"""
struct block {{
    int values[4];
    int size;
}};

static void clear(int *a, size_t n)
{{
    memset(a, 0, n * sizeof *a);
}}

static void roll_left(int *a, size_t n, size_t by)
{{
    int kept[8];
    memcpy(kept, a, by * sizeof *a);
    memmove(a, a + by, (n - by) * sizeof *a);
    memcpy(a + n - by, kept, by * sizeof *a);
}}

static void copy(struct block *to, const struct block *from)
{{
    memcpy(to, from, sizeof *to);
    to->size++;
}}

static unsigned arrays(unsigned n)
{{
    int a[8] = {{3, 1, 4, 1, 5, 9, 2, 6}}, b[8] = {{2, 7, 1, 8, 2, 8, 1, 8}}, grid[3][4] = {{{{1, 2}}, {{3, 4, 5}}, {{6}}}};
    unsigned char bytes[8] = {{9, 8, 7, 6, 5, 4, 3, 2}};
    struct block s = {{{{1, 2, 3, 4}}, 4}}, t = {{{{5, 6}}, 2}};
    float real = 1.5f;
    unsigned bits = 0, sum = n;
{steps}
    for (int i = 0; i < 8; i++)
        sum = sum * 31 + (unsigned)a[i] + 7 * (unsigned)b[i] + bytes[i];
    for (int i = 0; i < 4; i++)
        sum = sum * 31 + (unsigned)(grid[0][i] + 2 * grid[1][i] + 3 * grid[2][i]) + (unsigned)(s.values[i] - t.values[i]);
    return sum + bits + (unsigned)(s.size + 2 * t.size);
}}"""
    return "arrays", text
