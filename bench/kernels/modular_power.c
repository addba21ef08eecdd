/* Powers modulo a number of 1024 bits by Montgomery's method: arrays of 32-bit words with their length. */
#include <stdint.h>
#include <stdio.h>

enum { WORDS = 32, ROUNDS = 230 };

/* r -= m where r is not below m; `high` is the word above r. */
static void reduce_once(uint32_t *r, const uint32_t *m, int n, uint32_t high)
{
    uint32_t difference[WORDS], borrow = 0;
    for (int i = 0; i < n; i++) {
        uint64_t d = (uint64_t)r[i] - m[i] - borrow;
        difference[i] = (uint32_t)d;
        borrow = (uint32_t)(d >> 63);
    }
    if (high >= borrow)
        for (int i = 0; i < n; i++)
            r[i] = difference[i];
}

static uint32_t add_product(uint32_t *r, const uint32_t *a, int n, uint32_t factor)
{
    uint64_t carry = 0;
    for (int i = 0; i < n; i++) {
        carry += (uint64_t)a[i] * factor + r[i];
        r[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return (uint32_t)carry;
}

/* r = a * b / 2^(32 n) modulo m; r may be a or b. */
static void multiply(uint32_t *r, const uint32_t *a, const uint32_t *b, const uint32_t *m, uint32_t inverse, int n)
{
    uint32_t t[2 * WORDS + 1] = {0};
    uint32_t top = 0;
    for (int i = 0; i < n; i++) {
        uint32_t *part = t + i;
        uint64_t sum = (uint64_t)part[n] + add_product(part, a, n, b[i]);
        uint32_t factor = (uint32_t)(part[0] * inverse);
        sum += add_product(part, m, n, factor);
        sum += top;
        part[n] = (uint32_t)sum;
        top = (uint32_t)(sum >> 32);
    }
    for (int i = 0; i < n; i++)
        r[i] = t[n + i];
    reduce_once(r, m, n, top);
}

static uint32_t negative_inverse(uint32_t x)
{
    uint32_t y = 1;
    for (int i = 0; i < 5; i++)
        y *= 2 - x * y;
    return -y;
}

/* r = 2^bits modulo m. */
static void power_of_two(uint32_t *r, const uint32_t *m, int n, int bits)
{
    for (int i = 0; i < n; i++)
        r[i] = 0;
    r[0] = 1;
    while (bits-- > 0) {
        uint32_t carry = 0;
        for (int i = 0; i < n; i++) {
            uint32_t x = r[i];
            r[i] = x << 1 | carry;
            carry = x >> 31;
        }
        reduce_once(r, m, n, carry);
    }
}

static void power(uint32_t *r, const uint32_t *base, const uint32_t *exponent, const uint32_t *m, int n)
{
    uint32_t inverse = negative_inverse(m[0]), square[WORDS], one[WORDS] = {1}, factor[WORDS];
    power_of_two(factor, m, n, 64 * n);
    multiply(square, base, factor, m, inverse, n);
    power_of_two(r, m, n, 32 * n);
    for (int i = 32 * n - 1; i >= 0; i--) {
        multiply(r, r, r, m, inverse, n);
        if (exponent[i / 32] >> i % 32 & 1)
            multiply(r, r, square, m, inverse, n);
    }
    multiply(r, r, one, m, inverse, n);
}

int main(void)
{
    uint32_t m[WORDS], base[WORDS], exponent[WORDS], r[WORDS], x = 1;
    for (int i = 0; i < WORDS; i++) {
        m[i] = x = x * 1664525 + 1013904223;
        base[i] = x = x * 1664525 + 1013904223;
        exponent[i] = x = x * 1664525 + 1013904223;
    }
    m[0] |= 1;
    m[WORDS - 1] |= 0x80000000;
    base[WORDS - 1] &= 0x7fffffff;
    for (int round = 0; round < ROUNDS; round++) {
        power(r, base, exponent, m, WORDS);
        for (int i = 0; i < WORDS - 1; i++)
            base[i] = r[i];
    }
    for (int i = 0; i < WORDS; i++)
        printf("%08x", r[i]);
    printf("\n");
    return 0;
}
