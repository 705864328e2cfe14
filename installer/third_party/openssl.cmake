# libcrypto, by OpenSSL's own Configure: for digests, and for Authenticode in libyara. Without sockets, modules
# and engines, so that nothing of it looks names up or loads code on an examined host.
konseki_unpack(openssl openssl_3.0.20.orig.tar.gz)
if(KONSEKI_TARGET STREQUAL windows)
  set(kind mingw64)
else()
  set(kind linux-x86_64)
endif()
set(build ${CMAKE_CURRENT_BINARY_DIR}/openssl)
set(openssl_includes ${openssl}/include ${build}/include)
set(tools ${CMAKE_COMMAND} -E env --unset=CFLAGS --unset=LDFLAGS SOURCE_DATE_EPOCH=0
    "CC=${CMAKE_C_COMPILER_LAUNCHER} ${CMAKE_C_COMPILER}" "AR=${CMAKE_AR}" "RANLIB=${CMAKE_RANLIB}"
    "RC=${CMAKE_RC_COMPILER}")
# Paths that end up in the archive are fixed words, not this machine's.
add_custom_command(
  OUTPUT ${build}/libcrypto.a
  COMMAND ${CMAKE_COMMAND} -E make_directory ${build}
  COMMAND ${CMAKE_COMMAND} -E chdir ${build} ${tools} ${openssl}/Configure ${kind}
          --prefix=/konseki --openssldir=/konseki no-shared no-tests no-dso no-engine no-module
          no-ui-console no-async no-sock no-cmp no-ct no-legacy no-afalgeng no-autoload-config
          no-comp no-dtls no-tls no-ocsp no-psk no-srp no-srtp no-dh no-des
          no-aria no-bf no-blake2 no-camellia no-cast no-chacha no-idea no-md4 no-mdc2 no-ocb
          no-poly1305 no-rc2 no-rc4 no-rmd160 no-scrypt no-seed no-siphash no-siv no-sm3 no-sm4
          no-whirlpool
          -O2 -ffunction-sections -fdata-sections
          -ffile-prefix-map=${openssl}=. -ffile-prefix-map=${build}=. > ${build}.log
  COMMAND ${CMAKE_COMMAND} -E chdir ${build} ${tools} make -s -j2 build_generated >> ${build}.log
  COMMAND ${CMAKE_COMMAND} -E chdir ${build} ${tools} make -s -j2 libcrypto.a >> ${build}.log
  COMMENT "Building libcrypto (see openssl.log)" VERBATIM)
add_custom_target(openssl ALL DEPENDS ${build}/libcrypto.a)
install(FILES ${build}/libcrypto.a DESTINATION lib)
install(DIRECTORY ${openssl}/include/openssl ${build}/include/openssl DESTINATION include
        FILES_MATCHING PATTERN *.h)
