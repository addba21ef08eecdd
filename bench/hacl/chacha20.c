/* HACL*: ChaCha20 in place. */
#include <stdint.h>
#include <stdio.h>

#include "Hacl_Chacha20.h"

enum { LENGTH = 4096, PASSES = 50000 };

int main(void)
{
    static uint8_t message[LENGTH];
    uint8_t key[32], nonce[12] = {0};
    uint32_t sum = 0;
    for (int i = 0; i < 32; i++)
        key[i] = (uint8_t)i;
    for (int pass = 0; pass < PASSES; pass++) {
        nonce[0] = (uint8_t)pass;
        Hacl_Chacha20_chacha20_encrypt(LENGTH, message, message, key, nonce, 1);
    }
    for (int i = 0; i < LENGTH; i++)
        sum = sum * 31 + message[i];
    printf("%u\n", sum);
    return 0;
}
