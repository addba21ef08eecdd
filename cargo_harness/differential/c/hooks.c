/* What the C under comparison is linked with: a way back from exits and undefined operations, an allocator that knows its
   blocks, and the start of all static data. Built without sanitizers, also where the C is built with them. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

enum { RETURNED, EXITED, UNDEFINED };

static void *back[5];
static char *called_at;
static int inside;
static int how;
static int status;
static const char *message = "";
static char message_text[512];
static const char *fault;
static int stack_is_used_up;

/* Calls `shim`; RETURNED, or how else the C came back. No Rust frame is ever between the two. The compiler's own jump, since
   the sanitizer's reads the bounds of the stack from /proc each time. */
__attribute__((noinline)) int c2rs_call(void (*shim)(void **, void *), void **args, void *result)
{
    called_at = __builtin_frame_address(0);
    how = RETURNED;
    fault = NULL;
    stack_is_used_up = 0;
    if (__builtin_setjmp(back) == 0) {
        inside = 1;
        shim(args, result);
    }
    inside = 0;
    return how;
}

int c2rs_status(void) { return status; }
const char *c2rs_message(void) { return message; }

/* Whether the last call recursed without end. */
int c2rs_stack_is_used_up(void) { return stack_is_used_up; }

/* The first byte that the C should not have accessed, if it is known. */
const char *c2rs_fault(void) { return fault; }
void c2rs_unpoison(char *at, size_t size);

/* Out of the C, whose frames begin at `stack` and are left. */
static _Noreturn void leave_frames(int reason, char *stack)
{
    if (!inside)
        _exit(125);
    c2rs_unpoison(stack, (size_t)(called_at - stack));
    how = reason;
    __builtin_longjmp(back, 1);
}

static _Noreturn void leave(int reason)
{
    leave_frames(reason, __builtin_frame_address(0));
}

_Noreturn void c2rs_exit(int code)
{
    status = code & 0xff;
    leave(EXITED);
}

/* What is buffered is lost. */
_Noreturn void c2rs_exit_at_once(int code)
{
    __fpurge(stdout);
    c2rs_exit(code);
}

_Noreturn void c2rs_abort(void)
{
    c2rs_exit_at_once(134);
}

_Noreturn void c2rs_assert_fail(const char *text, const char *file, unsigned line, const char *function)
{
    (void)text, (void)file, (void)line, (void)function;
    c2rs_abort();
}

void c2rs_flush(void) { fflush(NULL); }

/* ---- what nobody may touch, where the sanitizer is there to see it ---- */

extern void __asan_poison_memory_region(const volatile void *, size_t) __attribute__((weak));
extern void __asan_unpoison_memory_region(const volatile void *, size_t) __attribute__((weak));

void c2rs_poison(char *at, size_t size)
{
    if (__asan_poison_memory_region)
        __asan_poison_memory_region(at, size);
}

void c2rs_unpoison(char *at, size_t size)
{
    if (__asan_unpoison_memory_region)
        __asan_unpoison_memory_region(at, size);
}

/* A place in the C text, as UBSan has it. */
struct place {
    const char *file;
    uint32_t line, column;
};

/* ---- allocations: zeroed, as the translation's are; all of them are known, and freed between two inputs ---- */

struct allocation {
    char *at;
    size_t size;
};

static struct allocation *allocations;
static size_t allocation_count, allocation_room;
static char *arena_start, *arena_end;
/* What was freed since the last input: as long as it is not given back, no new object has its address, and pointers that still
   lead there are not taken for pointers to one. The sanitizer does as much itself. */
enum { MOST_RETIRED = 256, LARGEST_RETIRED = 1 << 12 };
static char *retired[MOST_RETIRED];
static size_t retired_count;
static char **arena_freed;
static size_t arena_freed_count, arena_freed_room;

/* Addresses around the arena that nothing else has: an `unsigned` counts 64-byte elements as far as this. */
static const size_t DESERT = (size_t)1 << 38;

