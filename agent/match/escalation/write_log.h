// Lines of system logs that say who wrote a file.
//   auditd: auditd.conf(5), "type=SYSCALL" and "type=PATH" of one event
//   OpenSSH's sftp-server(8) at level INFO; vsftpd; xferlog(5) of wu-ftpd, ProFTPD, vsftpd
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

struct WriteLine {
  std::string path;               // absolute, or as the log has it (chroots)
  std::optional<Timestamp> time;  // auditd only: the others write local time without a zone
  std::string text;               // what it says, ready to show
  ByteRange range;                // of the line
};

// True for the names of such logs, rotated ones too.
bool is_write_log(std::string_view path);

// One line after another; an event of auditd is told when the next one begins. Any bytes may come.
class WriteLogReader {
 public:
  using Visit = std::function<void(WriteLine&&)>;

  explicit WriteLogReader(Visit visit) : visit_(std::move(visit)) {}

  void take(std::string_view line, ByteRange range);
  void finish();  // after the last line

 private:
  struct NamedPath {
    std::string name;
    bool created = false;
    ByteRange range;
  };

  bool take_audit(std::string_view line, ByteRange range);
  bool take_transfer(std::string_view line, ByteRange range);

  Visit visit_;
  std::string event_;                                     // "1767348010.123:456"
  std::map<std::string, std::string, std::less<>> call_;  // fields of SYSCALL
  std::string folder_;
  std::vector<NamedPath> paths_;
};

// All lines of a log, compressed or not; damage further on costs what lies behind it.
Result<void> read_write_log(ByteReader& content, const WriteLogReader::Visit& visit);

}  // namespace konseki
