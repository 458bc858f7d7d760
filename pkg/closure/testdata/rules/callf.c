/* Refers to the versioned f. */
#ifdef WEAK
#pragma weak f
#endif
int f(void);
int callf(void) { return f ? f() : 0; }