/* Room for `size` bytes of input blocks. */
char *c2rs_arena(size_t size)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *at = mmap(NULL, size + 2 * DESERT, PROT_NONE, flags, -1, 0);
    if (at == MAP_FAILED || mprotect(at + DESERT, size, PROT_READ | PROT_WRITE) != 0)
        _exit(126);
    arena_start = at + DESERT;
    arena_end = arena_start + size;
    return arena_start;
}

/* Whether the address is so far from any block of the input that arithmetic made it. */
int c2rs_leads_astray(const char *at)
{
    uintptr_t address = (uintptr_t)at, start = (uintptr_t)arena_start, end = (uintptr_t)arena_end;
    return (address >= start - DESERT && address < start) || (address > end && address <= end + DESERT);
}

static void *enlarged(void *table, size_t *room, size_t size)
{
    *room = *room ? *room * 2 : 64;
    table = realloc(table, *room * size);
    if (!table)
        _exit(126);
    return table;
}

static _Noreturn void undefined(const struct place *place, const char *what);

/* Allocations that are larger fail, so that no input takes long. */
static const size_t LARGEST = (size_t)1 << 28;

/* Allocations that fail are not judged: the translation may panic there. */
void *c2rs_malloc(size_t size)
{
    if (size > LARGEST && __asan_poison_memory_region && inside)
        undefined(NULL, "an allocation that fails");
    char *at = size > LARGEST ? NULL : calloc(size ? size : 1, 1);
    if (!at) {
        errno = ENOMEM;
        return NULL;
    }
    if (size == 0)
        c2rs_poison(at, 1);
    if (allocation_count == allocation_room)
        allocations = enlarged(allocations, &allocation_room, sizeof *allocations);
    allocations[allocation_count++] = (struct allocation){at, size};
    return at;
}

void *c2rs_calloc(size_t count, size_t size)
{
    size_t bytes;
    return c2rs_malloc(__builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes);
}

static struct allocation *allocation_at(const char *at)
{
    for (size_t i = allocation_count; i-- > 0;)
        if (allocations[i].at == at)
            return &allocations[i];
    return NULL;
}

/* The known allocation that `at` points into (or to the end of); its size, -1 where there is none. */
long c2rs_allocation(const char *at, char **start)
{
    for (size_t i = allocation_count; i-- > 0;)
        if (at >= allocations[i].at && at <= allocations[i].at + allocations[i].size) {
            *start = allocations[i].at;
            return (long)allocations[i].size;
        }
    return -1;
}

/* How many allocations are there. */
size_t c2rs_allocations(void) { return allocation_count; }

int c2rs_was_freed(const char *at)
{
    for (size_t i = 0; i < arena_freed_count; i++)
        if (arena_freed[i] == at)
            return 1;
    return 0;
}

/* The blocks of the input at hand that lie in the arena. */
static struct allocation *arena_blocks;
static size_t arena_block_count, arena_block_room;

static struct allocation *arena_block(const char *at)
{
    for (size_t i = 0; i < arena_block_count; i++)
        if (arena_blocks[i].at == at)
            return &arena_blocks[i];
    return NULL;
}

static void free_in_arena(char *at)
{
    struct allocation *block = arena_block(at);
    if (!block || c2rs_was_freed(at))
        undefined(NULL, "free of what is no block, or not any more");
    if (arena_freed_count == arena_freed_room)
        arena_freed = enlarged(arena_freed, &arena_freed_room, sizeof *arena_freed);
    arena_freed[arena_freed_count++] = at;
    c2rs_poison(at, block->size);
}

void c2rs_free(void *pointer)
{
    char *at = pointer;
    if (at >= arena_start && at < arena_end) {
        free_in_arena(at);
        return;
    }
    struct allocation *known = at ? allocation_at(at) : NULL;
    size_t size = known ? known->size : LARGEST_RETIRED;
    if (known)
        *known = allocations[--allocation_count];
    if (size < LARGEST_RETIRED && retired_count < MOST_RETIRED && !__asan_poison_memory_region)
        retired[retired_count++] = at;
    else
        free(at);
}

