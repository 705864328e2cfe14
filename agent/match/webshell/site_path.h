// Paths of a web site: what a server would run, and how requests and files name it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::webshell {

// True for names with an ending that servers run: "a.php", "b.ASPX", also before another one
// ("c.php.jpg").
bool is_script_name(std::string_view name);
// True for names of pictures, by their last ending.
bool is_picture_name(std::string_view name);

std::string lower_case(std::string_view text);  // ASCII letters only
std::string_view base_name(std::string_view path);
// Non-empty components between slashes.
std::vector<std::string_view> components_of(std::string_view path);

// A request's path as a file would be named: no "//", no ";jsessionid=...", nothing behind a
// script's name ("/a.php/x" is "/a.php").
std::string request_key(std::string_view path);

// Where the site begins in a display path: components before the first that a URL could name.
// By the roots that are known ("" is none), else by the usual names of document roots ("htdocs").
// components.size() when the path is in no site; `known` tells which of the two it was.
std::size_t site_begin(const std::vector<std::string_view>& components,
                       const std::vector<std::string>& roots, bool& known);

// True below folders of programs and of interpreters' libraries ("/usr/sbin", "/lib/python3"),
// where no server looks for pages; not in a cgi-bin there.
bool in_program_folder(std::string_view path);

// FNV-1a: the same on every run and machine.
std::uint64_t stable_hash(std::string_view text);

}  // namespace konseki::webshell
