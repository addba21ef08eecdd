/* A hash table with chains of malloc'd entries: insert, look up, delete. */
#include <stdio.h>
#include <stdlib.h>

struct entry { unsigned key, value; struct entry *next; };
struct table { struct entry **buckets; unsigned mask; unsigned used; };

static unsigned mix(unsigned x)
{
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

static struct entry *find(const struct table *t, unsigned key)
{
    struct entry *e = t->buckets[mix(key) & t->mask];
    while (e && e->key != key)
        e = e->next;
    return e;
}

static void add(struct table *t, unsigned key, unsigned value)
{
    struct entry *e = find(t, key);
    if (e) {
        e->value += value;
        return;
    }
    struct entry **head = &t->buckets[mix(key) & t->mask];
    e = malloc(sizeof *e);
    e->key = key;
    e->value = value;
    e->next = *head;
    *head = e;
    t->used++;
}

static int drop(struct table *t, unsigned key)
{
    for (struct entry **e = &t->buckets[mix(key) & t->mask]; *e; e = &(*e)->next)
        if ((*e)->key == key) {
            struct entry *dead = *e;
            *e = dead->next;
            free(dead);
            t->used--;
            return 1;
        }
    return 0;
}

int main(int argc, char **argv)
{
    unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 8000000;
    struct table t = {calloc(1 << 16, sizeof(struct entry *)), (1 << 16) - 1, 0};
    unsigned seed = 1, dropped = 0;
    unsigned long check = 0;
    for (unsigned i = 0; i < n; i++) {
        seed = seed * 1103515245 + 12345;
        unsigned key = seed >> 8 & 0x1ffff;
        add(&t, key, i);
        if (i % 3 == 0)
            dropped += drop(&t, key ^ 0x55);
        struct entry *e = find(&t, key + 1);
        if (e)
            check += e->value;
    }
    printf("%u %u %lu\n", t.used, dropped, check);
    return 0;
}
