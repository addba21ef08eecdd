#ifndef CALC_EVAL_H
#define CALC_EVAL_H

#include "tree.h"

/* The value of a tree. *error is set where it has none. */
double evaluate(const struct node *tree, const char **error);
/* Calls `visit` on every variable, in order of their names. */
void visit_variables(void (*visit)(const char *name, double value, void *data), void *data);
void clear_variables(void);

#endif
