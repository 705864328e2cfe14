#include "agent/report/html.h"

#include "agent/base/html_text.h"
#include "agent/base/unicode.h"
#include "agent/report/number_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

constexpr std::size_t kWriteSize = std::size_t{128} << 10;

void append_evidence(std::string& out, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (utf8_sequence_length(text.substr(at)) == 0) {
      at += append_well_formed(out, text.substr(at));
      continue;
    }
    const std::size_t start = at;
    const std::uint32_t c = next_code_point(text, at);
    if (is_hidden(c)) {
      out += "<span class=\"hid\">" + code_point_name(c) + "</span>";
    } else {
      append_html_text(out, text.substr(start, at - start));
    }
  }
}

}  // namespace

Html& Html::raw(std::string_view markup) {
  out_ += markup;
  if (out_.size() >= kWriteSize) flush();
  return *this;
}

Html& Html::both(const Bilingual& words) { return both(words.en, words.ja); }

Html& Html::both(std::string_view en, std::string_view ja) {
  if (en.empty() && ja.empty()) return *this;
  if (en == ja) return text(en);
  out_ += "<span class=\"en\" lang=\"en\">";
  append_evidence(out_, en);
  out_ += "</span><span class=\"ja\" lang=\"ja\">";
  append_evidence(out_, ja);
  return raw("</span>");
}

Html& Html::text(std::string_view evidence, std::size_t most) {
  if (evidence.size() <= most) {
    append_evidence(out_, evidence);
    return raw("");
  }
  std::size_t at = most;
  while (at > 0 && (static_cast<unsigned char>(evidence[at]) & 0xC0) == 0x80) --at;
  append_evidence(out_, evidence.substr(0, at));
  const std::string rest = grouped(evidence.size() - at);
  raw(" <span class=\"cut\">…").both("(" + rest + " bytes more)", "（残り " + rest + " バイト）");
  return raw("</span>");
}

Html& Html::number(std::uint64_t value) { return raw(grouped(value)); }

void Html::flush() {
  if (!failed_) {
    if (auto done = write_(out_); !done) failed_ = std::move(done).error();
  }
  out_.clear();
}

Result<void> Html::finish() {
  flush();
  if (failed_) return fail(*failed_);
  return {};
}

void append_attribute(std::string& out, std::string_view evidence) {
  append_html_text(out, visible_text(evidence));
}

}  // namespace konseki
