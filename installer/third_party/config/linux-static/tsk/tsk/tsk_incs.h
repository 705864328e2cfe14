/* What programs that use libtsk must define as its own build does: structures differ else. */
#ifndef _TSK_INCS_H
#define _TSK_INCS_H

#include <unistd.h>
#ifndef __STDC_FORMAT_MACROS
#define __STDC_FORMAT_MACROS
#endif
#include <inttypes.h>
#include <sys/param.h>
#define TSK_MULTITHREAD_LIB  // enable multithreading

#endif
