#include "agent/match/yara/yara_scanner.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/match/yara/block_iterator.h"
#include "agent/match/yara/yara_library.h"

namespace konseki::yara {
namespace {

constexpr int kPatience = 3;                  // times its time limit, until libyara is stopped
constexpr std::size_t kMaxRanges = 8;         // shown of one string
constexpr std::size_t kMaxStrings = 24;       // shown of one rule
constexpr std::size_t kMaxExcerpt = 48;       // bytes
constexpr std::size_t kMaxConsole = 16;       // lines kept of one file
constexpr std::size_t kMaxConsoleLine = 256;  // bytes

std::string escaped(const std::uint8_t* data, std::size_t length, bool more) {
  std::string out;
  for (std::size_t i = 0; i < length; ++i) {
    const std::uint8_t c = data[i];
    if (c == '\\') {
      out += "\\\\";
    } else if (c >= 0x20 && c < 0x7f) {
      out += static_cast<char>(c);
    } else {
      out += fmt::format("\\x{:02x}", c);
    }
  }
  return more ? out + "..." : out;
}

StringHit string_hit(YR_SCAN_CONTEXT* context, const YR_STRING* string) {
  StringHit hit;
  hit.name = string->identifier;
  const YR_MATCH* match = nullptr;
  yr_string_matches_foreach(context, string, match) {
    if (match->is_private) continue;
    if (hit.count++ == 0) {
      const auto kept = static_cast<std::size_t>(std::max(match->data_length, 0));
      const std::size_t shown = std::min(kept, kMaxExcerpt);
      hit.excerpt = escaped(match->data, shown,
                            shown < static_cast<std::size_t>(std::max(match->match_length, 0)));
    }
    if (hit.ranges.size() < kMaxRanges) {
      hit.ranges.push_back({static_cast<std::uint64_t>(match->base + match->offset),
                            static_cast<std::uint64_t>(std::max(match->match_length, 0))});
    }
  }
  return hit;
}

RuleHit rule_hit(YR_SCAN_CONTEXT* context, YR_RULE* rule, const RuleSet& set) {
  RuleHit hit;
  hit.rule = rule->identifier;
  hit.file = set.file.empty() ? rule->ns->name : set.file;
  const char* tag = nullptr;
  yr_rule_tags_foreach(rule, tag) hit.tags.emplace_back(tag);
  const YR_META* meta = nullptr;
  yr_rule_metas_foreach(rule, meta) {
    std::string value;
    if (meta->type == META_TYPE_STRING) {
      value = meta->string;
    } else if (meta->type == META_TYPE_BOOLEAN) {
      value = meta->integer != 0 ? "true" : "false";
    } else {
      value = fmt::format("{}", meta->integer);
    }
    hit.meta.emplace_back(meta->identifier, std::move(value));
  }
  const YR_STRING* string = nullptr;
  yr_rule_strings_foreach(rule, string) {
    StringHit found = string_hit(context, string);
    if (found.count > 0 && hit.strings.size() < kMaxStrings)
      hit.strings.push_back(std::move(found));
  }
  return hit;
}

// What the callback of one scan fills. No exception may pass through libyara.
struct Session {
  const RuleSet& set;
  ScanOutcome outcome;
  bool out_of_memory = false;
};

void note(Session& session, YR_SCAN_CONTEXT* context, int message, void* data) {
  switch (message) {
    case CALLBACK_MSG_RULE_MATCHING:
      session.outcome.hits.push_back(rule_hit(context, static_cast<YR_RULE*>(data), session.set));
      break;
    case CALLBACK_MSG_TOO_MANY_MATCHES: {
      const auto* string = static_cast<const YR_STRING*>(data);
      const YR_RULE& rule = context->rules->rules_table[string->rule_idx];
      session.outcome.overflowed.push_back(
          fmt::format("{} {}", rule.identifier, string->identifier));
      break;
    }
    case CALLBACK_MSG_CONSOLE_LOG: {
      const std::string_view line = static_cast<const char*>(data);
      ++session.outcome.console_count;
      if (session.outcome.console.size() < kMaxConsole) {
        session.outcome.console.emplace_back(line.substr(0, kMaxConsoleLine));
      }
      break;
    }
    default:
      break;
  }
}

int on_scan_message(YR_SCAN_CONTEXT* context, int message, void* data, void* user) {
  const Fence::Outside outside;
  auto& session = *static_cast<Session*>(user);
  try {
    note(session, context, message, data);
  } catch (...) {
    session.out_of_memory = true;
    return CALLBACK_ABORT;
  }
  return CALLBACK_CONTINUE;
}

}  // namespace

YaraScanner::~YaraScanner() = default;

YR_SCANNER* YaraScanner::scanner_of(const RuleSet& set) {
  YaraScannerHandle& scanner = scanners_[&set];
  if (!scanner) {
    YR_SCANNER* raw = nullptr;
    if (yr_scanner_create(set.rules.get(), &raw) != ERROR_SUCCESS) return nullptr;
    scanner.reset(raw);
  }
  return scanner.get();
}

Result<ScanOutcome> YaraScanner::run(const RuleSet& set, const ScanFacts& facts,
                                     const Input& input) {
  YR_SCANNER* scanner = scanner_of(set);
  if (scanner == nullptr) return fail(ErrorCode::kInternal, "libyara: not enough memory");
  const std::pair<const char*, const std::string&> values[] = {{"filename", facts.file_name},
                                                               {"filepath", facts.file_path},
                                                               {"extension", facts.extension},
                                                               {"filetype", facts.file_type},
                                                               {"md5", facts.md5},
                                                               {"owner", facts.owner},
                                                               {"id", facts.id}};
  for (const auto& [name, value] : values) {
    // Rules that were compiled elsewhere need not know every name.
    yr_scanner_define_string_variable(scanner, name, value.c_str());
  }
  // Without handlers of its own for faults: they are the fence's.
  yr_scanner_set_flags(scanner, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_REPORT_RULES_MATCHING |
                                    SCAN_FLAGS_NO_TRYCATCH | input.more_flags);
  yr_scanner_set_timeout(scanner, input.seconds);
  Session session{set, {}, false};
  yr_scanner_set_callback(scanner, on_scan_message, &session);
  int code = ERROR_SUCCESS;
  const auto fenced = fence_.run(
      [&] {
        if (before_scan_) before_scan_(facts);
        code = input.blocks != nullptr
                   ? yr_scanner_scan_mem_blocks(scanner, input.blocks)
                   : yr_scanner_scan_mem(
                         scanner, reinterpret_cast<const std::uint8_t*>(input.content.data()),
                         input.content.size());
      },
      kPatience * std::chrono::seconds(input.seconds));
  crashed_ = !fenced;
  if (crashed_) {
    (void)scanners_.at(&set).release();  // in the hands of a thread that stands still
    scanners_.erase(&set);
    return fail(fenced.error().code, "libyara did not survive this: " + fenced.error().detail,
                {"Keep a copy of it for the maintainers of YARA, and scan it with care elsewhere.",
                 "YARA の開発元への報告用に写しを保全し、別の環境で慎重に検査してください。"});
  }
  if (session.out_of_memory) return fail(ErrorCode::kInternal, "not enough memory");
  if (code == ERROR_SUCCESS) return std::move(session.outcome);
  // A scanner that was interrupted may hold half of a state: the next scan gets a new one.
  scanners_.erase(&set);
  if (code == ERROR_SCAN_TIMEOUT) {
    return fail(ErrorCode::kLimitExceeded,
                fmt::format("YARA: not done after {} seconds", input.seconds),
                {"Scan it alone, with fewer rules.", "ルールを絞って、単独で検査してください。"});
  }
  return fail(code == ERROR_COULD_NOT_MAP_FILE ? ErrorCode::kIoError : ErrorCode::kInternal,
              "YARA: " + library_error(code));
}

Result<ScanOutcome> YaraScanner::scan(const RuleSet& set, std::span<const std::byte> content,
                                      const ScanFacts& facts) {
  static constexpr std::byte kNothing{};
  if (content.empty()) content = {&kNothing, 0};
  return run(set, facts, {.content = content, .seconds = time_limit_});
}

Result<ScanOutcome> YaraScanner::scan_blocks(const RuleSet& set, ByteReader& content,
                                             const ScanFacts& facts) {
  BlockIterator blocks(content, blocks_of(content.size()), content.size());
  auto outcome = run(set, facts, {.blocks = blocks.iterator(), .seconds = time_limit_});
  if (blocks.error()) return fail(*blocks.error());
  return outcome;
}

Result<ScanOutcome> YaraScanner::scan_memory(const RuleSet& set, ByteReader& memory,
                                             std::vector<ByteRange> blocks, const ScanFacts& facts,
                                             int seconds) {
  BlockIterator iterator(memory, std::move(blocks), std::nullopt);
  auto outcome = run(
      set, facts,
      {.blocks = iterator.iterator(), .more_flags = SCAN_FLAGS_PROCESS_MEMORY, .seconds = seconds});
  if (iterator.error()) return fail(*iterator.error());
  return outcome;
}

}  // namespace konseki::yara
