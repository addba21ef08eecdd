#ifndef CALC_TREE_H
#define CALC_TREE_H

#include "lexer.h"

#define MAX_ARGUMENTS 4

enum node_kind { NODE_NUMBER, NODE_VARIABLE, NODE_UNARY, NODE_BINARY, NODE_ASSIGN, NODE_CALL };

/* One node of an expression tree. */
struct node {
    enum node_kind kind;
    int operator; /* a token kind, of NODE_UNARY and NODE_BINARY */
    union {
        double number;
        char name[NAME_SIZE];
    } value;
    struct node *children[MAX_ARGUMENTS];
    int child_count;
};

struct node *tree_number(double number);
struct node *tree_named(enum node_kind kind, const char *name);
struct node *tree_operator(enum node_kind kind, int operator, struct node *left, struct node *right);
void tree_add_child(struct node *parent, struct node *child);
void tree_free(struct node *tree);
/* How deep the tree is; 0 for none. */
int tree_depth(const struct node *tree);

#endif
