// AccessFormat: how one line of a web server's access log is to be read.
//   Apache httpd: mod_log_config (LogFormat), also Tomcat's AccessLogValve
//   nginx: ngx_http_log_module (log_format)
//   W3C Extended Log File Format (IIS): the "#Fields:" directive
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/web/access_log/access_field.h"

namespace konseki {

// A compiled format. Immutable; safe to share.
class AccessFormat {
 public:
  using Field = AccessField;

  // mod_log_config's format string, quotes of the configuration file removed. Tomcat's names
  // "common" and "combined" are taken as well.
  static AccessFormat apache(std::string_view format);
  static AccessFormat nginx(std::string_view format);
  // The text behind "#Fields:".
  static AccessFormat w3c(std::string_view fields);

  // True when the whole line is of this format. Fields of `line` that the format lacks are left
  // as they were given (the caller clears it).
  bool read(std::string_view text, AccessClock& clock, AccessLine& line) const;

  // A format without time and target tells nothing.
  bool useful() const;
  // W3C fields: blanks in values are written as '+'.
  bool plus_is_blank() const { return plus_is_blank_; }

 private:
  struct Part {
    Field field = Field::kSkip;
    bool quoted = false;  // stands between quotes, which are escaped inside
    std::string literal;  // what follows it
  };

  void add_literal(std::string_view text);
  void add_field(Field field);
  void close();

  std::string prefix_;
  std::vector<Part> parts_;
  bool plus_is_blank_ = false;
};

// The usual formats in the order in which they are tried where no configuration tells.
const std::vector<AccessFormat>& usual_access_formats();

}  // namespace konseki
