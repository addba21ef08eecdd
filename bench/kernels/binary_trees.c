/* Binary trees by malloc and free. */
#include <stdio.h>
#include <stdlib.h>

struct tree { struct tree *left, *right; };

static struct tree *grow(int depth)
{
    struct tree *t = malloc(sizeof *t);
    t->left = depth ? grow(depth - 1) : NULL;
    t->right = depth ? grow(depth - 1) : NULL;
    return t;
}

static int count(const struct tree *t)
{
    return t->left ? 1 + count(t->left) + count(t->right) : 1;
}

static void fell(struct tree *t)
{
    if (t->left) {
        fell(t->left);
        fell(t->right);
    }
    free(t);
}

int main(int argc, char **argv)
{
    int depth = argc > 1 ? atoi(argv[1]) : 16;
    struct tree *kept = grow(depth);
    long total = 0;
    for (int d = 4; d <= depth; d += 4) {
        int rounds = 1 << (depth - d + 4);
        for (int i = 0; i < rounds; i++) {
            struct tree *t = grow(d);
            total += count(t);
            fell(t);
        }
        printf("depth %d: %ld\n", d, total);
    }
    printf("%d\n", count(kept));
    fell(kept);
    return 0;
}
