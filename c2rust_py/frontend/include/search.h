#ifndef C2RS_SEARCH_H
#define C2RS_SEARCH_H

typedef unsigned long size_t;

void *lfind(const void *key, const void *base, size_t *nmemb, size_t size,
            int (*compare)(const void *, const void *));
void *lsearch(const void *key, void *base, size_t *nmemb, size_t size, int (*compare)(const void *, const void *));

#endif
