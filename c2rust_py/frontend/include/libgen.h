#ifndef C2RS_LIBGEN_H
#define C2RS_LIBGEN_H

/* As in glibc: the function called basename is GNU's, which <string.h> declares. */
char *__xpg_basename(char *path);
#define basename __xpg_basename
char *dirname(char *path);

#endif
