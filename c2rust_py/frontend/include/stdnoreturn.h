#ifndef C2RS_STDNORETURN_H
#define C2RS_STDNORETURN_H

#define noreturn _Noreturn

#endif
