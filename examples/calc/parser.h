#ifndef CALC_PARSER_H
#define CALC_PARSER_H

#include "tree.h"

/* The tree of a line; NULL for an empty or a wrong one. *error is then NULL, or says what is wrong at *column. */
struct node *parse_line(const char *line, const char **error, int *column);

#endif
