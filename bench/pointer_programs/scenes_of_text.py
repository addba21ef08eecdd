"""Scenes about strings: cursors into them, tables of them, and a parser whose place is behind a `const char **`."""

from __future__ import annotations

from random import Random

SENTENCES = (
    "the quick brown fox jumps over the lazy dog", "a man a plan a canal", "one  two three   four five ",
    " to be or not to be", "x", "colourless green ideas sleep furiously",
)  # fmt: skip
FORMULAS = ("1+2*(3+4)", "((7))*6-5", "9*(8-(3+2))*2+1", "12+34*5-(6)", "(1+1)*(2+2)*(3+3)")
NAMES = ("pear", "apple", "fig", "plum", "cherry", "date", "quince", "lime", "kiwi", "olive")


def words(random: Random) -> tuple[str, str]:
    """Words are cut out of a copy, turned round in place, and put together from the end of a buffer."""
    text = f"""
static char *next_word(char **at)
{{
    char *word = *at;
    while (*word == ' ')
        word++;
    if (!*word)
        return NULL;
    char *end = word;
    while (*end && *end != ' ')
        end++;
    *at = *end ? end + 1 : end;
    *end = '\\0';
    return word;
}}

static void turn(char *word)
{{
    char *end = word + strlen(word);
    while (word < end) {{
        char kept = *word;
        *word++ = *--end;
        *end = kept;
    }}
}}

static unsigned words(unsigned n)
{{
    static const char sentence[] = "{random.choice(SENTENCES)}";
    char copy[sizeof sentence], joined[80], *at = copy, *out = joined + sizeof joined - 1, *word;
    unsigned count = 0, sum = n;
    strcpy(copy, sentence);
    *out = '\\0';
    while ((word = next_word(&at)) != NULL) {{
        if (count++ % {random.randint(1, 3)} == 0)
            turn(word);
        out -= strlen(word);
        memcpy(out, word, strlen(word));
        *--out = '{random.choice("-_+")}';
    }}
    for (const char *p = out; *p; p++)
        sum = sum * 31 + (unsigned char)*p;
    printf("%s\\n", out);
    return sum;
}}"""
    return "words", text


def expression_parser(random: Random) -> tuple[str, str]:
    """Recursive descent; each function leaves the place behind what it read."""
    text = f"""
static unsigned parse_sum(const char **at);

static unsigned parse_factor(const char **at)
{{
    unsigned value = 0;
    if (**at == '(') {{
        ++*at;
        value = parse_sum(at);
        ++*at;
        return value;
    }}
    while (**at >= '0' && **at <= '9')
        value = value * 10 + (unsigned)(*(*at)++ - '0');
    return value;
}}

static unsigned parse_product(const char **at)
{{
    unsigned value = parse_factor(at);
    while (**at == '*') {{
        (*at)++;
        value *= parse_factor(at);
    }}
    return value;
}}

static unsigned parse_sum(const char **at)
{{
    unsigned value = parse_product(at);
    while (**at == '+' || **at == '-') {{
        char sign = *(*at)++;
        unsigned right = parse_product(at);
        value = sign == '+' ? value + right : value - right;
    }}
    return value;
}}

static unsigned expression_parser(unsigned n)
{{
    const char *const formulas[] = {{"{'", "'.join(random.sample(FORMULAS, 3))}"}};
    unsigned sum = n;
    for (int i = 0; i < 3; i++) {{
        const char *at = formulas[i];
        sum = sum * 31 + parse_sum(&at);
        sum += (unsigned)(at - formulas[i]);
    }}
    return sum;
}}"""
    return "expression_parser", text


def sorted_names(random: Random) -> tuple[str, str]:
    """A table of strings whose pointers are sorted, with a length for each and a cursor over the table."""
    chosen = random.sample(NAMES, random.randint(3, 8))
    order = random.choice(("strcmp(*q, held) > 0", "strlen(*q) > strlen(held)", "(*q)[1] < held[1]"))
    text = f"""
static void sort_names(const char **names, int n)
{{
    for (const char **p = names + 1; p < names + n; p++) {{
        const char *held = *p, **q = p - 1;
        int gap = 0;
        for (; q >= names && {order}; q--) {{
            q[1] = *q;
            gap++;
            if (q == names)
                break;
        }}
        names[p - names - gap] = held;
    }}
}}

static unsigned sorted_names(unsigned n)
{{
    const char *names[] = {{"{'", "'.join(chosen)}", NULL}};
    unsigned sum = 0;
    sort_names(names, {len(chosen)});
    for (const char **p = names; *p; p++)
        for (const char *c = *p + n % {min(map(len, chosen)) + 1}; *c; c++)
            sum = sum * 31 + (unsigned char)*c;
    printf("%s %s\\n", names[0], names[{len(chosen) - 1}]);
    return sum;
}}"""
    return "sorted_names", text
