"""Types of C library functions that gcc knows by name: for `__builtin_` calls of them, and for calls without a header."""

from __future__ import annotations

from c2rust_py.ir.types import (
    CHAR,
    DOUBLE,
    FLOAT,
    INT,
    LLONG,
    LONG,
    LONG_DOUBLE,
    UINT,
    ULONG,
    VA_LIST,
    VOID,
    VOID_POINTER,
    FunctionType,
    PointerType,
    Qualified,
    Quals,
    Type,
)

_LETTERS: dict[str, Type] = {
    "v": VOID,
    "i": INT,
    "u": UINT,
    "l": LONG,
    "L": LLONG,
    "z": ULONG,
    "f": FLOAT,
    "d": DOUBLE,
    "D": LONG_DOUBLE,
    "p": VOID_POINTER,
    "P": PointerType(Qualified(VOID, Quals.CONST)),
    "s": PointerType(CHAR),
    "S": PointerType(Qualified(CHAR, Quals.CONST)),
    "I": PointerType(INT),
    "a": VA_LIST,
}

_SIGNATURES = """
memcpy=ppPz memmove=ppPz memset=ppiz memcmp=iPPz memchr=pPiz mempcpy=ppPz strlen=zS strcpy=ssS strncpy=ssSz strcat=ssS
strncat=ssSz strcmp=iSS strncmp=iSSz strchr=sSi strrchr=sSi strstr=sSS strspn=zSS strcspn=zSS strpbrk=sSS strdup=sS
strndup=sSz stpcpy=ssS strcasecmp=iSS strncasecmp=iSSz strnlen=zSz index=sSi rindex=sSi bcmp=iPPz bzero=vpz
malloc=pz calloc=pzz realloc=ppz free=vp abort=v exit=vi _Exit=vi
printf=iS. sprintf=isS. snprintf=iszS. vprintf=iSa vsprintf=isSa vsnprintf=iszSa scanf=iS. sscanf=iSS. vscanf=iSa
vsscanf=iSSa puts=iS putchar=ii
abs=ii labs=ll llabs=LL isalnum=ii isalpha=ii iscntrl=ii isdigit=ii isgraph=ii islower=ii isprint=ii ispunct=ii
isspace=ii isupper=ii isxdigit=ii isblank=ii tolower=ii toupper=ii
"""

_MATHS = """
acos=d,d asin=d,d atan=d,d atan2=d,dd ceil=d,d cos=d,d cosh=d,d exp=d,d fabs=d,d floor=d,d fmod=d,dd frexp=d,dI ldexp=d,di
log=d,d log10=d,d pow=d,dd sin=d,d sinh=d,d sqrt=d,d tan=d,d tanh=d,d acosh=d,d asinh=d,d atanh=d,d cbrt=d,d copysign=d,dd
erf=d,d erfc=d,d exp2=d,d expm1=d,d fdim=d,dd fma=d,ddd fmax=d,dd fmin=d,dd hypot=d,dd ilogb=i,d lgamma=d,d llrint=L,d
llround=L,d log1p=d,d log2=d,d logb=d,d lrint=l,d lround=l,d nearbyint=d,d nextafter=d,dd remainder=d,dd rint=d,d
round=d,d scalbln=d,dl scalbn=d,di tgamma=d,d trunc=d,d
"""


def _type(result: str, params: str) -> FunctionType:
    variadic = params.endswith(".")
    return FunctionType(_LETTERS[result], tuple(_LETTERS[letter] for letter in params.rstrip(".")), variadic)


def _table() -> dict[str, FunctionType]:
    table: dict[str, FunctionType] = {}
    for entry in _SIGNATURES.split():
        name, letters = entry.split("=")
        table[name] = _type(letters[0], letters[1:])
    for entry in _MATHS.split():
        name, letters = entry.split("=")
        result, params = letters.split(",")
        for suffix, letter in (("", "d"), ("f", "f"), ("l", "D")):
            table[name + suffix] = _type(result.replace("d", letter), params.replace("d", letter))
    return table


LIBRARY_TYPES = _table()
NORETURN = frozenset({"abort", "exit", "_Exit"})
