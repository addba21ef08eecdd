/* The library's functions on memory and strings, as the C that judges calls them: what they are about to access is looked at
   first, so that an overflow is an outcome like any other, with its address. The sanitizer's own would report it, and end the
   process. Built without sanitizers. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern void *__asan_region_is_poisoned(void *at, size_t size) __attribute__((weak));
extern _Noreturn void c2rs_undefined_at(const char *at, const char *what);
extern int c2rs_leads_astray(const char *at);

/* Strings are looked at in pieces of this size. */
enum { PIECE = 64 };

static const char *bad_byte(const void *at, size_t size)
{
    if (size == 0 || !__asan_region_is_poisoned)
        return NULL;
    return __asan_region_is_poisoned((void *)at, size);
}

/* Objects are taken to be smaller: what lies further apart than this is not looked at. */
static const uintptr_t LARGEST = (uintptr_t)1 << 26;

/* Pointers that are ordered or subtracted have to lead into one object, or to its end (C11 6.5.6p9, 6.5.8p5): nothing between
   the two is poisoned. So what `a + n` made that leads in front of `a`, or behind its end, is found where it is used. */
static const char RELATED[] = "pointers that do not lead into one object are compared or subtracted";
static void may_relate(const char *left, const char *right)
{
    const char *low = left < right ? left : right, *high = left < right ? right : left;
    uintptr_t between = (uintptr_t)high - (uintptr_t)low;
    if (!low || between == 0)
        return;
    if (c2rs_leads_astray(low) || c2rs_leads_astray(high))
        c2rs_undefined_at(NULL, RELATED);
    if (between <= LARGEST && bad_byte(low, between))
        c2rs_undefined_at(bad_byte(low, 1) ? low : high - 1, RELATED);
}

/* The sanitizer's, which look at pointers in allocations of its own alone. */
void c2rs_ptr_cmp(const void *left, const void *right) { may_relate(left, right); }
void c2rs_ptr_sub(const void *left, const void *right) { may_relate(left, right); }

static void may_read(const void *at, size_t size)
{
    const char *bad = bad_byte(at, size);
    if (bad)
        c2rs_undefined_at(bad, "a library function reads outside of any object");
}

static void may_write(const void *at, size_t size)
{
    const char *bad = bad_byte(at, size);
    if (bad)
        c2rs_undefined_at(bad, "a library function writes outside of any object");
}

static void must_not_overlap(const void *left, size_t left_size, const void *right, size_t right_size)
{
    uintptr_t a = (uintptr_t)left, b = (uintptr_t)right;
    if (left_size && right_size && a < b + right_size && b < a + left_size)
        c2rs_undefined_at(NULL, "a library function copies between objects that overlap");
}

/* The characters in front of the NUL, or `most` where there is none before. */
static size_t length_of(const char *text, size_t most)
{
    for (size_t done = 0; done < most;) {
        size_t piece = most - done < PIECE ? most - done : PIECE;
        const char *bad = bad_byte(text + done, piece);
        size_t good = bad ? (size_t)(bad - (text + done)) : piece;
        const char *end = memchr(text + done, 0, good);
        if (end)
            return (size_t)(end - text);
        if (bad)
            c2rs_undefined_at(bad, "a string does not end inside of its object");
        done += piece;
    }
    return most;
}

void *c2rs_memcpy(void *to, const void *from, size_t size)
{
    may_read(from, size);
    may_write(to, size);
    if (to != from)
        must_not_overlap(to, size, from, size);
    return memcpy(to, from, size);
}

void *c2rs_memmove(void *to, const void *from, size_t size)
{
    may_read(from, size);
    may_write(to, size);
    return memmove(to, from, size);
}

void *c2rs_memset(void *to, int byte, size_t size)
{
    may_write(to, size);
    return memset(to, byte, size);
}

int c2rs_memcmp(const void *left, const void *right, size_t size)
{
    may_read(left, size);
    may_read(right, size);
    return memcmp(left, right, size);
}

size_t c2rs_strlen(const char *text) { return length_of(text, SIZE_MAX); }
size_t c2rs_strnlen(const char *text, size_t most) { return length_of(text, most); }

char *c2rs_strcpy(char *to, const char *from)
{
    size_t size = length_of(from, SIZE_MAX) + 1;
    may_write(to, size);
    must_not_overlap(to, size, from, size);
    return memcpy(to, from, size);
}

char *c2rs_strncpy(char *to, const char *from, size_t most)
{
    size_t length = length_of(from, most);
    may_write(to, most);
    must_not_overlap(to, most, from, length < most ? length + 1 : most);
    return strncpy(to, from, most);
}

static char *append(char *to, const char *from, size_t most)
{
    size_t start = length_of(to, SIZE_MAX), length = length_of(from, most);
    may_write(to + start, length + 1);
    must_not_overlap(to, start + length + 1, from, length < most ? length + 1 : length);
    memcpy(to + start, from, length);
    to[start + length] = 0;
    return to;
}

char *c2rs_strcat(char *to, const char *from) { return append(to, from, SIZE_MAX); }
char *c2rs_strncat(char *to, const char *from, size_t most) { return append(to, from, most); }

/* Strings that are compared end for that where they differ, too. */
static int compare(const char *left, const char *right, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        may_read(left + i, 1);
        may_read(right + i, 1);
        if (left[i] != right[i])
            return (unsigned char)left[i] < (unsigned char)right[i] ? -1 : 1;
        if (left[i] == 0)
            break;
    }
    return 0;
}

int c2rs_strcmp(const char *left, const char *right) { return compare(left, right, SIZE_MAX); }
int c2rs_strncmp(const char *left, const char *right, size_t most) { return compare(left, right, most); }

/* Where a byte is found first, what lies behind it is not looked at. */
static const char *find(const char *at, int byte, size_t most, _Bool is_text)
{
    for (size_t i = 0; i < most; i++) {
        may_read(at + i, 1);
        if (at[i] == (char)byte)
            return at + i;
        if (is_text && at[i] == 0)
            break;
    }
    return NULL;
}

void *c2rs_memchr(const void *at, int byte, size_t size) { return (void *)find(at, byte, size, 0); }
char *c2rs_strchr(const char *text, int character) { return (char *)find(text, character, SIZE_MAX, 1); }

char *c2rs_strrchr(const char *text, int character)
{
    length_of(text, SIZE_MAX);
    return strrchr(text, character);
}
