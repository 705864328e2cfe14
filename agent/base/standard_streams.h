// The program's own streams and C files. Calls the operating system.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace konseki {

enum class StandardStream { kOutput, kError };

// Bytes as they are from now on: on Windows line ends of stdin, stdout and stderr stay what they
// are. Called once, before anything is read or written.
void prepare_standard_streams();

// UTF-8 text, shown right on a console of any code page; redirected, the bytes as they are. False
// when the stream is closed or full.
bool write_standard(StandardStream stream, std::string_view text);

// Empties the line on which the terminal behind stderr stands.
void clear_terminal_line();

// Opens `path` (UTF-8) to read its bytes; null with errno as of fopen().
std::FILE* open_c_file(const std::string& path);

}  // namespace konseki
