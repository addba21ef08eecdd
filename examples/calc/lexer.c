/* Cuts a line into tokens. */
#include "lexer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void lexer_start(struct lexer *lexer, const char *text)
{
    lexer->text = text;
    lexer->next = text;
}

int lexer_column(const struct lexer *lexer)
{
    return (int)(lexer->next - lexer->text);
}

/* A name is cut at NAME_SIZE - 1 characters; the rest of it is skipped. */
static void read_name(struct lexer *lexer, struct token *token)
{
    size_t length = 0;

    token->kind = TOKEN_NAME;
    while (isalnum((unsigned char)*lexer->next) || *lexer->next == '_') {
        if (length < NAME_SIZE - 1)
            token->name[length++] = *lexer->next;
        lexer->next++;
    }
    token->name[length] = '\0';
}

void lexer_next(struct lexer *lexer, struct token *token)
{
    memset(token, 0, sizeof *token);
    while (isspace((unsigned char)*lexer->next))
        lexer->next++;
    if (*lexer->next == '\0' || *lexer->next == '#') {
        token->kind = TOKEN_END;
    } else if (isdigit((unsigned char)*lexer->next) || *lexer->next == '.') {
        char *end;
        token->number = strtod(lexer->next, &end);
        token->kind = end == lexer->next ? TOKEN_BAD : TOKEN_NUMBER;
        lexer->next = end == lexer->next ? end + 1 : end;
    } else if (isalpha((unsigned char)*lexer->next) || *lexer->next == '_') {
        read_name(lexer, token);
    } else if (lexer->next[0] == '*' && lexer->next[1] == '*') {
        token->kind = TOKEN_POWER;
        lexer->next += 2;
    } else {
        token->kind = strchr("+-*/%()=,", *lexer->next) ? *lexer->next : TOKEN_BAD;
        lexer->next++;
    }
}
