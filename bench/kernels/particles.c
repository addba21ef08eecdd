/* An array of structs updated through pointers: motion, walls, flags, sorting by a bucket. */
#include <stdio.h>
#include <stdlib.h>

struct particle { float x, y, vx, vy; unsigned bounces : 20, alive : 1; short kind; };

static unsigned seed = 11;

static float next(void)
{
    seed = seed * 1664525 + 1013904223;
    return (float)(seed >> 8) / 16777216.0f;
}

static void step(struct particle *p, float dt)
{
    p->x += p->vx * dt;
    p->y += p->vy * dt;
    p->vy -= 0.5f * dt;
    if (p->x < 0 || p->x > 1) {
        p->vx = -p->vx;
        p->bounces++;
    }
    if (p->y < 0) {
        p->vy = -p->vy * 0.875f;
        p->y = 0;
        p->bounces++;
    }
    if (p->bounces > 900)
        p->alive = 0;
}

int main(int argc, char **argv)
{
    int steps = argc > 1 ? atoi(argv[1]) : 24000, n = 10000, alive = 0;
    struct particle *all = malloc(n * sizeof *all);
    for (struct particle *p = all; p < all + n; p++) {
        *p = (struct particle){.alive = 1, .kind = (short)((p - all) % 3)};
        p->x = next();
        p->y = next();
        p->vx = next() - 0.5f;
        p->vy = next();
    }
    for (int i = 0; i < steps; i++)
        for (struct particle *p = all; p < all + n; p++)
            if (p->alive)
                step(p, p->kind == 1 ? 0.015625f : 0.0078125f);
    unsigned long bounces = 0;
    double sum = 0;
    for (int i = 0; i < n; i++) {
        alive += all[i].alive;
        bounces += all[i].bounces;
        sum += all[i].x + all[i].y;
    }
    printf("%d %lu %.6f\n", alive, bounces, sum);
    free(all);
    return 0;
}
