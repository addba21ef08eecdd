/* The Mandelbrot set as a bitmap in memory, and its checksum. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 2600;
    int row_bytes = (n + 7) / 8;
    unsigned char *bitmap = calloc(n, row_bytes);
    for (int y = 0; y < n; y++) {
        double ci = 2.0 * y / n - 1.0;
        for (int x = 0; x < n; x++) {
            double cr = 2.0 * x / n - 1.5, zr = 0, zi = 0, r2 = 0, i2 = 0;
            int i = 0;
            while (i < 100 && r2 + i2 <= 4.0) {
                zi = 2 * zr * zi + ci;
                zr = r2 - i2 + cr;
                r2 = zr * zr;
                i2 = zi * zi;
                i++;
            }
            if (i == 100)
                bitmap[y * row_bytes + x / 8] |= (unsigned char)(0x80 >> x % 8);
        }
    }
    unsigned long check = 0;
    for (int i = 0; i < n * row_bytes; i++)
        check = check * 131 + bitmap[i];
    free(bitmap);
    printf("%lu\n", check);
    return 0;
}
