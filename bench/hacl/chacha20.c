/* HACL*: ChaCha20, there and back under changing nonces. */
#include <stdint.h>
#include <stdio.h>

#include "Hacl_Chacha20.h"

enum { LENGTH = 4096, PASSES = 25000 };

int main(void)
{
    uint8_t message[LENGTH] = {0}, cipher[LENGTH], key[32], nonce[12] = {0};
    uint32_t sum = 0;
    for (int i = 0; i < 32; i++)
        key[i] = (uint8_t)i;
    for (int pass = 0; pass < PASSES; pass++) {
        nonce[0] = (uint8_t)pass;
        Hacl_Chacha20_chacha20_encrypt(LENGTH, cipher, message, key, nonce, 1);
        nonce[1] = (uint8_t)pass;
        Hacl_Chacha20_chacha20_encrypt(LENGTH, message, cipher, key, nonce, 1);
    }
    for (int i = 0; i < LENGTH; i++)
        sum = sum * 31 + message[i];
    printf("%u\n", sum);
    return 0;
}
