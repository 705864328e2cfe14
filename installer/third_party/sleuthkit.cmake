# libtsk: volumes, pools and file systems, read through readers of our own. Its hash databases,
# case databases and image formats by other libraries are not built.
konseki_unpack(tsk sleuthkit_4.14.0+dfsg.orig.tar.xz)
file(GLOB sources ${tsk}/tsk/base/*.c ${tsk}/tsk/base/*.cpp ${tsk}/tsk/fs/*.c ${tsk}/tsk/fs/*.cpp
     ${tsk}/tsk/auto/guid.cpp ${tsk}/tsk/img/*.c ${tsk}/tsk/img/*.cpp ${tsk}/tsk/pool/*.c ${tsk}/tsk/pool/*.cpp
     ${tsk}/tsk/util/*.c ${tsk}/tsk/util/*.cpp ${tsk}/tsk/vs/*.c)
list(FILTER sources EXCLUDE REGEX "/XGetopt.c")
set(includes ${config}/tsk ${tsk} ${zlib})
if(KONSEKI_TARGET STREQUAL windows)
  list(APPEND includes ${config}/case)
endif()
konseki_archive(tsk SOURCES ${sources} INCLUDES ${includes} DEFINES HAVE_CONFIG_H)
install(DIRECTORY ${tsk}/tsk DESTINATION include FILES_MATCHING PATTERN *.h PATTERN *.hpp)
install(FILES ${config}/tsk/tsk/tsk_incs.h DESTINATION include/tsk)
