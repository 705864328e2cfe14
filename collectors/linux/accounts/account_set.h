// AccountSet: one generation of a host's account files, joined into records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/linux/accounts/account_lines.h"
#include "konseki/record.h"

namespace konseki {

// A passwd(5) line that owns its text.
struct UserLine {
  std::string name;
  PasswordFacts password;  // of the passwd file itself
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
  std::string comment;
  std::string home;
  std::string shell;
  std::string problem;
  bool nis = false;
  std::uint32_t line = 0;
  ByteRange range;
  std::vector<std::string> remarks;  // of its text
};

template <class Line>
struct AccountFile {
  bool present = false;
  bool cut = false;
  PathSpec address;
  std::vector<Line> lines;
};

// The four files that belong together: /etc/{passwd,shadow,group,gshadow}, or their backups.
struct AccountSet {
  bool backup = false;
  AccountFile<UserLine> passwd;
  AccountFile<ShadowLine> shadow;
  AccountFile<GroupLine> group;
  AccountFile<GroupShadowLine> gshadow;
};

// Emits linux.user and linux.group records in the order of the files. `previous` is the backup
// beside a current set, or null: what it lacks was added by the last change.
void emit_accounts(const AccountSet& set, const AccountSet* previous, const RecordEmitter& emit);

}  // namespace konseki
