/* The game of life on a torus, two char grids that are swapped. */
#include <stdio.h>
#include <stdlib.h>

static void step(const unsigned char *now, unsigned char *next, int w, int h)
{
    for (int y = 0; y < h; y++) {
        const unsigned char *above = now + (y ? y - 1 : h - 1) * w;
        const unsigned char *row = now + y * w;
        const unsigned char *below = now + (y + 1 < h ? y + 1 : 0) * w;
        for (int x = 0; x < w; x++) {
            int l = x ? x - 1 : w - 1, r = x + 1 < w ? x + 1 : 0;
            int n = above[l] + above[x] + above[r] + row[l] + row[r] + below[l] + below[x] + below[r];
            next[y * w + x] = n == 3 || (n == 2 && row[x]);
        }
    }
}

int main(int argc, char **argv)
{
    int generations = argc > 1 ? atoi(argv[1]) : 800, w = 600, h = 500;
    unsigned char *now = malloc(w * h), *next = malloc(w * h);
    unsigned seed = 17;
    for (int i = 0; i < w * h; i++) {
        seed = seed * 1664525 + 1013904223;
        now[i] = seed >> 30 == 0;
    }
    for (int i = 0; i < generations; i++) {
        step(now, next, w, h);
        unsigned char *t = now;
        now = next;
        next = t;
    }
    unsigned long alive = 0, check = 0;
    for (int i = 0; i < w * h; i++) {
        alive += now[i];
        check = check * 3 + now[i];
    }
    printf("%lu %lu\n", alive, check);
    free(now);
    free(next);
    return 0;
}
