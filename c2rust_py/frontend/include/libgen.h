#ifndef C2RS_LIBGEN_H
#define C2RS_LIBGEN_H

char *basename(char *path);
char *dirname(char *path);

#endif
