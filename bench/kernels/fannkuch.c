/* Pancake flips over all permutations of n. */
#include <stdio.h>
#include <stdlib.h>

static int flip_all(int n, int *checksum)
{
    int p[16], q[16], s[16], sign = 1, most = 0, sum = 0;
    for (int i = 0; i < n; i++)
        p[i] = q[i] = s[i] = i;
    for (;;) {
        int q0 = p[0];
        if (q0 != 0) {
            for (int i = 1; i < n; i++)
                q[i] = p[i];
            int flips = 1;
            for (;;) {
                int qq = q[q0];
                if (qq == 0) {
                    sum += sign * flips;
                    if (flips > most)
                        most = flips;
                    break;
                }
                q[q0] = q0;
                if (q0 >= 3) {
                    int i = 1, j = q0 - 1;
                    do {
                        int t = q[i];
                        q[i++] = q[j];
                        q[j--] = t;
                    } while (i < j);
                }
                q0 = qq;
                flips++;
            }
        }
        if (sign == 1) {
            int t = p[0];
            p[0] = p[1];
            p[1] = t;
            sign = -1;
        } else {
            int t = p[1];
            p[1] = p[2];
            p[2] = t;
            sign = 1;
            for (int i = 2; i < n; i++) {
                if (s[i] != 0) {
                    s[i]--;
                    break;
                }
                if (i == n - 1) {
                    *checksum = sum;
                    return most;
                }
                s[i] = i;
                int first = p[0];
                for (int j = 0; j <= i; j++)
                    p[j] = p[j + 1];
                p[i + 1] = first;
            }
        }
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 4;
    for (int i = 0; i < rounds; i++) {
        int checksum, most = flip_all(7 + i, &checksum);
        printf("%d %d %d\n", 7 + i, most, checksum);
    }
    for (int i = 0; i < rounds; i++) {
        int checksum, most = flip_all(10, &checksum);
        printf("%d %d\n", most, checksum);
    }
    return 0;
}
