/* HACL*: Curve25519, each point from the last. */
#include <stdint.h>
#include <stdio.h>

#include "Hacl_Curve25519_51.h"

enum { PASSES = 14000 };

int main(void)
{
    uint8_t scalar[32] = {9}, point[32] = {9}, out[32];
    for (int pass = 0; pass < PASSES; pass++) {
        Hacl_Curve25519_51_scalarmult(out, scalar, point);
        for (int i = 0; i < 32; i++) {
            point[i] = scalar[i];
            scalar[i] = out[i];
        }
    }
    for (int i = 0; i < 32; i++)
        printf("%02x", out[i]);
    printf("\n");
    return 0;
}
