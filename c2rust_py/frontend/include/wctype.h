#ifndef C2RS_WCTYPE_H
#define C2RS_WCTYPE_H

typedef unsigned int wint_t;
typedef unsigned long wctype_t;
typedef const int *wctrans_t;

#define WEOF (0xffffffffu)

int iswalpha(wint_t wc);
int iswdigit(wint_t wc);
int iswxdigit(wint_t wc);
int iswalnum(wint_t wc);
int iswlower(wint_t wc);
int iswupper(wint_t wc);
int iswcntrl(wint_t wc);
int iswblank(wint_t wc);
int iswspace(wint_t wc);
int iswprint(wint_t wc);
int iswgraph(wint_t wc);
int iswpunct(wint_t wc);
wint_t towlower(wint_t wc);
wint_t towupper(wint_t wc);
wctype_t wctype(const char *property);
int iswctype(wint_t wc, wctype_t desc);
wctrans_t wctrans(const char *property);
wint_t towctrans(wint_t wc, wctrans_t desc);
#endif
