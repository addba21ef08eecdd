#ifndef C2RS_SEARCH_H
#define C2RS_SEARCH_H

typedef unsigned long size_t;

void *lfind(const void *key, const void *base, size_t *nmemb, size_t size,
            int (*compare)(const void *, const void *));
void *lsearch(const void *key, void *base, size_t *nmemb, size_t size, int (*compare)(const void *, const void *));

/* Hash tables. */
typedef enum { FIND, ENTER } ACTION;

typedef struct entry {
    char *key;
    void *data;
} ENTRY;

int hcreate(size_t nel);
void hdestroy(void);
ENTRY *hsearch(ENTRY item, ACTION action);

struct hsearch_data {
    void *__table;
    unsigned int __size;
    unsigned int __filled;
};

int hcreate_r(size_t nel, struct hsearch_data *htab);
void hdestroy_r(struct hsearch_data *htab);
int hsearch_r(ENTRY item, ACTION action, ENTRY **retval, struct hsearch_data *htab);

/* Binary trees. */
typedef enum { preorder, postorder, endorder, leaf } VISIT;

void *tsearch(const void *key, void **rootp, int (*compare)(const void *, const void *));
void *tfind(const void *key, void *const *rootp, int (*compare)(const void *, const void *));
void *tdelete(const void *key, void **rootp, int (*compare)(const void *, const void *));
void twalk(const void *root, void (*action)(const void *, VISIT, int));
void twalk_r(const void *root, void (*action)(const void *, VISIT, void *), void *closure);
void tdestroy(void *root, void (*free_node)(void *));

/* Lists. */
void insque(void *elem, void *prev);
void remque(void *elem);

#endif
