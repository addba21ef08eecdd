/* Precedence climbing over the tokens of a line. */
#include "parser.h"

#include <stddef.h>

struct parser {
    struct lexer lexer;
    struct token token;
    const char *error;
    int error_column;
};

static struct node *parse_expression(struct parser *parser, int lowest);

static void advance(struct parser *parser)
{
    lexer_next(&parser->lexer, &parser->token);
}

static void fail(struct parser *parser, const char *error)
{
    if (parser->error == NULL) {
        parser->error = error;
        parser->error_column = lexer_column(&parser->lexer);
    }
}

/* How tightly a binary operator binds; 0 for what is none. */
static int precedence(int operator)
{
    switch (operator) {
    case '=':
        return 1;
    case '+':
    case '-':
        return 2;
    case '*':
    case '/':
    case '%':
        return 3;
    case TOKEN_POWER:
        return 5;
    default:
        return 0;
    }
}

static int is_right_associative(int operator)
{
    return operator == '=' || operator == TOKEN_POWER;
}

static struct node *parse_call(struct parser *parser, const char *name)
{
    struct node *call = tree_named(NODE_CALL, name);

    advance(parser);
    while (parser->error == NULL && parser->token.kind != ')') {
        struct node *argument = parse_expression(parser, 1);
        if (argument == NULL)
            break;
        if (call->child_count == MAX_ARGUMENTS)
            fail(parser, "too many arguments");
        tree_add_child(call, argument);
        if (parser->token.kind == ',')
            advance(parser);
        else if (parser->token.kind != ')')
            fail(parser, "expected , or )");
    }
    advance(parser);
    return call;
}

static struct node *parse_operand(struct parser *parser)
{
    struct token token = parser->token;
    struct node *inner;

    advance(parser);
    switch (token.kind) {
    case TOKEN_NUMBER:
        return tree_number(token.number);
    case TOKEN_NAME:
        if (parser->token.kind == '(')
            return parse_call(parser, token.name);
        return tree_named(NODE_VARIABLE, token.name);
    case '-':
    case '+':
        inner = parse_expression(parser, 4);
        return inner == NULL ? NULL : tree_operator(NODE_UNARY, token.kind, inner, NULL);
    case '(':
        inner = parse_expression(parser, 1);
        if (parser->token.kind != ')')
            fail(parser, "expected )");
        advance(parser);
        return inner;
    default:
        fail(parser, "expected a number, a name or (");
        return NULL;
    }
}

static struct node *parse_expression(struct parser *parser, int lowest)
{
    struct node *left = parse_operand(parser);

    while (left != NULL && parser->error == NULL) {
        int operator = parser->token.kind;
        int level = precedence(operator);
        struct node *right;

        if (level < lowest || level == 0)
            break;
        if (operator == '=' && left->kind != NODE_VARIABLE) {
            fail(parser, "only a variable can be assigned");
            break;
        }
        advance(parser);
        right = parse_expression(parser, is_right_associative(operator) ? level : level + 1);
        if (right == NULL)
            break;
        left = tree_operator(operator == '=' ? NODE_ASSIGN : NODE_BINARY, operator, left, right);
    }
    return left;
}

struct node *parse_line(const char *line, const char **error, int *column)
{
    struct parser parser = { .error = NULL };
    struct node *tree;

    *error = NULL;
    lexer_start(&parser.lexer, line);
    advance(&parser);
    if (parser.token.kind == TOKEN_END)
        return NULL;
    tree = parse_expression(&parser, 1);
    if (parser.token.kind != TOKEN_END)
        fail(&parser, "something follows the expression");
    if (parser.error != NULL) {
        *error = parser.error;
        *column = parser.error_column;
        tree_free(tree);
        return NULL;
    }
    return tree;
}
