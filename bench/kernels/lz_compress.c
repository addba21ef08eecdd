/* An LZ77-style compressor with a hash of three bytes, its decompressor, and a check of the round trip. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BITS 14
#define WINDOW 65535
#define MAX_LENGTH 130

static size_t compress(const unsigned char *in, size_t n, unsigned char *out)
{
    static size_t head[1 << HASH_BITS];
    memset(head, 0, sizeof head);
    unsigned char *o = out, *literals = NULL;
    size_t i = 0;
    while (i < n) {
        size_t length = 0, distance = 0;
        if (i + 3 < n) {
            unsigned h = (in[i] << 16 | in[i + 1] << 8 | in[i + 2]) * 2654435761u >> (32 - HASH_BITS);
            size_t candidate = head[h];
            head[h] = i + 1;
            if (candidate && i + 1 - candidate <= WINDOW) {
                const unsigned char *a = in + candidate - 1, *b = in + i;
                while (length < MAX_LENGTH && i + length < n && a[length] == b[length])
                    length++;
                distance = i + 1 - candidate;
            }
        }
        if (length >= 4) {
            *o++ = (unsigned char)(0x80 | (length - 3));
            *o++ = (unsigned char)(distance >> 8);
            *o++ = (unsigned char)distance;
            i += length;
            literals = NULL;
        } else {
            if (!literals || *literals == 0x7f) {
                literals = o++;
                *literals = 0;
            } else {
                ++*literals;
            }
            *o++ = in[i++];
        }
    }
    return (size_t)(o - out);
}

static size_t expand(const unsigned char *in, size_t n, unsigned char *out)
{
    const unsigned char *end = in + n;
    unsigned char *o = out;
    while (in < end) {
        unsigned token = *in++;
        if (token & 0x80) {
            size_t length = (token & 0x7f) + 3, distance = (size_t)in[0] << 8 | in[1];
            in += 2;
            while (length--) {
                *o = *(o - distance);
                o++;
            }
        } else {
            for (unsigned k = 0; k <= token; k++)
                *o++ = *in++;
        }
    }
    return (size_t)(o - out);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 60;
    size_t n = 1 << 20, total = 0;
    unsigned char *text = malloc(n), *packed = malloc(2 * n), *back = malloc(n);
    unsigned seed = 3;
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1103515245 + 12345;
        text[i] = seed >> 28 ? (i > 40 ? text[i - (seed >> 20 & 31) - 1] : 'a') : (unsigned char)(seed >> 16);
    }
    for (int round = 0; round < rounds; round++) {
        text[round * 17] ^= 1;
        size_t m = compress(text, n, packed);
        if (expand(packed, m, back) != n || memcmp(text, back, n) != 0)
            return 1;
        total += m;
    }
    printf("%zu\n", total);
    free(text);
    free(packed);
    free(back);
    return 0;
}
