/* Shortest paths on a random graph in compressed arrays, with a binary heap. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct edge { int to, weight; };
struct item { int vertex, distance; };
struct heap { struct item *items; int used; };

static void heap_push(struct heap *h, struct item item)
{
    int i = h->used++;
    while (i > 0 && h->items[(i - 1) / 2].distance > item.distance) {
        h->items[i] = h->items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    h->items[i] = item;
}

static struct item heap_pop(struct heap *h)
{
    struct item top = h->items[0], last = h->items[--h->used];
    int i = 0;
    for (;;) {
        int child = 2 * i + 1;
        if (child >= h->used)
            break;
        if (child + 1 < h->used && h->items[child + 1].distance < h->items[child].distance)
            child++;
        if (h->items[child].distance >= last.distance)
            break;
        h->items[i] = h->items[child];
        i = child;
    }
    h->items[i] = last;
    return top;
}

static void shortest(int n, const int *first, const struct edge *edges, struct heap *h, int *distance, int start)
{
    for (int i = 0; i < n; i++)
        distance[i] = INT_MAX;
    distance[start] = 0;
    h->used = 0;
    heap_push(h, (struct item){start, 0});
    while (h->used) {
        struct item at = heap_pop(h);
        if (at.distance > distance[at.vertex])
            continue;
        for (int e = first[at.vertex]; e < first[at.vertex + 1]; e++) {
            int d = at.distance + edges[e].weight;
            if (d < distance[edges[e].to]) {
                distance[edges[e].to] = d;
                heap_push(h, (struct item){edges[e].to, d});
            }
        }
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 30, n = 50000, degree = 6;
    int *first = malloc((n + 1) * sizeof *first), *distance = malloc(n * sizeof *distance);
    struct edge *edges = malloc(n * degree * sizeof *edges);
    struct heap h = {malloc(n * degree * sizeof(struct item)), 0};
    unsigned seed = 23;
    for (int i = 0; i <= n; i++)
        first[i] = i * degree;
    for (int i = 0; i < n * degree; i++) {
        seed = seed * 1664525 + 1013904223;
        edges[i].to = (int)(seed >> 4) % n;
        edges[i].weight = (int)(seed >> 20 & 255) + 1;
    }
    unsigned long check = 0;
    for (int r = 0; r < rounds; r++) {
        shortest(n, first, edges, &h, distance, r * 997 % n);
        for (int i = 0; i < n; i++)
            if (distance[i] != INT_MAX)
                check = check * 31 + (unsigned)distance[i];
    }
    printf("%lu\n", check);
    free(first);
    free(distance);
    free(edges);
    free(h.items);
    return 0;
}
