/* AES-128 in counter mode, with the S-box and the product by two as tables. */
#include <stdint.h>
#include <stdio.h>

enum { ROUNDS = 10, LENGTH = 4096, PASSES = 9000 };

struct aes {
    uint8_t keys[ROUNDS + 1][16];
};

static uint8_t sbox[256], twice[256];

static uint8_t product(uint8_t x, uint8_t y)
{
    uint8_t sum = 0;
    for (; y; y >>= 1, x = (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0)))
        if (y & 1)
            sum ^= x;
    return sum;
}

static void make_tables(uint8_t *box, uint8_t *doubles)
{
    uint8_t p = 1, q = 1;
    do {
        uint8_t x = 0x63;
        p = product(p, 3);
        q = product(q, 0xf6);
        for (int i = 0; i < 5; i++)
            x ^= (uint8_t)(q << i | q >> (8 - i));
        box[p] = x;
    } while (p != 1);
    box[0] = 0x63;
    for (int i = 0; i < 256; i++)
        doubles[i] = product((uint8_t)i, 2);
}

static void expand_key(struct aes *aes, const uint8_t *secret)
{
    uint8_t constant = 1;
    for (int i = 0; i < 16; i++)
        aes->keys[0][i] = secret[i];
    for (int round = 1; round <= ROUNDS; round++) {
        const uint8_t *last = aes->keys[round - 1];
        uint8_t *next = aes->keys[round];
        for (int i = 0; i < 4; i++)
            next[i] = last[i] ^ sbox[last[12 + (i + 1) % 4]];
        next[0] ^= constant;
        constant = twice[constant];
        for (int i = 4; i < 16; i++)
            next[i] = last[i] ^ next[i - 4];
    }
}

static void add(uint8_t *state, const uint8_t *key)
{
    for (int i = 0; i < 16; i++)
        state[i] ^= key[i];
}

static void substitute_and_shift(uint8_t *to, const uint8_t *from)
{
    for (int column = 0; column < 4; column++)
        for (int row = 0; row < 4; row++)
            to[4 * column + row] = sbox[from[4 * ((column + row) & 3) + row]];
}

static void mix(uint8_t *column)
{
    uint8_t a = column[0], b = column[1], c = column[2], d = column[3], all = a ^ b ^ c ^ d;
    column[0] ^= all ^ twice[a ^ b];
    column[1] ^= all ^ twice[b ^ c];
    column[2] ^= all ^ twice[c ^ d];
    column[3] ^= all ^ twice[d ^ a];
}

static void encrypt(const struct aes *aes, const uint8_t *in, uint8_t *out)
{
    uint8_t state[16];
    for (int i = 0; i < 16; i++)
        state[i] = in[i] ^ aes->keys[0][i];
    for (int round = 1; round < ROUNDS; round++) {
        substitute_and_shift(out, state);
        for (int i = 0; i < 4; i++)
            mix(out + 4 * i);
        for (int i = 0; i < 16; i++)
            state[i] = out[i] ^ aes->keys[round][i];
    }
    substitute_and_shift(out, state);
    add(out, aes->keys[ROUNDS]);
}

static void increment(uint8_t *counter)
{
    for (int i = 15; i >= 0 && ++counter[i] == 0; i--)
        ;
}

static void apply(const struct aes *aes, uint8_t *counter, uint8_t *data, int length)
{
    uint8_t stream[16];
    for (int at = 0; at < length; at += 16) {
        encrypt(aes, counter, stream);
        increment(counter);
        add(data + at, stream);
    }
}

int main(void)
{
    static uint8_t data[LENGTH];
    uint8_t secret[16], counter[16] = {0};
    uint32_t sum = 0;
    struct aes aes;
    make_tables(sbox, twice);
    for (int i = 0; i < 16; i++)
        secret[i] = (uint8_t)(i * 17);
    expand_key(&aes, secret);
    for (int pass = 0; pass < PASSES; pass++)
        apply(&aes, counter, data, LENGTH);
    for (int i = 0; i < LENGTH; i++)
        sum = sum * 31 + data[i];
    printf("%u\n", sum);
    return 0;
}
