/* CRC-32 with one table, over a buffer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t table[256];

static void make_table(void)
{
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t c = n;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[n] = c;
    }
}

static uint32_t update(uint32_t crc, const unsigned char *buffer, size_t n)
{
    crc = ~crc;
    while (n--)
        crc = table[(crc ^ *buffer++) & 0xff] ^ crc >> 8;
    return ~crc;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 250;
    static unsigned char buffer[1 << 20];
    make_table();
    for (unsigned i = 0; i < sizeof buffer; i++)
        buffer[i] = (unsigned char)(i * 2654435761u >> 24);
    uint32_t crc = 0;
    for (int i = 0; i < rounds; i++)
        crc = update(crc, buffer, sizeof buffer);
    printf("%08x\n", crc);
    return 0;
}
