#ifndef C2RS_SETJMP_H
#define C2RS_SETJMP_H

typedef struct __jmp_buf_tag {
    unsigned long __call;
    unsigned long __rest[24];
} jmp_buf[1];
typedef struct __jmp_buf_tag sigjmp_buf[1];

int setjmp(jmp_buf env);
int _setjmp(jmp_buf env);
int sigsetjmp(sigjmp_buf env, int savemask);
_Noreturn void longjmp(jmp_buf env, int value);
_Noreturn void _longjmp(jmp_buf env, int value);
_Noreturn void siglongjmp(sigjmp_buf env, int value);

#endif
