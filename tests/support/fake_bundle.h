// FakeBundle: a BundleReader made of strings, for tests of everything that reads bundles.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "konseki/bundle.h"

namespace konseki::testing {

class FakeBundle : public BundleReader {
 public:
  // Produces the lines of one stream, as often as they are asked for.
  using Lines = std::function<void(const std::function<void(std::string_view)>&)>;

  void add_member(const std::string& name, std::string content);
  // Appends to konseki/<stream>.jsonl.
  void add_line(const std::string& stream, const std::string& json);
  void set_lines(const std::string& stream, Lines lines);
  // Reading the stream answers this error after its lines.
  void damage(const std::string& stream, Error error);
  void set_sealed(bool sealed) { sealed_ = sealed; }

  std::span<const Member> members() const override { return members_; }
  const Member* find(std::string_view name) const override;
  Result<std::unique_ptr<ByteReader>> open(const Member& member) override;
  Result<void> for_each_line(std::string_view stream,
                             const std::function<void(std::string_view)>& line) override;
  bool sealed() const override { return sealed_; }

 private:
  Member& member(const std::string& name);

  std::vector<Member> members_;
  std::map<std::string, std::string, std::less<>> contents_;
  std::map<std::string, Lines, std::less<>> generators_;
  std::map<std::string, Error, std::less<>> damages_;
  bool sealed_ = true;
};

}  // namespace konseki::testing
