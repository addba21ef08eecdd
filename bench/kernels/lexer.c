/* A state machine that splits C-like text into tokens and hashes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum state { START, WORD, NUMBER, STRING, ESCAPE, SLASH, LINE_COMMENT, COMMENT, STAR };
enum kind { K_WORD, K_NUMBER, K_STRING, K_OPERATOR, KINDS };

struct counts { unsigned long n[KINDS], hash; };

static const char source[] =
    "int main(int argc, char **argv) { /* start ** here */\n"
    "  const char *text = \"a \\\"quoted\\\" string\"; // rest\n"
    "  for (int i = 0; i < 1024; i++) total_sum += values[i] * 0x1f / 3.25;\n"
    "  return total_sum >> 2 ? call(text, argc - 1) : -1; }\n";

static void emit(struct counts *c, enum kind kind, const char *from, const char *to)
{
    c->n[kind]++;
    while (from < to)
        c->hash = c->hash * 33 + (unsigned char)*from++;
}

static int is_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static int is_digit(int c) { return c >= '0' && c <= '9'; }

static void lex(const char *p, struct counts *c)
{
    enum state state = START;
    const char *token = p;
    for (;; p++) {
        int ch = *p;
        switch (state) {
        case WORD:
            if (is_letter(ch) || is_digit(ch))
                continue;
            emit(c, K_WORD, token, p);
            state = START;
            break;
        case NUMBER:
            if (is_letter(ch) || is_digit(ch) || ch == '.')
                continue;
            emit(c, K_NUMBER, token, p);
            state = START;
            break;
        case STRING:
            if (ch == '\\')
                state = ESCAPE;
            else if (ch == '"') {
                emit(c, K_STRING, token, p);
                state = START;
            }
            continue;
        case ESCAPE:
            state = STRING;
            continue;
        case SLASH:
            if (ch == '/' || ch == '*') {
                state = ch == '/' ? LINE_COMMENT : COMMENT;
                continue;
            }
            emit(c, K_OPERATOR, token, p);
            state = START;
            break;
        case LINE_COMMENT:
            if (ch == '\n')
                state = START;
            continue;
        case COMMENT:
            if (ch == '*')
                state = STAR;
            continue;
        case STAR:
            state = ch == '/' ? START : ch == '*' ? STAR : COMMENT;
            continue;
        case START:
            break;
        }
        token = p;
        switch (ch) {
        case 0: return;
        case ' ': case '\n': case '\t': break;
        case '"': state = STRING; break;
        case '/': state = SLASH; break;
        default:
            if (is_letter(ch))
                state = WORD;
            else if (is_digit(ch))
                state = NUMBER;
            else
                emit(c, K_OPERATOR, p, p + 1);
        }
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1800;
    size_t one = sizeof source - 1, copies = 1000;
    char *text = malloc(one * copies + 1);
    for (size_t i = 0; i < copies; i++)
        memcpy(text + i * one, source, one);
    text[one * copies] = 0;
    struct counts c = {{0}, 5381};
    for (int i = 0; i < rounds; i++)
        lex(text, &c);
    printf("%lu %lu %lu %lu %lu\n", c.n[K_WORD], c.n[K_NUMBER], c.n[K_STRING], c.n[K_OPERATOR], c.hash);
    free(text);
    return 0;
}
