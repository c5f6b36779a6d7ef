#include <turbojpeg.h>

// memfd_create(2): the reader of bitmaps wants a file's name, and this makes a file of memory. The C library declares it
// only for programs that ask for all of its extensions.
int memfd_create(const char *name, unsigned int flags);
