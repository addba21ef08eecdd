#ifndef CALC_LEXER_H
#define CALC_LEXER_H

/* The longest name of a variable or function, with its NUL. */
#define NAME_SIZE 32

/* The kinds of token; single characters such as '+' stand for themselves. */
enum token_kind { TOKEN_END = 256, TOKEN_NUMBER, TOKEN_NAME, TOKEN_POWER, TOKEN_BAD };

struct token {
    int kind;
    double number;        /* of a TOKEN_NUMBER */
    char name[NAME_SIZE]; /* of a TOKEN_NAME */
};

/* Reads tokens from a line of text. */
struct lexer {
    const char *text;
    const char *next;
};

void lexer_start(struct lexer *lexer, const char *text);
void lexer_next(struct lexer *lexer, struct token *token);
/* How many characters have been read. */
int lexer_column(const struct lexer *lexer);

#endif
