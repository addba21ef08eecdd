/* Sieve of Eratosthenes over bytes: the sum and the number of primes below n. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 100000000;
    unsigned char *composite = malloc(n + 1);
    memset(composite, 0, n + 1);
    for (long i = 2; i * i <= n; i++)
        if (!composite[i])
            for (long j = i * i; j <= n; j += i)
                composite[j] = 1;
    unsigned long sum = 0, count = 0;
    for (int i = 2; i <= n; i++)
        if (!composite[i]) {
            sum += i;
            count++;
        }
    free(composite);
    printf("%lu %lu\n", count, sum);
    return 0;
}
