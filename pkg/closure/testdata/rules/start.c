/* A program that must only be loaded, never run. */
void _start(void) {}
