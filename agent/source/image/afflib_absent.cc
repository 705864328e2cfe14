// The Sleuth Kit archive refers to afflib, whose static chain (libcurl, LDAP, Kerberos, ...)
// must not be in a field tool. Every image is opened through tsk_img_open_external(), so these
// are never called; they say "not an AFF image" if they ever are.
#include <cstddef>
#include <cstdint>

extern "C" {

void* af_open(const char*, int, int) { return nullptr; }
int af_close(void*) { return -1; }
int af_eof(void*) { return 1; }
std::int64_t af_get_imagesize(void*) { return -1; }
int af_get_seg(void*, const char*, unsigned long*, unsigned char*, std::size_t*) { return -1; }
int af_identify_file_type(const char*, int) { return -1; }
int af_read(void*, unsigned char*, std::size_t) { return -1; }
std::uint64_t af_seek(void*, std::int64_t, int) { return 0; }
int af_cannot_decrypt(void*) { return 1; }

}  // extern "C"
