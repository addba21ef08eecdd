/* HACL*: Poly1305 over a message that holds the last tag. */
#include <stdint.h>
#include <stdio.h>

#include "Hacl_Poly1305_32.h"

enum { LENGTH = 4096, PASSES = 250000 };

int main(void)
{
    uint8_t message[LENGTH] = {0}, key[32], tag[16];
    for (int i = 0; i < 32; i++)
        key[i] = (uint8_t)(i * 7 + 1);
    for (int pass = 0; pass < PASSES; pass++) {
        Hacl_Poly1305_32_poly1305_mac(tag, LENGTH, message, key);
        for (int i = 0; i < 16; i++)
            message[(pass * 16 + i) % LENGTH] = tag[i];
    }
    for (int i = 0; i < 16; i++)
        printf("%02x", tag[i]);
    printf("\n");
    return 0;
}
