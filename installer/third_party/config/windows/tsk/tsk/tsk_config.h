/* What configure of The Sleuth Kit 4.14.0 finds on this target. zlib is for compressed files of
   HFS+ and APFS. */
#define HAVE_INTTYPES_H 1
#define HAVE_STDBOOL_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDIO_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_UNISTD_H 1
#define HAVE_VPRINTF 1
#define HAVE__BOOL 1
#define PACKAGE "sleuthkit"
#define STDC_HEADERS 1
#define VERSION "4.14.0"
#define HAVE_LIBZ 1
#define HAVE_ZLIB_H 1
