/* ChaCha20 (RFC 8439): a buffer is encrypted in place, again and again. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE = 4096, PASSES = 30000 };

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static uint32_t load(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void store(uint8_t *p, uint32_t x)
{
    p[0] = x;
    p[1] = x >> 8;
    p[2] = x >> 16;
    p[3] = x >> 24;
}

static void quarter_round(uint32_t *s, int a, int b, int c, int d)
{
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 7);
}

static void block(uint8_t *out, const uint32_t *state)
{
    uint32_t s[16];
    for (int i = 0; i < 16; i++)
        s[i] = state[i];
    for (int i = 0; i < 10; i++) {
        quarter_round(s, 0, 4, 8, 12);
        quarter_round(s, 1, 5, 9, 13);
        quarter_round(s, 2, 6, 10, 14);
        quarter_round(s, 3, 7, 11, 15);
        quarter_round(s, 0, 5, 10, 15);
        quarter_round(s, 1, 6, 11, 12);
        quarter_round(s, 2, 7, 8, 13);
        quarter_round(s, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; i++)
        store(out + 4 * i, s[i] + state[i]);
}

static void init(uint32_t *state, const uint8_t key[32], const uint8_t nonce[12])
{
    state[0] = 0x61707865;
    state[1] = 0x3320646e;
    state[2] = 0x79622d32;
    state[3] = 0x6b206574;
    for (int i = 0; i < 8; i++)
        state[4 + i] = load(key + 4 * i);
    state[12] = 1;
    for (int i = 0; i < 3; i++)
        state[13 + i] = load(nonce + 4 * i);
}

static void encrypt(uint32_t *state, uint8_t *data, size_t length)
{
    uint8_t stream[64];
    while (length > 0) {
        size_t part = length < 64 ? length : 64;
        block(stream, state);
        state[12]++;
        for (size_t i = 0; i < part; i++)
            data[i] ^= stream[i];
        data += part;
        length -= part;
    }
}

int main(void)
{
    static uint8_t message[MESSAGE];
    uint8_t key[32], nonce[12] = {0};
    uint32_t state[16], sum = 0;
    for (int i = 0; i < 32; i++)
        key[i] = (uint8_t)i;
    for (int pass = 0; pass < PASSES; pass++) {
        nonce[0] = (uint8_t)pass;
        init(state, key, nonce);
        encrypt(state, message, MESSAGE);
    }
    for (int i = 0; i < MESSAGE; i++)
        sum = sum * 31 + message[i];
    printf("%u\n", sum);
    return 0;
}