void c2rs_arena_block(char *at, size_t size)
{
    if (arena_block_count == arena_block_room)
        arena_blocks = enlarged(arena_blocks, &arena_block_room, sizeof *arena_blocks);
    arena_blocks[arena_block_count++] = (struct allocation){at, size};
}

void *c2rs_realloc(void *pointer, size_t size)
{
    char *at = pointer;
    if (!at)
        return c2rs_malloc(size);
    if (size == 0) {
        c2rs_free(at);
        return NULL;
    }
    struct allocation *known = allocation_at(at);
    int in_arena = at >= arena_start && at < arena_end;
    if (!known && !in_arena)
        return realloc(at, size);
    size_t old = known ? known->size : arena_block(at) ? arena_block(at)->size : 0;
    char *moved = c2rs_malloc(size);
    if (!moved)
        return NULL;
    memcpy(moved, at, old < size ? old : size);
    c2rs_free(at);
    return moved;
}

void *c2rs_reallocarray(void *pointer, size_t count, size_t size)
{
    size_t bytes;
    return c2rs_realloc(pointer, __builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes);
}

char *c2rs_strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    char *copy = c2rs_malloc(length + 1);
    return copy ? memcpy(copy, text, length) : NULL;
}

char *c2rs_strdup(const char *text)
{
    return c2rs_strndup(text, strlen(text));
}

void c2rs_free_all(void)
{
    while (allocation_count > 0)
        free(allocations[--allocation_count].at);
    while (retired_count > 0)
        free(retired[--retired_count]);
    arena_freed_count = 0;
    arena_block_count = 0;
}

/* Whether `size` bytes at `at` can be read at all. */
int c2rs_readable(const void *at, size_t size)
{
    static char scratch[4096];
    struct iovec to = {scratch, size < sizeof scratch ? size : sizeof scratch};
    struct iovec from = {(void *)at, to.iov_len};
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)to.iov_len;
}

/* ---- static data of the C: saved once, restored before each input ---- */

extern char __start_c2rs_data[] __attribute__((weak)), __stop_c2rs_data[] __attribute__((weak));
static char *saved;

static void copy_bytes(volatile char *to, const char *from, size_t size)
{
    /* Not memcpy: the sanitizer's version would look at what lies between the variables. */
    for (size_t i = 0; i < size; i++)
        to[i] = from[i];
}

size_t c2rs_data_size(void) { return (size_t)(__stop_c2rs_data - __start_c2rs_data); }

void c2rs_data_save(void)
{
    saved = malloc(c2rs_data_size() + 1);
    if (!saved)
        _exit(126);
    copy_bytes(saved, __start_c2rs_data, c2rs_data_size());
}

void c2rs_data_restore(int sanitized)
{
    if (sanitized)
        copy_bytes(__start_c2rs_data, saved, c2rs_data_size());
    else
        memcpy(__start_c2rs_data, saved, c2rs_data_size());
}

/* ---- counters of gcov, in pages that forked children share, so that no end of a child loses any ---- */

extern char __start_c2rs_gcov[] __attribute__((weak)), __stop_c2rs_gcov[] __attribute__((weak));

