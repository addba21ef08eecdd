/* Linked lists: build, reverse, merge sort, filter and sum, over malloc'd nodes. */
#include <stdio.h>
#include <stdlib.h>

struct node { struct node *next; int value; };

static struct node *push(struct node *head, int value)
{
    struct node *n = malloc(sizeof *n);
    n->value = value;
    n->next = head;
    return n;
}

static struct node *reverse(struct node *head)
{
    struct node *out = NULL;
    while (head) {
        struct node *next = head->next;
        head->next = out;
        out = head;
        head = next;
    }
    return out;
}

static struct node *merge(struct node *a, struct node *b)
{
    struct node first, *tail = &first;
    while (a && b) {
        if (a->value <= b->value) {
            tail = tail->next = a;
            a = a->next;
        } else {
            tail = tail->next = b;
            b = b->next;
        }
    }
    tail->next = a ? a : b;
    return first.next;
}

static struct node *sort(struct node *head, int n)
{
    if (n < 2)
        return head;
    struct node *middle = head;
    for (int i = 1; i < n / 2; i++)
        middle = middle->next;
    struct node *right = middle->next;
    middle->next = NULL;
    return merge(sort(head, n / 2), sort(right, n - n / 2));
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 110000;
    unsigned seed = 5;
    unsigned long check = 0;
    for (int round = 0; round < 5; round++) {
        struct node *list = NULL;
        for (int i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            list = push(list, (int)(seed >> 8));
        }
        list = sort(reverse(list), n);
        for (int pass = 0; pass < 8; pass++)
            for (const struct node *p = list; p; p = p->next)
                check = check * 3 + (unsigned)p->value;
        while (list) {
            struct node *next = list->next;
            free(list);
            list = next;
        }
    }
    printf("%lu\n", check);
    return 0;
}
