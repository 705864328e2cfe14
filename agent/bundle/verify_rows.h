// Part of verify: the text members. Rows must be JSON, the audit chain unbroken, and what
// files.jsonl says of a member true.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/bundle/verify.h"

namespace konseki {

// A member as verify has read it.
struct VerifiedMember {
  std::string name;
  std::string link_target;
  MemberType type = MemberType::kFile;
  std::uint64_t size = 0;
  Sha256 sha256{};       // of files only
  bool readable = true;  // content could be read to its end
  std::optional<Timestamp> modified;
  std::uint64_t start = 0;  // in the tar, headers included
  std::uint64_t end = 0;
};

// Takes the segments in the order of the tar. Not thread-safe.
class RowVerifier {
 public:
  explicit RowVerifier(VerifyReport& report) : report_(report) {}

  // True for the members that check() is for.
  static bool is_text(std::string_view member);
  void check(const std::string& member, ByteReader& content);
  // After the last member: compares what the rows claimed with what was found. `members` are
  // sorted by name. In a recovered bundle rows may speak of members that were lost.
  void finish(const std::vector<const VerifiedMember*>& members, bool recovered);

 private:
  struct Claim {
    std::string member;
    std::string sha256;
    std::uint64_t size = 0;
    bool has_size = false;
    std::optional<Timestamp> modified;
  };
  void check_audit_line(const std::string& member, std::string_view line);
  void take_claim(std::string_view line);

  VerifyReport& report_;
  std::vector<Claim> claims_;
  Sha256 previous_line_{};
  std::uint64_t next_sequence_ = 1;
  bool chain_broken_ = false;
};

}  // namespace konseki
