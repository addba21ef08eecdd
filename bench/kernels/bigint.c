/* Big integers in base 2^32: schoolbook multiplication, and decimal digits by repeated division. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct big { uint32_t *digit; int used; };

static struct big of_int(uint32_t v)
{
    struct big b = {malloc(sizeof(uint32_t)), 1};
    b.digit[0] = v;
    return b;
}

static struct big multiply(const struct big *a, const struct big *b)
{
    struct big r = {calloc(a->used + b->used, sizeof(uint32_t)), a->used + b->used};
    for (int i = 0; i < a->used; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < b->used; j++) {
            carry += (uint64_t)a->digit[i] * b->digit[j] + r.digit[i + j];
            r.digit[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        r.digit[i + b->used] = (uint32_t)carry;
    }
    while (r.used > 1 && r.digit[r.used - 1] == 0)
        r.used--;
    return r;
}

static uint32_t divide_small(struct big *a, uint32_t by)
{
    uint64_t rest = 0;
    for (int i = a->used - 1; i >= 0; i--) {
        rest = rest << 32 | a->digit[i];
        a->digit[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    while (a->used > 1 && a->digit[a->used - 1] == 0)
        a->used--;
    return (uint32_t)rest;
}

static struct big power(uint32_t base, unsigned exponent)
{
    struct big r = of_int(1), b = of_int(base);
    for (; exponent; exponent >>= 1) {
        if (exponent & 1) {
            struct big t = multiply(&r, &b);
            free(r.digit);
            r = t;
        }
        struct big t = multiply(&b, &b);
        free(b.digit);
        b = t;
    }
    free(b.digit);
    return r;
}

int main(int argc, char **argv)
{
    unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 190000;
    struct big p = power(7, n);
    unsigned long check = 0, chunks = 0;
    uint32_t last = 0;
    while ((p.used > 1 || p.digit[0]) && chunks < 3000) {
        last = divide_small(&p, 1000000000);
        check = check * 1000003 + last;
        chunks++;
    }
    printf("%lu %u %lu\n", chunks, last, check);
    free(p.digit);
    return 0;
}
