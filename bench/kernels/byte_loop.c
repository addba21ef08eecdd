/* Counts words, lines and letters of a text by char pointers, replaces and searches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {"the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog\n"};

static char *make_text(size_t n)
{
    char *text = malloc(n + 16), *p = text;
    unsigned seed = 7;
    while (p < text + n) {
        seed = seed * 1664525 + 1013904223;
        for (const char *w = words[(seed >> 16) % 9]; *w;)
            *p++ = *w++;
        *p++ = ' ';
    }
    *p = 0;
    return text;
}

static long count_words(const char *p)
{
    long n = 0;
    int inside = 0;
    for (; *p; p++) {
        if (*p == ' ' || *p == '\n')
            inside = 0;
        else if (!inside) {
            inside = 1;
            n++;
        }
    }
    return n;
}

static long find_all(const char *text, const char *what)
{
    long n = 0;
    for (const char *p = text; *p; p++) {
        const char *a = p, *b = what;
        while (*b && *a == *b)
            a++, b++;
        if (!*b)
            n += p - text;
    }
    return n;
}

static void rotate(char *p)
{
    for (; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)((*p - 'a' + 13) % 26 + 'a');
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)atol(argv[1]) : 4000000;
    char *text = make_text(n);
    unsigned long check = 0;
    for (int round = 0; round < 16; round++) {
        check = check * 31 + (unsigned long)count_words(text);
        check = check * 31 + (unsigned long)find_all(text, round % 2 ? "dhvpx" : "quick");
        rotate(text);
    }
    printf("%lu\n", check);
    free(text);
    return 0;
}
