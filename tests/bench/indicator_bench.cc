// Speed of indicators, each figure by itself. Usage:
//   indicator_bench make COUNT OUT.kix OUT.txt   mixed indicators by recipe; values of the text too
//   indicator_bench open INDEX                   milliseconds to open and check
//   indicator_bench paths COUNT                  microseconds a path, COUNT expressions
//   indicator_bench scan INDEX FILE              MB/s of looking through a file's content
//   indicator_bench one-by-one COUNT FILE        the same, COUNT host names one after another
#include <fmt/format.h>
#include <re2/re2.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "agent/match/indicators/content_scanner.h"
#include "agent/match/indicators/index_builder.h"
#include "agent/match/indicators/path_expressions.h"
#include "agent/match/indicators/required_literals.h"
#include "agent/match/indicators/value_lookup.h"

namespace {

using namespace konseki;

// Of this process's own processor time, so that neighbours on the machine do not show.
double now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string hex(std::mt19937_64& random, std::size_t digits) {
  std::string out;
  while (out.size() < digits) out += fmt::format("{:016x}", random());
  return out.substr(0, digits);
}

// Half digests, a quarter host names, the rest addresses, URLs, networks, mail addresses, names.
Atom mixed(std::mt19937_64& random, std::uint64_t i) {
  const auto make = [](AtomType type, const std::string& text) {
    return make_atom(type, text).value();
  };
  const std::uint64_t r = random();
  switch (i % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
      return make(AtomType::kSha256, hex(random, 64));
    case 4:
    case 5:
      return make(AtomType::kMd5, hex(random, 32));
    case 6:
    case 7:
      return make(AtomType::kSha1, hex(random, 40));
    case 8:
    case 9:
    case 10:
    case 11:
      return make(AtomType::kDomain, fmt::format("{}.{}-host.example", hex(random, 8), r % 5000));
    case 12:
      return make(AtomType::kIpAddress, fmt::format("{}.{}.{}.{}", 11 + r % 100, r >> 8 & 255,
                                                    r >> 16 & 255, r >> 24 & 255));
    case 13:
      return make(AtomType::kUrl,
                  fmt::format("http://{}.example/{}.php", hex(random, 10), r % 999));
    case 14:
      return i % 160 == 14
                 ? make(AtomType::kIpNetwork, fmt::format("{}.{}.{}.0/{}", 11 + r % 100,
                                                          r >> 8 & 255, r >> 16 & 255, 20 + r % 9))
                 : make(AtomType::kFileName, hex(random, 9) + ".exe");
    default:
      return make(AtomType::kEmailAddress, fmt::format("{}@{}.example", hex(random, 6), r % 900));
  }
}

int make(std::uint64_t count, const std::string& index_path, const std::string& text_path) {
  std::mt19937_64 random(1);
  IndicatorIndexBuilder builder;
  std::ofstream text(text_path);
  const double start = now();
  for (std::uint64_t i = 0; i < count; ++i) {
    IndicatorInfo info;
    // One in three is known by a name of its own, as from a hub; others come from lists.
    if (i % 3 == 0) {
      info.id = fmt::format("indicator--{}-{}-4{}-8{}-{}", hex(random, 8), hex(random, 4),
                            hex(random, 3), hex(random, 3), hex(random, 12));
      info.name = fmt::format("Campaign {}", random() % 2000);
    }
    info.source = "team " + std::to_string(i % 7);
    info.file = fmt::format("feed-{}.json", i % 12);
    info.confidence = static_cast<int>(i % 100);
    const Atom atom = mixed(random, i);
    text << atom.value << '\n';
    builder.take(std::move(info), {atom});
  }
  const auto bytes = builder.finish().value();
  std::ofstream out(index_path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  fmt::print("{:.1f} s, {:.1f} MiB\n", now() - start, static_cast<double>(bytes.size()) / 1048576);
  return 0;
}

// In the manner of public lists: names of tools, temporary folders, double endings.
std::vector<std::string> expressions(std::size_t count) {
  std::mt19937_64 random(2);
  const char* const forms[] = {R"((?i)\\{}[a-z0-9_]{{1,6}}\.exe$)",
                               R"([\\/]{}\.(dll|ocx|sys)$)",
                               R"(\\(Temp|Tmp)\\{}\d+\.bat)",
                               R"((?i)(^|[\\/]){}(32|64)?\.(exe|ps1))",
                               R"(/tmp/\.{}[^/]*/)",
                               R"(\\AppData\\Roaming\\[A-Z][a-z]+\\{}\.js)"};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string word;
    for (std::size_t n = 4 + random() % 7; n > 0; --n)
      word += static_cast<char>('a' + random() % 26);
    out.push_back(fmt::format(fmt::runtime(forms[i % std::size(forms)]), word));
  }
  // A few that no text must hold.
  for (std::size_t i = 0; i < count / 200; ++i) {
    out[i * 200] = fmt::format(R"([\\/][a-z]{{{}}}\.[a-z]{{2}}$)", 12 + i);
  }
  return out;
}

std::vector<std::string> sample_paths() {
  std::mt19937_64 random(3);
  const char* const folders[] = {"C:/Windows/System32/DriverStore/FileRepository/net1x64.inf_amd64",
                                 "C:/Users/user/AppData/Local/Temp", "/usr/share/doc/libc6",
                                 "/var/lib/dpkg/info",
                                 "C:/Program Files (x86)/Common Files/System"};
  std::vector<std::string> out;
  for (int i = 0; i < 20'000; ++i) {
    std::string word;
    for (std::size_t n = 5 + random() % 12; n > 0; --n)
      word += static_cast<char>('a' + random() % 26);
    out.push_back(fmt::format("{}/{}.{}", folders[random() % 5], word,
                              std::to_array({"exe", "dll", "txt", "list"})[random() % 4]));
  }
  return out;
}

int paths(std::size_t count) {
  std::vector<StoredExpression> stored;
  for (const std::string& text : expressions(count)) {
    StoredExpression each;
    each.text = text;
    each.literals = literals_of_regex(text).value_or(std::vector<std::string>());
    stored.push_back(std::move(each));
  }
  const auto all = sample_paths();
  double start = now();
  const PathExpressions set(std::move(stored), AtomType::kPathRegex);
  const double ready = now() - start;
  std::vector<std::uint32_t> found;
  std::size_t hits = 0;
  for (int warm = 0; warm < 2; ++warm) {
    start = now();
    hits = 0;
    for (const std::string& path : all) {
      set.find(path, found, [](const StoredExpression&, const Error&) {});
      hits += found.size();
    }
  }
  const double mine = (now() - start) / static_cast<double>(all.size()) * 1e6;
  std::vector<std::unique_ptr<RE2>> single;
  RE2::Options quiet;
  quiet.set_log_errors(false);
  for (const std::string& text : expressions(count)) {
    single.push_back(std::make_unique<RE2>(text, quiet));
  }
  std::size_t others = 0;
  start = now();
  for (std::size_t i = 0; i < 200; ++i) {
    std::string with_backslashes = all[i];
    for (char& c : with_backslashes) c = c == '/' ? '\\' : c;
    for (const auto& each : single) {
      others += RE2::PartialMatch(all[i], *each) || RE2::PartialMatch(with_backslashes, *each);
    }
  }
  const double theirs = (now() - start) / 200 * 1e6;
  fmt::print("{:.2f} {:.1f} {:.1f} {} {} {}\n", mine, theirs, ready * 1e3, hits, others,
             set.stats().without_literal);
  return 0;
}

std::string content_of(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

class Counting : public CandidateSink {
 public:
  explicit Counting(const ValueLookup& lookup) : lookup_(lookup) {}
  bool take(const Candidate& candidate) override {
    ++candidates;
    hits_.clear();
    if (candidate.kind == Candidate::Kind::kHost) lookup_.find_host(candidate.text, 0, hits_);
    if (candidate.kind == Candidate::Kind::kUrl) lookup_.find_url(candidate.text, hits_);
    if (candidate.address != nullptr) lookup_.find_address(*candidate.address, 0, hits_);
    if (candidate.kind == Candidate::Kind::kEmail) {
      lookup_.find(AtomType::kEmailAddress, candidate.text, hits_);
    }
    hits += hits_.size();
    return !hits_.empty();
  }
  std::size_t candidates = 0;
  std::size_t hits = 0;

 private:
  const ValueLookup& lookup_;
  ValueHits hits_;
};

int scan(const std::string& index_path, const char* path) {
  const ValueLookup lookup({IndicatorIndex::open(index_path).value()});
  const ContentScanner scanner({true, true, true, true});
  const std::string content = content_of(path);
  Counting sink(lookup);
  const double start = now();
  scanner.scan(content, 0, sink);
  const double seconds = now() - start;
  fmt::print("{:.0f} {} {}\n", static_cast<double>(content.size()) / 1e6 / seconds, sink.candidates,
             sink.hits);
  return 0;
}

int one_by_one(std::size_t count, const char* path) {
  std::mt19937_64 random(1);
  const std::string content = content_of(path);
  std::vector<std::unique_ptr<RE2>> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(std::make_unique<RE2>(hex(random, 8) + "\\.example"));
  }
  const double start = now();
  std::size_t hits = 0;
  for (const auto& each : all) hits += RE2::PartialMatch(content, *each);
  const double seconds = now() - start;
  fmt::print("{:.3f} {}\n", static_cast<double>(content.size()) / 1e6 / seconds, hits);
  return 0;
}

int open_index(const std::string& path) {
  const double start = now();
  const auto index = IndicatorIndex::open(path);
  const double seconds = now() - start;
  if (!index) return 1;
  std::ifstream status("/proc/self/status");
  std::string line;
  std::string memory;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS") || line.starts_with("RssAnon")) memory += line + " ";
  }
  fmt::print("{:.1f} {} {}\n", seconds * 1e3, (*index)->value_count(), memory);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "make" && argc == 5)
    return make(std::strtoull(argv[2], nullptr, 10), argv[3], argv[4]);
  if (what == "open" && argc == 3) return open_index(argv[2]);
  if (what == "paths" && argc == 3) return paths(std::strtoull(argv[2], nullptr, 10));
  if (what == "scan" && argc == 4) return scan(argv[2], argv[3]);
  if (what == "one-by-one" && argc == 4) {
    return one_by_one(std::strtoull(argv[2], nullptr, 10), argv[3]);
  }
  std::cerr << "see the beginning of indicator_bench.cc\n";
  return 2;
}
