#ifndef C2RS_MEMORY_H
#define C2RS_MEMORY_H

#include <string.h>

#endif
