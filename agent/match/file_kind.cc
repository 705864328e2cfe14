#include "agent/match/file_kind.h"

#include <algorithm>
#include <string>

namespace konseki {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view bytes;
  std::string_view kind;
  std::size_t offset = 0;
};

// The longer of two that begin alike comes first.
constexpr Signature kSignatures[] = {
    {"MZ"sv, "EXE"},
    {"\x7f"
     "ELF"sv,
     "ELF"},
    {"\xfe\xed\xfa\xce"sv, "MACH-O"},
    {"\xfe\xed\xfa\xcf"sv, "MACH-O"},
    {"\xce\xfa\xed\xfe"sv, "MACH-O"},
    {"\xcf\xfa\xed\xfe"sv, "MACH-O"},
    {"\xca\xfe\xba\xbe\x00\x00\x00"sv, "Java Class"},
    {"dex\n"sv, "DEX"},
    {"!<arch>\n"sv, "AR"},
    {"%PDF"sv, "PDF"},
    {"{\\rt"sv, "RTF"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "OLE"},
    {"PK\x03\x04\x14\x00\x06\x00"sv, "Office"},
    {"PK\x03\x04"sv, "ZIP"},
    {"PK\x05\x06"sv, "ZIP"},
    {"Rar!\x1a\x07"sv, "RAR"},
    {"7z\xbc\xaf\x27\x1c"sv, "7Zip"},
    {"\x1f\x8b\x08"sv, "GZIP"},
    {"BZh"sv, "BZip2"},
    {"\xfd"
     "7zXZ\x00"sv,
     "XZ"},
    {"\x28\xb5\x2f\xfd"sv, "ZSTD"},
    {"MSCF"sv, "CAB"},
    {"ustar"sv, "TAR", 257},
    {"-lh"sv, "LHA", 2},
    {"ITSF"sv, "CHM"},
    {"\xff\xd8\xff"sv, "JPEG"},
    {"GIF8"sv, "GIF"},
    {"\x89PNG\r\n\x1a\n"sv, "PNG"},
    {"BM"sv, "BMP"},
    {"II*\x00"sv, "TIFF"},
    {"MM\x00*"sv, "TIFF"},
    {"RIFF"sv, "RIFF"},
    {"ID3"sv, "MP3"},
    {"OggS"sv, "OGG"},
    {"CWS"sv, "SWF"},
    {"FWS"sv, "SWF"},
    {"ZWS"sv, "SWF"},
    {"MDMP"sv, "MDMP"},
    {"PAGEDU"sv, "Memory Dump"},
    {"ElfFile\x00"sv, "EVTX"},
    {"\x30\x00\x00\x00LfLe"sv, "EVT"},
    {"regf"sv, "Registry Hive"},
    {"L\x00\x00\x00\x01\x14\x02\x00"sv, "LNK"},
    {"SCCA"sv, "Prefetch", 4},
    {"MAM\x04"sv, "Prefetch"},
    {"\xef\xcd\xab\x89"sv, "ESE", 4},
    {"SQLite format 3\x00"sv, "SQLite"},
    {"FILE0"sv, "NTFS MFT"},
    {"!BDN"sv, "PST"},
    {"conectix"sv, "VHD"},
    {"vhdxfile"sv, "VHDX"},
    {"KDM"sv, "VMDK"},
    {"# Disk D"sv, "VMDK"},
    {"QFI\xfb"sv, "QCOW"},
    {"EVF\x09\x0d\x0a\xff\x00"sv, "E01"},
    {"\xd4\xc3\xb2\xa1"sv, "LIBPCAP"},
    {"\xa1\xb2\xc3\xd4"sv, "LIBPCAP"},
    {"\x0a\x0d\x0d\x0a"sv, "PCAPNG"},
    {"-----BEGIN"sv, "Certificate PEM"},
    {"Salted__"sv, "OpenSSL Salted Format"},
    {"TVqQ"sv, "Base64 EXE"},
    {"TVpQ"sv, "Base64 EXE"},
    {"TVoA"sv, "Base64 EXE"},
    {"TVpB"sv, "Base64 EXE"},
};

// Text, in lower case, after a byte order mark and white space.
constexpr Signature kTexts[] = {
    {"<?php"sv, "PHP"},
    {"<?="sv, "PHP"},
    {"<?xml"sv, "XML"},
    {"<%@ page"sv, "JSP"},
    {"<%@page"sv, "JSP"},
    {"<%@"sv, "ASP"},
    {"<%--"sv, "JSP"},
    {"<%"sv, "ASP"},
    {"<!doctype html"sv, "HTML"},
    {"<html"sv, "HTML"},
    {"<body"sv, "HTML"},
    {"@echo"sv, "BATCH"},
    {"on error resume"sv, "VBS"},
    {"windows registry editor"sv, "REG"},
    {"regedit4"sv, "REG"},
    {"[internetshortcut]"sv, "Internet Shortcut"},
};

constexpr Signature kInterpreters[] = {
    {"python"sv, "Python"},   {"perl"sv, "Perl"},       {"php"sv, "PHP"},        {"ruby"sv, "Ruby"},
    {"node"sv, "JavaScript"}, {"pwsh"sv, "PowerShell"}, {"sh"sv, "UNIX SCRIPT"},
};

// Head of a text as single bytes, or empty when it is none: UTF-16 loses its zero bytes.
std::string text_of(std::string_view head) {
  std::string text(head);
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff")) {
    text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
    text.erase(0, 2);
  } else if (head.starts_with("\xef\xbb\xbf")) {
    text.erase(0, 3);
  }
  if (text.find('\0') != std::string::npos) return {};
  text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return text;
}

std::string_view kind_of_text(std::string_view text) {
  if (text.starts_with("#!")) {
    const std::string_view line = text.substr(0, text.find('\n'));
    for (const Signature& each : kInterpreters) {
      if (line.find(each.bytes) != std::string_view::npos) return each.kind;
    }
    return "UNIX SCRIPT";
  }
  for (const Signature& each : kTexts) {
    if (text.starts_with(each.bytes)) return each.kind;
  }
  // An image's or a page's code may come later in the head.
  if (text.find("<?php") != std::string_view::npos) return "PHP";
  return {};
}

}  // namespace

std::string_view file_kind(std::span<const std::byte> bytes) {
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                              std::min(bytes.size(), kFileKindBytes));
  for (const Signature& each : kSignatures) {
    if (head.size() >= each.offset + each.bytes.size() &&
        head.substr(each.offset, each.bytes.size()) == each.bytes) {
      return each.kind;
    }
  }
  return kind_of_text(text_of(head));
}

}  // namespace konseki
