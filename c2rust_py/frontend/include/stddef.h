#ifndef C2RS_STDDEF_H
#define C2RS_STDDEF_H

#ifndef NULL
#define NULL ((void *)0)
#endif

typedef unsigned long size_t;
typedef long ptrdiff_t;
typedef int wchar_t;
typedef struct {
    long long __max_align_ll __attribute__((__aligned__(8)));
    long double __max_align_ld __attribute__((__aligned__(16)));
} max_align_t;

#define offsetof(type, member) __builtin_offsetof(type, member)

#endif
