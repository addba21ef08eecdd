/* No guard: each inclusion follows the NDEBUG of the moment (C11 7.2). */
#undef assert

#ifdef NDEBUG
#define assert(e) ((void)0)
#else
#define assert(e) ((e) ? (void)0 : __assert_fail(#e, __FILE__, __LINE__, __func__))
#endif

#ifndef C2RS_ASSERT_H
#define C2RS_ASSERT_H

_Noreturn void __assert_fail(const char *expr, const char *file, unsigned int line, const char *function);

#define static_assert _Static_assert

#endif
