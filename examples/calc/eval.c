/* Evaluates trees; the variables live in a hash table with chaining. */
#include "eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 17

struct variable {
    char name[NAME_SIZE];
    double value;
    struct variable *next;
};

static struct variable *table[BUCKETS];
static int variable_count;

static unsigned hash(const char *name)
{
    unsigned h = 2166136261u;

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    return h % BUCKETS;
}

static struct variable *find(const char *name)
{
    struct variable *v;

    for (v = table[hash(name)]; v != NULL; v = v->next)
        if (strcmp(v->name, name) == 0)
            return v;
    return NULL;
}

static void assign(const char *name, double value)
{
    struct variable *v = find(name);

    if (v == NULL) {
        unsigned bucket = hash(name);
        v = malloc(sizeof *v);
        if (v == NULL)
            abort();
        strcpy(v->name, name);
        v->next = table[bucket];
        table[bucket] = v;
        variable_count++;
    }
    v->value = value;
}

static double call_sqrt(const double *arguments) { return sqrt(arguments[0]); }
static double call_abs(const double *arguments) { return fabs(arguments[0]); }
static double call_floor(const double *arguments) { return floor(arguments[0]); }
static double call_max(const double *arguments) { return arguments[0] > arguments[1] ? arguments[0] : arguments[1]; }
static double call_min(const double *arguments) { return arguments[0] < arguments[1] ? arguments[0] : arguments[1]; }

static const struct function {
    const char *name;
    int arity;
    double (*call)(const double *arguments);
} functions[] = {
    { "abs", 1, call_abs },   { "floor", 1, call_floor }, { "max", 2, call_max },
    { "min", 2, call_min },   { "sqrt", 1, call_sqrt },
};

static int compare_function(const void *key, const void *element)
{
    return strcmp(key, ((const struct function *)element)->name);
}

static double evaluate_call(const struct node *tree, const char **error)
{
    double arguments[MAX_ARGUMENTS];
    const struct function *function = bsearch(tree->value.name, functions, sizeof functions / sizeof functions[0],
                                              sizeof functions[0], compare_function);

    if (function == NULL) {
        *error = "there is no such function";
        return 0;
    }
    if (function->arity != tree->child_count) {
        *error = "wrong number of arguments";
        return 0;
    }
    for (int i = 0; i < tree->child_count; i++)
        arguments[i] = evaluate(tree->children[i], error);
    return *error ? 0 : function->call(arguments);
}

static double evaluate_binary(const struct node *tree, const char **error)
{
    double left = evaluate(tree->children[0], error);
    double right = evaluate(tree->children[1], error);

    switch (tree->operator) {
    case '+':
        return left + right;
    case '-':
        return left - right;
    case '*':
        return left * right;
    case TOKEN_POWER:
        return pow(left, right);
    }
    if (right == 0) {
        *error = "division by zero";
        return 0;
    }
    return tree->operator == '/' ? left / right : fmod(left, right);
}

double evaluate(const struct node *tree, const char **error)
{
    const struct variable *v;
    double value;

    switch (tree->kind) {
    case NODE_NUMBER:
        return tree->value.number;
    case NODE_VARIABLE:
        v = find(tree->value.name);
        if (v == NULL)
            *error = "the variable has no value";
        return v ? v->value : 0;
    case NODE_UNARY:
        value = evaluate(tree->children[0], error);
        return tree->operator == '-' ? -value : value;
    case NODE_ASSIGN:
        value = evaluate(tree->children[1], error);
        if (*error == NULL)
            assign(tree->children[0]->value.name, value);
        return value;
    case NODE_CALL:
        return evaluate_call(tree, error);
    default:
        return evaluate_binary(tree, error);
    }
}

static int compare_variables(const void *a, const void *b)
{
    return strcmp((*(struct variable *const *)a)->name, (*(struct variable *const *)b)->name);
}

void visit_variables(void (*visit)(const char *name, double value, void *data), void *data)
{
    struct variable **sorted = malloc((variable_count + 1) * sizeof *sorted);
    int count = 0;

    if (sorted == NULL)
        return;
    for (int i = 0; i < BUCKETS; i++)
        for (struct variable *v = table[i]; v != NULL; v = v->next)
            sorted[count++] = v;
    qsort(sorted, count, sizeof *sorted, compare_variables);
    for (int i = 0; i < count; i++)
        visit(sorted[i]->name, sorted[i]->value, data);
    free(sorted);
}

void clear_variables(void)
{
    for (int i = 0; i < BUCKETS; i++) {
        while (table[i] != NULL) {
            struct variable *v = table[i];
            table[i] = v->next;
            free(v);
        }
    }
    variable_count = 0;
}
