#include "agent/match/indicators/feed_reader.h"

#include <fmt/format.h>

#include <utility>

#include "agent/base/unicode.h"
#include "agent/match/indicators/list_feed.h"
#include "agent/match/indicators/misp_feed.h"
#include "agent/match/indicators/openioc_feed.h"
#include "agent/match/indicators/stix1_feed.h"
#include "agent/match/indicators/stix_feed.h"
#include "agent/match/indicators/xml_document.h"

namespace konseki {
namespace {

constexpr std::size_t kHead = std::size_t{64} << 10;
constexpr std::size_t kMaxYara = std::size_t{64} << 20;

Error unknown_format() {
  return {ErrorCode::kUnsupported,
          {},
          {"No known format of indicators. See docs/indicators.md for those that are read.",
           "インジケータの形式として認識できません。対応形式は docs/indicators.md を"
           "参照してください。"}};
}

// The first words of a text, on one line.
std::string beginning_of(std::string_view text) {
  constexpr std::size_t kShown = 80;
  std::string out;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!is_space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
    if (out.size() >= kShown) return to_well_formed(out) + "…";
  }
  return out;
}

Result<std::string> head_of(FeedText& text) {
  std::string head;
  while (head.size() < kHead) {
    KONSEKI_ASSIGN(const std::string_view run, text.next());
    if (run.empty()) break;
    head.append(run);
  }
  text.rewind();
  return head;
}

// Opens a feed and hands it to `use` with its beginning; what goes wrong is the report's.
template <class Use>
void with_feed(const FeedInput& input, FeedReport& report, const Use& use) {
  const auto reader = input.open();
  if (!reader) {
    report.error = reader.error();
    return;
  }
  FeedText text(**reader);
  const auto head = head_of(text);
  if (!head) {
    report.error = head.error();
    return;
  }
  use(text, *head);
}

class FeedFile {
 public:
  FeedFile(const FeedOptions& options, StixSurvey& survey, IndicatorSink& sink,
           std::vector<Warninglist>& warninglists)
      : options_(options), survey_(survey), sink_(sink), warninglists_(warninglists) {}

  void read(FeedText& text, const std::string& head, const std::vector<std::string>& names,
            FeedReport& report) {
    switch (report.format) {
      case FeedFormat::kUnknown:
        tell_unknown(head, report);
        break;
      case FeedFormat::kStix2:
        read_stix_feed(text, options_, survey_, sink_, report);
        break;
      case FeedFormat::kStix1:
      case FeedFormat::kOpenIoc:
        read_xml(text, report);
        break;
      case FeedFormat::kMispEvent:
        read_misp_feed(text, options_, sink_, report);
        break;
      case FeedFormat::kMispManifest:
        read_misp_manifest(text, names, report);
        break;
      case FeedFormat::kWarninglist:
        warninglists_.push_back(read_warninglist(text, report));
        break;
      case FeedFormat::kYara:
        read_yara(text, report);
        break;
      case FeedFormat::kMispHashes:
      case FeedFormat::kMispCsv:
      case FeedFormat::kCsv:
      case FeedFormat::kList:
        read_list_feed(text, tell_list(head), options_, sink_, report);
        break;
    }
  }

 private:
  static void tell_unknown(const std::string& head, FeedReport& report) {
    if (head.find_first_not_of(" \t\r\n") == std::string::npos) {
      report.notes.push_back({"the file is empty", "ファイルは空です"});
    } else {
      report.error = unknown_format();
      report.error->detail = beginning_of(head);
    }
  }

  void read_xml(FeedText& text, FeedReport& report) {
    auto document = XmlDocument::read(text);
    if (!document) {
      report.error = document.error();
      return;
    }
    const pugi::xml_node root = document->root();
    report.error = document->damage();
    if (document->declares_entities()) {
      report.notes.push_back({"the XML declares entities; they are never expanded",
                              "XML がエンティティを宣言していますが、展開しません"});
    }
    if (is_openioc(root)) {
      report.format = FeedFormat::kOpenIoc;
      IndicatorInfo info;
      info.file = report.file;
      read_openioc(root, std::move(info), options_, sink_);
    } else if (is_stix1(root)) {
      read_stix1(root, options_, sink_, report);
    } else {
      report.format = FeedFormat::kUnknown;
      if (!report.error) {
        report.error = unknown_format();
        report.error->detail = fmt::format("XML <{}> {}", root.name(), namespace_of(root));
      }
    }
  }

  void read_yara(FeedText& text, FeedReport& report) {
    std::string rules;
    for (;;) {
      const auto run = text.next();
      if (!run) {
        report.error = run.error();
        return;
      }
      if (run->empty()) break;
      rules.append(*run);
      if (rules.size() > kMaxYara) {
        report.error = Error{ErrorCode::kLimitExceeded,
                             "64 MiB",
                             {"A file of YARA rules this large is not read.",
                              "YARA ルールのファイルが大きすぎます。"}};
        return;
      }
    }
    IndicatorInfo info;
    info.file = report.file;
    sink_.take_yara(std::move(info), std::move(rules));
  }

  const FeedOptions& options_;
  StixSurvey& survey_;
  IndicatorSink& sink_;
  std::vector<Warninglist>& warninglists_;
};

}  // namespace

std::vector<FeedReport> read_feeds(std::span<const FeedInput> inputs, const FeedOptions& options,
                                   IndicatorSink& sink, std::vector<Warninglist>& warninglists) {
  std::vector<FeedReport> reports;
  std::vector<std::string> names;
  StixSurvey survey;
  for (const FeedInput& input : inputs) {
    FeedReport& report = reports.emplace_back();
    report.file = input.name;
    names.push_back(input.name);
    with_feed(input, report, [&](FeedText& text, const std::string& head) {
      report.format = tell_feed_format(head);
      if (report.format == FeedFormat::kStix2) survey.add(text);
    });
  }
  FeedFile file(options, survey, sink, warninglists);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    FeedReport& report = reports[i];
    if (report.error) continue;
    with_feed(inputs[i], report, [&](FeedText& text, const std::string& head) {
      file.read(text, head, names, report);
      report.encoding = encoding_name(text.encoding());
      if (text.substituted() > 0) {
        report.notes.push_back(
            {fmt::format("{} bytes are no characters of the encoding; shown as %XX",
                         text.substituted()),
             fmt::format("文字コードに合わないバイトが {} 個あり、%XX と表しました",
                         text.substituted())});
      }
      if (report.superseded > 0) {
        report.notes.push_back(
            {fmt::format("{} older or repeated versions of an id; the latest counts",
                         report.superseded),
             fmt::format("同じ ID の古い版・重複が {} 件あり、最新版だけを使います",
                         report.superseded)});
      }
    });
  }
  return reports;
}

}  // namespace konseki