void c2rs_share_counters(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (!__start_c2rs_gcov)
        return;
    uintptr_t start = (uintptr_t)__start_c2rs_gcov & ~(page - 1);
    uintptr_t end = ((uintptr_t)__stop_c2rs_gcov + page - 1) & ~(page - 1);
    char *copy = mmap(NULL, end - start, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        _exit(126);
    copy_bytes(copy, (char *)start, end - start);
    void *shared = mmap((void *)start, end - start, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (shared == MAP_FAILED)
        _exit(126);
    copy_bytes((char *)start, copy, end - start);
    munmap(copy, end - start);
}

/* ---- what UBSan calls: each names the place and goes back to `c2rs_call` ---- */

static _Noreturn void undefined(const struct place *place, const char *what)
{
    if (place && place->file)
        snprintf(message_text, sizeof message_text, "%s:%u: %s", place->file, place->line, what);
    else
        snprintf(message_text, sizeof message_text, "%s", what);
    message = message_text;
    leave(UNDEFINED);
}

#define HANDLER(name, what) \
    void __ubsan_handle_##name(const struct place *place) { undefined(place, what); }

HANDLER(add_overflow, "signed overflow in an addition")
HANDLER(sub_overflow, "signed overflow in a subtraction")
HANDLER(mul_overflow, "signed overflow in a multiplication")
HANDLER(negate_overflow, "signed overflow in a negation")
HANDLER(divrem_overflow, "division by zero, or overflow in a division")
HANDLER(shift_out_of_bounds, "shift out of bounds")
HANDLER(out_of_bounds, "index out of bounds")
HANDLER(builtin_unreachable, "an unreachable place is reached")
HANDLER(missing_return, "no value is returned")
HANDLER(vla_bound_not_positive, "the length of an array is not positive")
HANDLER(load_invalid_value, "a value that its type does not have")
HANDLER(float_cast_overflow, "a floating value that the integer type does not have")
HANDLER(type_mismatch_v1, "an access through a null or misaligned pointer, or beyond its object")
HANDLER(nonnull_arg, "a null argument")
HANDLER(pointer_overflow, "a pointer overflows")
HANDLER(invalid_builtin, "a builtin's operand is zero")

void __ubsan_handle_nonnull_return_v1(const void *data, const struct place *place)
{
    (void)data;
    undefined(place, "a null result");
}

/* ---- memory errors, in the sanitized build: what instrumented code calls in front of a bad access goes back to `c2rs_call`.
   The sanitizer's own functions would report, which takes as long as thousands of inputs, and end the process. ---- */

_Noreturn void c2rs_undefined_at(const char *at, const char *what)
{
    fault = at;
    undefined(NULL, what);
}

#define REPORTS(size) \
    void __asan_report_load##size(const char *at) { c2rs_undefined_at(at, "a read of " #size " bytes outside of any object"); } \
    void __asan_report_store##size(const char *at) { c2rs_undefined_at(at, "a write of " #size " bytes outside of any object"); }

REPORTS(1)
REPORTS(2)
REPORTS(4)
REPORTS(8)
REPORTS(16)

void __asan_report_load_n(const char *at, size_t size)
{
    (void)size;
    c2rs_undefined_at(at, "a read outside of any object");
}

void __asan_report_store_n(const char *at, size_t size)
{
    (void)size;
    c2rs_undefined_at(at, "a write outside of any object");
}

/* What the library's functions run into, the sanitizer reports itself. */
enum { MEMORY_ERROR = 77 };

extern const char *__asan_get_report_description(void) __attribute__((weak));
static void (*on_memory_error)(const char *);

void __asan_on_error(void)
{
    if (on_memory_error)
        on_memory_error(__asan_get_report_description ? __asan_get_report_description() : "memory error");
    _exit(MEMORY_ERROR);
}

static void on_bad_address(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    if (!inside)
        _exit(MEMORY_ERROR);
    char *stack = (char *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RSP];
    ptrdiff_t above = (char *)info->si_addr - stack;
    stack_is_used_up = above > -(1 << 16) && above < 1 << 16;
    message = stack_is_used_up ? "the stack is used up" : "an access to no memory at all";
    leave_frames(UNDEFINED, stack);
}

/* Memory errors are told to `callback`, or are outcomes of `c2rs_call`. */
void c2rs_on_memory_error(void (*callback)(const char *))
{
    static char stack[1 << 16];
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = on_bad_address, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    on_memory_error = callback;
    if (sigaltstack(&other, NULL) != 0 || sigaction(SIGSEGV, &action, NULL) != 0
        || sigaction(SIGBUS, &action, NULL) != 0)
        _exit(126);
}

/* ---- the program; the table of functions is in the generated crate ---- */

extern void __asan_init(void) __attribute__((weak));
extern void c2rs_run(_Bool sanitized);

int main(void)
{
    c2rs_run(__asan_init != NULL);
    return 0;
}
