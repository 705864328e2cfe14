// JsonWriter: appends JSON text to a string, in one pass and without a tree.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "konseki/time.h"

namespace konseki {

// Writes exactly what it is told, in order; commas are its own business, balance is the caller's.
// Text may hold any bytes: ill-formed UTF-8 becomes %XX (lone surrogates of WTF-8 %uDXXX), so that
// the output is always valid JSON. Not thread-safe.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(std::string_view name);  // a literal of ours: must need no escaping
  void text(std::string_view value);
  void number(std::int64_t value);
  void number(std::uint64_t value);
  void number(double value);  // not finite: null
  void boolean(bool value);
  void null();
  void time(const Timestamp& value);
  void hex(std::span<const std::byte> value);
  void raw(std::string_view json);  // a value that is JSON already

  void field(std::string_view name, std::string_view value) { key(name), text(value); }
  void field(std::string_view name, const char* value) { key(name), text(value); }
  void field(std::string_view name, std::int64_t value) { key(name), number(value); }
  void field(std::string_view name, std::uint64_t value) { key(name), number(value); }
  void field(std::string_view name, bool value) { key(name), boolean(value); }
  void field(std::string_view name, const Timestamp& value) { key(name), time(value); }

 private:
  void open(char bracket);
  void close(char bracket);
  void comma();

  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace konseki
