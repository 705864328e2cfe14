#include "collectors/linux/systemd/unit_file.h"

#include <algorithm>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr std::size_t kMaxRemarks = 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_comment(std::string_view line) { return line.starts_with('#') || line.starts_with(';'); }

class UnitReader {
 public:
  void line(const ConfigLine& line) {
    std::string_view text = line.text;
    if (line.number == 1 && text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    remark(text, line.number);
    text = trim(text);
    // Comments inside a continued assignment are dropped, the assignment goes on.
    if (is_comment(text)) return;
    if (pending_.empty()) first_line_ = line.number;
    const bool continues = text.ends_with('\\');
    if (continues) text.remove_suffix(1);
    pending_ += text;
    if (continues) {
      pending_ += ' ';
    } else {
      end_of_assignment();
    }
  }

  UnitText finish() {
    end_of_assignment();
    if (strange_lines_ > 0) {
      out_.problem = std::to_string(strange_lines_) +
                     " lines are neither section nor assignment, "
                     "first line " +
                     std::to_string(first_strange_);
    }
    return std::move(out_);
  }

 private:
  void end_of_assignment() {
    const std::string whole = std::move(pending_);
    pending_.clear();
    const std::string_view text = trim(whole);
    if (text.empty()) return;
    const std::size_t equals = text.find('=');
    if (text.starts_with('[') && text.ends_with(']')) {
      section_ = text.substr(1, text.size() - 2);
    } else if (equals != std::string_view::npos && equals > 0) {
      out_.assignments.push_back({section_, std::string(trim(text.substr(0, equals))),
                                  std::string(trim(text.substr(equals + 1))), first_line_});
    } else {
      if (strange_lines_++ == 0) first_strange_ = first_line_;
    }
  }

  void remark(std::string_view text, std::uint32_t number) {
    for (std::string& found : hiding_remarks(text)) {
      if (out_.remarks.size() == kMaxRemarks) return;
      out_.remarks.push_back("line " + std::to_string(number) + ": " + found);
    }
  }

  UnitText out_;
  std::string section_;
  std::string pending_;
  std::uint32_t first_line_ = 0;
  std::uint32_t first_strange_ = 0;
  std::size_t strange_lines_ = 0;
};

}  // namespace

UnitText parse_unit_text(std::string_view text) {
  UnitReader reader;
  for_each_line(text, [&](const ConfigLine& line) { reader.line(line); });
  return reader.finish();
}

}  // namespace konseki
