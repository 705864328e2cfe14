#include "tests/support/fake_bundle.h"

#include "agent/base/memory_reader.h"

namespace konseki::testing {
namespace {

std::string member_name(std::string_view stream) {
  return "konseki/" + std::string(stream) + ".jsonl";
}

}  // namespace

Member& FakeBundle::member(const std::string& name) {
  for (Member& member : members_) {
    if (member.header.name == name) return member;
  }
  members_.emplace_back();
  members_.back().header.name = name;
  return members_.back();
}

void FakeBundle::add_member(const std::string& name, std::string content) {
  member(name).header.size = content.size();
  contents_[name] = std::move(content);
}

void FakeBundle::add_line(const std::string& stream, const std::string& json) {
  const std::string name = member_name(stream);
  std::string& content = contents_[name];
  content += json + "\n";
  member(name).header.size = content.size();
}

void FakeBundle::set_lines(const std::string& stream, Lines lines) {
  member(member_name(stream));
  generators_[stream] = std::move(lines);
}

void FakeBundle::damage(const std::string& stream, Error error) {
  damages_[stream] = std::move(error);
}

const Member* FakeBundle::find(std::string_view name) const {
  for (const Member& member : members_) {
    if (member.header.name == name) return &member;
  }
  return nullptr;
}

Result<std::unique_ptr<ByteReader>> FakeBundle::open(const Member& member) {
  const auto bytes = std::as_bytes(std::span(contents_[member.header.name]));
  return std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

Result<void> FakeBundle::for_each_line(std::string_view stream,
                                       const std::function<void(std::string_view)>& line) {
  if (const auto generator = generators_.find(stream); generator != generators_.end()) {
    generator->second(line);
    return {};
  }
  const auto content = contents_.find(member_name(stream));
  if (content == contents_.end()) return fail(ErrorCode::kNotFound, member_name(stream));
  std::string_view rest = content->second;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    line(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end == std::string_view::npos ? end : end + 1));
  }
  if (const auto damage = damages_.find(stream); damage != damages_.end()) {
    return fail(damage->second);
  }
  return {};
}

}  // namespace konseki::testing
