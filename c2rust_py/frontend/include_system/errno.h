/* The system's errno.h, with an errno that is a variable, as ours is. */
#include_next <errno.h>

#undef errno
extern int errno;
#define errno errno
