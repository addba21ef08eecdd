/* Expression trees. */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct node *new_node(enum node_kind kind)
{
    struct node *node = calloc(1, sizeof *node);

    if (node == NULL) {
        fputs("calc: out of memory\n", stderr);
        exit(2);
    }
    node->kind = kind;
    return node;
}

struct node *tree_number(double number)
{
    struct node *node = new_node(NODE_NUMBER);
    node->value.number = number;
    return node;
}

struct node *tree_named(enum node_kind kind, const char *name)
{
    struct node *node = new_node(kind);
    strncpy(node->value.name, name, NAME_SIZE - 1);
    return node;
}

struct node *tree_operator(enum node_kind kind, int operator, struct node *left, struct node *right)
{
    struct node *node = new_node(kind);
    node->operator = operator;
    tree_add_child(node, left);
    if (right != NULL)
        tree_add_child(node, right);
    return node;
}

void tree_add_child(struct node *parent, struct node *child)
{
    if (parent->child_count == MAX_ARGUMENTS) {
        tree_free(child);
        return;
    }
    parent->children[parent->child_count++] = child;
}

void tree_free(struct node *tree)
{
    if (tree == NULL)
        return;
    for (int i = 0; i < tree->child_count; i++)
        tree_free(tree->children[i]);
    free(tree);
}

int tree_depth(const struct node *tree)
{
    int deepest = 0;

    if (tree == NULL)
        return 0;
    for (int i = 0; i < tree->child_count; i++) {
        int depth = tree_depth(tree->children[i]);
        if (depth > deepest)
            deepest = depth;
    }
    return deepest + 1;
}
