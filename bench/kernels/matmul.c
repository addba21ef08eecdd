/* Matrix product through double**, each row an allocation of its own. */
#include <stdio.h>
#include <stdlib.h>

static double **matrix(int n)
{
    double **m = malloc(n * sizeof *m);
    for (int i = 0; i < n; i++)
        m[i] = calloc(n, sizeof **m);
    return m;
}

static void multiply(int n, double **a, double **b, double **out)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++)
                out[i][j] += a[i][k] * b[k][j];
}

static void release(double **m, int n)
{
    for (int i = 0; i < n; i++)
        free(m[i]);
    free(m);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1100;
    double **a = matrix(n), **b = matrix(n), **c = matrix(n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            a[i][j] = (i * 7 + j * 3) % 11 - 5;
            b[i][j] = (i * 5 + j) % 13 - 6;
        }
    multiply(n, a, b, c);
    double trace = 0, sum = 0;
    for (int i = 0; i < n; i++) {
        trace += c[i][i];
        for (int j = 0; j < n; j++)
            sum += c[i][j] * (i - j);
    }
    printf("%.0f %.0f\n", trace, sum);
    release(a, n);
    release(b, n);
    release(c, n);
    return 0;
}
