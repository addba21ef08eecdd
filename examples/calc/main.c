/*
 * A calculator with variables: reads lines such as `x = 2 * (3 + 4)` from standard input and prints their values.
 * The exit status is 1 if a line was wrong. `-v` prints the depth of each line's tree, `-e EXPR` evaluates EXPR first.
 */
#include <stdio.h>
#include <string.h>

#include "eval.h"
#include "parser.h"

#define LINE_SIZE 256

struct totals {
    int count;
    double sum;
};

static int wrong_lines;
static int verbose;

static void run_line(const char *line, int number)
{
    const char *error;
    int column = 0;
    struct node *tree = parse_line(line, &error, &column);

    if (error != NULL) {
        printf("%d:%d: %s\n", number, column, error);
        wrong_lines++;
    } else if (tree != NULL) {
        double value = evaluate(tree, &error);
        if (error != NULL) {
            printf("%d: %s\n", number, error);
            wrong_lines++;
        } else if (verbose) {
            printf("%.10g  (depth %d)\n", value, tree_depth(tree));
        } else {
            printf("%.10g\n", value);
        }
    }
    tree_free(tree);
}

static void print_variable(const char *name, double value, void *data)
{
    struct totals *totals = data;

    printf("  %-10s %12.4f\n", name, value);
    totals->count++;
    totals->sum += value;
}

int main(int argc, char **argv)
{
    char line[LINE_SIZE];
    struct totals totals = { 0, 0.0 };
    int number = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0) {
            verbose = 1;
        } else if (strcmp(argv[i], "-e") == 0 && i + 1 < argc) {
            run_line(argv[++i], 0);
        } else {
            fprintf(stderr, "usage: %s [-v] [-e EXPR]\n", argv[0]);
            return 2;
        }
    }
    while (fgets(line, sizeof line, stdin) != NULL)
        run_line(line, ++number);
    puts("variables:");
    visit_variables(print_variable, &totals);
    printf("%d variables, sum %g\n", totals.count, totals.sum);
    clear_variables();
    return wrong_lines > 0;
}
