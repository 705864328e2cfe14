# The libyal family. Each library is built whole from its own tarball, support libraries included,
# as its authors build it; installer/cmake/Libyal.cmake then hides the support libraries, whose
# years differ. A support library that is the same in several tarballs is compiled once.
# config.h is one for all: what their configure scripts find, united.

# Support libraries that nearly all have and that know only one another.
set(yal_common libbfio libcdata libcerror libcfile libclocale libcnotify libcpath libcsplit
    libcthreads libfcache libfdata libuna)

# One folder of a tarball as objects: a target named by what it is made of, made once.
function(konseki_libyal_objects variable root folder defines)
  file(GLOB sources ${root}/${folder}/*.c)
  # Headers of the common ones lay down the structures that all of a generation share.
  list(TRANSFORM yal_common PREPEND ${root}/ OUTPUT_VARIABLE headers)
  list(TRANSFORM headers APPEND /*.h)
  file(GLOB files ${root}/${folder}/*.[ch] ${headers})
  set(sums "${defines}")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME)
    # Libraries without a cache or data ranges share the rest with those that have them.
    if(folder IN_LIST yal_common AND name MATCHES "^libf" AND NOT file MATCHES "/${folder}/")
      continue()
    endif()
    file(SHA256 ${file} sum)
    string(APPEND sums ${sum})
  endforeach()
  string(SHA256 sum "${sums}")
  string(SUBSTRING ${sum} 0 12 sum)
  set(target yal_${folder}_${sum})
  set(${variable} ${target} PARENT_SCOPE)
  if(TARGET ${target})
    return()
  endif()
  add_library(${target} OBJECT ${sources})
  # Hundreds of small files, each of which reads all the system's headers: joined, a few.
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 40)
  file(GLOB folders LIST_DIRECTORIES true ${root}/lib*)
  list(FILTER folders EXCLUDE REGEX "\\.[a-z]+$")
  target_include_directories(${target} PRIVATE ${config}/libyal ${root}/common ${root}/include
                                               ${folders} ${zlib})
  target_compile_definitions(${target} PRIVATE ${defines})
  if(KONSEKI_TARGET STREQUAL windows)
    target_include_directories(${target} PRIVATE ${config}/case)
    target_compile_definitions(${target} PRIVATE WIN32_LEAN_AND_MEAN)
  endif()
endfunction()

# konseki_libyal_archive(NAME FILE [EXCEPT subfolders...] [DEFINES...])
function(konseki_libyal_archive name file)
  cmake_parse_arguments(ARG "" "" "EXCEPT;DEFINES" ${ARGN})
  konseki_unpack(root ${file})
  # Left over from the machine that made the tarball; it would be found before ours.
  file(REMOVE ${root}/common/config.h)
  file(GLOB folders LIST_DIRECTORIES true RELATIVE ${root} ${root}/lib*)
  list(FILTER folders EXCLUDE REGEX "\\.[a-z]+$")
  if(ARG_EXCEPT)
    list(REMOVE_ITEM folders ${ARG_EXCEPT})
  endif()
  list(REMOVE_ITEM folders lib${name})
  set(defines HAVE_CONFIG_H)
  foreach(folder IN LISTS folders)
    string(TOUPPER HAVE_LOCAL_${folder} define)
    list(APPEND defines ${define})
  endforeach()
  # HAVE_LOCAL_<itself> would leave out a part of the library's public functions.
  konseki_libyal_objects(objects ${root} lib${name} "${defines};${ARG_DEFINES}")
  set(parts $<TARGET_OBJECTS:${objects}>)
  foreach(folder IN LISTS folders)
    if(folder IN_LIST yal_common)
      konseki_libyal_objects(objects ${root} ${folder} "${common_defines}")
    else()
      konseki_libyal_objects(objects ${root} ${folder} "${defines}")
    endif()
    list(APPEND parts $<TARGET_OBJECTS:${objects}>)
  endforeach()
  add_library(${name} STATIC ${parts})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
  install(TARGETS ${name} ARCHIVE DESTINATION lib)
  install(FILES ${root}/include/lib${name}.h DESTINATION include)
  install(DIRECTORY ${root}/include/lib${name} DESTINATION include FILES_MATCHING PATTERN *.h)
endfunction()

set(common_defines HAVE_CONFIG_H)
foreach(folder IN LISTS yal_common)
  string(TOUPPER HAVE_LOCAL_${folder} define)
  list(APPEND common_defines ${define})
endforeach()

set(with_zlib HAVE_ZLIB HAVE_ZLIB_ADLER32 HAVE_ZLIB_COMPRESS2 HAVE_ZLIB_COMPRESSBOUND
    HAVE_ZLIB_INFLATE HAVE_ZLIB_INFLATE_INIT2 HAVE_ZLIB_UNCOMPRESS)
konseki_libyal_archive(bfio libbfio_20170123.orig.tar.gz)
konseki_libyal_archive(ewf libewf_20140816.orig.tar.gz DEFINES ${with_zlib}
                       EXCEPT libodraw libsmdev libsmraw libhmac libcdatetime)
konseki_libyal_archive(lnk liblnk_20240423.orig.tar.gz)
konseki_libyal_archive(vhdi libvhdi_20240509.orig.tar.gz)
konseki_libyal_archive(vmdk libvmdk_20240510.orig.tar.gz DEFINES ${with_zlib})
konseki_libyal_archive(vshadow libvshadow_20240504.orig.tar.gz)
