/* Insertion sort of short runs and quick sort of long ones, on int arrays. */
#include <stdio.h>
#include <stdlib.h>

static void insertion_sort(int *a, int n)
{
    for (int i = 1; i < n; i++) {
        int v = a[i], j = i;
        while (j > 0 && a[j - 1] > v) {
            a[j] = a[j - 1];
            j--;
        }
        a[j] = v;
    }
}

static void quick_sort(int *a, int n)
{
    while (n > 40) {
        int pivot = a[n / 2], i = 0, j = n - 1;
        for (;;) {
            while (a[i] < pivot)
                i++;
            while (a[j] > pivot)
                j--;
            if (i >= j)
                break;
            int t = a[i];
            a[i++] = a[j];
            a[j--] = t;
        }
        quick_sort(a + i, n - i);
        n = i;
    }
    insertion_sort(a, n);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 8000000;
    int *a = malloc(n * sizeof *a);
    unsigned seed = 1;
    for (int i = 0; i < n; i++) {
        seed = seed * 1664525 + 1013904223;
        a[i] = (int)(seed >> 4);
    }
    quick_sort(a, n);
    unsigned long check = 0;
    for (int i = 0; i < n; i++) {
        if (i && a[i - 1] > a[i])
            return 1;
        check = check * 31 + (unsigned)a[i];
    }
    free(a);
    printf("%lu\n", check);
    return 0;
}
