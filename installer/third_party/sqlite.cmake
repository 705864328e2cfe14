# SQLite as its authors advise: all in one file, which their own tools join. No code is loaded at run
# time.
konseki_unpack(sqlite sqlite3_3.40.1.orig.tar.xz)
# Debian's others are for its build, these mend faults.
konseki_patch(${sqlite} sqlite3_3.40.1-2+deb12u2.debian.tar.xz "^(4[12]|000)")
set(joined ${CMAKE_CURRENT_BINARY_DIR}/sqlite)
file(MAKE_DIRECTORY ${joined})
add_custom_command(
  OUTPUT ${joined}/sqlite3.c ${joined}/sqlite3.h
  COMMAND make -s -f ${sqlite}/main.mk TOP=${sqlite} "BCC=cc -O1 -w" TCC=cc NAWK=awk OPTS= THREADLIB=
          sqlite3.c > ${joined}.log
  WORKING_DIRECTORY ${joined} COMMENT "Joining SQLite" VERBATIM)
konseki_archive(sqlite3 SOURCES ${joined}/sqlite3.c
                DEFINES SQLITE_OMIT_LOAD_EXTENSION SQLITE_THREADSAFE=1 SQLITE_ENABLE_FTS5
                        SQLITE_ENABLE_COLUMN_METADATA SQLITE_DQS=0 SQLITE_TEMP_STORE=2)
install(FILES ${joined}/sqlite3.h DESTINATION include)
