// Reading feeds from text, and what came of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/memory_reader.h"
#include "agent/match/indicators/feed_reader.h"

namespace konseki {

// Keeps all that a reader gives. One line an indicator in `lines`: "id|type=value type=value",
// "id|PATTERN", "id|yara ...", "id|refused DETAIL".
class KeepingSink : public IndicatorSink {
 public:
  void take(IndicatorInfo info, std::vector<Atom> atoms) override {
    std::string text = info.id + "|";
    for (const Atom& atom : atoms) {
      if (text.back() != '|') text += ' ';
      text += std::string(atom_type_name(atom.type)) + "=" + atom.value;
      if (atom.port) text += ":" + std::to_string(*atom.port);
      if (!atom.excluded.empty()) text += " not " + atom.excluded;
    }
    keep(std::move(info), std::move(text));
  }
  void take(IndicatorInfo info, stix::Pattern pattern) override {
    std::string text = info.id + "|" + pattern.text;
    keep(std::move(info), std::move(text));
  }
  void take_yara(IndicatorInfo info, std::string rule) override {
    std::string text = info.id + "|yara " + rule;
    keep(std::move(info), std::move(text));
  }
  void refuse(IndicatorInfo info, std::string detail, Bilingual reason) override {
    refused.push_back(info.id + "|" + detail + ": " + reason.en);
    both_languages = both_languages && !reason.en.empty() && !reason.ja.empty();
  }

  std::vector<std::string> lines;
  std::vector<IndicatorInfo> infos;
  std::vector<std::string> refused;
  bool both_languages = true;

 private:
  void keep(IndicatorInfo info, std::string text) {
    lines.push_back(std::move(text));
    infos.push_back(std::move(info));
  }
};

struct ReadFeed {
  KeepingSink sink;
  std::vector<FeedReport> reports;
  std::vector<Warninglist> warninglists;

  const FeedReport& report() const { return reports.at(0); }
  const std::vector<std::string>& lines() const { return sink.lines; }
  const IndicatorInfo& info(std::size_t i) const { return sink.infos.at(i); }
};

// Files f1, f2, ... of these contents.
inline std::unique_ptr<ReadFeed> read_texts(const std::vector<std::string>& texts,
                                            const FeedOptions& options = {}) {
  std::vector<FeedInput> inputs;
  for (const std::string& text : texts) {
    inputs.push_back({"f" + std::to_string(inputs.size() + 1), [text] {
                        const auto* data = reinterpret_cast<const std::byte*>(text.data());
                        return Result<std::unique_ptr<ByteReader>>(std::make_unique<MemoryReader>(
                            std::vector<std::byte>(data, data + text.size())));
                      }});
  }
  auto out = std::make_unique<ReadFeed>();
  out->reports = read_feeds(inputs, options, out->sink, out->warninglists);
  return out;
}

}  // namespace konseki
