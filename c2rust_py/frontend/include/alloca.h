#ifndef C2RS_ALLOCA_H
#define C2RS_ALLOCA_H

typedef unsigned long size_t;

#undef alloca
#define alloca(size) __builtin_alloca(size)

#endif
