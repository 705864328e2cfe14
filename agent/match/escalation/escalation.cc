#include "agent/match/escalation/escalation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "agent/base/digest.h"
#include "agent/match/escalation/write_log.h"
#include "agent/match/escalation/writer_traces.h"
#include "agent/match/record_values.h"
#include "agent/match/startup_place.h"
#include "agent/match/webshell/ranked_map.h"
#include "agent/match/webshell/site_path.h"

namespace konseki {
namespace {

using webshell::ToldRequest;

constexpr std::size_t kMostFiles = 200'000;
constexpr std::size_t kMostPersistence = 20'000;
constexpr std::size_t kMostTriggers = 50;
constexpr std::size_t kMostListed = 40;  // in one witness
constexpr std::size_t kMostRequests = 1000;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

struct SeenFile {
  PathSpec address;
  std::string owner;  // uid or SID
  std::optional<Timestamp> modified;
  std::string sha256;
  bool of_nobody = false;  // no package owns it, and packages are known
};

struct StartEntry {
  std::string mechanism, location, name, command;
  std::optional<Timestamp> since;
  PathSpec address;
};

enum class TriggerKind { kWebshell, kMiner, kDefacement };

// How a kind is called, in the chain and at the head of a witness.
struct KindWords {
  std::string_view matcher, en, ja;
};
constexpr KindWords kWords[] = {{"webshell", "webshell", "Web シェル"},
                                {"miner", "miner", "マイナー"},
                                {"defacement", "defacement", "改ざん"}};

const KindWords& words_of(TriggerKind kind) { return kWords[static_cast<std::size_t>(kind)]; }

// Web pages are defaced: medium is what honest scoring gives most of them.
Severity least_of(TriggerKind kind) {
  return kind == TriggerKind::kDefacement ? Severity::kMedium : Severity::kHigh;
}

// What switched the search on.
struct Trigger {
  TriggerKind kind = TriggerKind::kWebshell;
  const Finding* finding = nullptr;
  const SeenFile* file = nullptr;  // null for processes and for files that are not kept
  webshell::SiteStory story;       // not of miners
  std::vector<Timestamp> times;    // when it was there
};

std::string second_of(const std::optional<Timestamp>& time) {
  return time ? time->iso8601().substr(0, 19) + "Z" : std::string("?");
}

bool is_near(const std::vector<Timestamp>& times, const std::optional<Timestamp>& time,
             std::int64_t seconds) {
  return time && std::any_of(times.begin(), times.end(), [&](Timestamp each) {
           return std::llabs(each.seconds - time->seconds) <= seconds;
         });
}

std::string shown_path(const PathSpec& address) { return subject_path(address); }

// Lines for the excerpt of a witness, with their addresses; what is left out is said.
struct Listing {
  std::vector<PathSpec> addresses;
  std::string text;
  std::size_t count = 0;

  void add(std::string line, const PathSpec& address) {
    if (++count > kMostListed) return;
    text += (text.empty() ? "" : "\n") + line;
    addresses.push_back(address);
  }
  std::string excerpt() const {
    if (count <= kMostListed) return text;
    return text + fmt::format("\n(+{})", count - kMostListed);
  }
};

class Escalation : public Matcher {
 public:
  explicit Escalation(std::shared_ptr<const webshell::SiteEvidence> site)
      : site_(std::move(site)), files_(kMostFiles) {}

  std::string_view name() const override { return "escalation"; }

  void begin(const MatchContext& context) override {
    evidence_ = context.evidence;
    for (const HostUser& user : context.host.users) users_.try_emplace(user.id, user.name);
  }

  void match_entry(const MatchFile& file, FindingSink&) override {
    const Entry& entry = file.item.entry;
    if (entry.type != FileType::kRegular || !file.item.stream.empty() ||
        entry.allocation != Allocation::kAllocated) {
      return;
    }
    if (!file.package.empty()) packages_known_ = true;
    if (file.package_state == "intact") return;
    SeenFile seen;
    seen.address = file.address;
    seen.owner = !entry.owner.empty()                          ? entry.owner
                 : file.item.volume.style == PathStyle::kPosix ? std::to_string(entry.uid)
                                                               : std::string();
    seen.modified = entry.times.modified;
    if (file.digests) seen.sha256 = to_hex(file.digests->sha256);
    seen.of_nobody = file.package_state == "nobody";
    // The latest files are kept, and those that start something.
    std::uint64_t rank = UINT64_MAX;
    if (is_startup_place(file.item.path)) {
      rank = 0;
    } else if (seen.modified) {
      rank = static_cast<std::uint64_t>(INT64_MAX) -
             static_cast<std::uint64_t>(std::max<std::int64_t>(0, seen.modified->seconds));
    }
    std::lock_guard lock(mutex_);
    if (SeenFile* kept = files_.at(key_of(file.address), rank, [](const SeenFile&) {})) {
      *kept = std::move(seen);
    }
  }

  // Logs that tell who wrote what.
  bool wants_content(const MatchFile& file) const override {
    return file.size > 0 && is_write_log(file.item.path);
  }

  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override {
    if (is_write_log(file.item.path)) traces_.see_log(file, content, sink);
  }

  void match_record(const Record& record, FindingSink&) override {
    traces_.see_record(record);
    StartEntry entry;
    if (record.schema().name == "persistence") {
      entry.mechanism = text_of(record, "mechanism");
      entry.location = text_of(record, "location");
      entry.name = text_of(record, "name");
      entry.command = text_of(record, "command");
      if (const auto* since = std::get_if<Timestamp>(&record.get("since"))) entry.since = *since;
    } else if (record.schema().name == "linux.authorized_key") {
      entry.mechanism = "linux.authorized_key";
      entry.location = record.source.path;
      entry.name = text_of(record, "user");
      entry.command = text_of(record, "fingerprint") + ' ' + text_of(record, "comment");
    } else {
      return;
    }
    entry.address = record.source;
    std::lock_guard lock(mutex_);
    start_.emplace(std::tuple(entry.location, entry.name, entry.mechanism, entry.command), entry);
    if (start_.size() > kMostPersistence) {
      start_.erase(std::prev(start_.end()));
      ++start_left_out_;
    }
  }

  void conclude(std::span<const Finding> findings, FindingSink& sink) override {
    std::vector<Trigger> triggers;  // webshells, miners, defacements; each worst first
    std::size_t more = 0;
    for (const TriggerKind kind :
         {TriggerKind::kWebshell, TriggerKind::kMiner, TriggerKind::kDefacement}) {
      std::size_t taken = 0;
      for (const Finding& finding : findings) {
        if (finding.matcher != words_of(kind).matcher || finding.severity < least_of(kind)) {
          continue;
        }
        if (++taken > kMostTriggers) {
          ++more;
        } else {
          triggers.push_back(trigger_of(finding, kind));
        }
      }
    }
    if (triggers.empty()) return;
    Finding finding;
    finding.matcher = "escalation";
    finding.rule = "escalation";
    finding.origin = "konseki";
    finding.title = "Escalation";
    finding.severity = Severity::kLow;
    finding.score = 10;
    finding.subject.evidence = evidence_;
    finding.count = triggers.size() + more;
    Bilingual chain;
    add_entry(triggers, finding, chain);
    for (const Trigger& each : triggers) add_trigger(each, finding, chain);
    std::vector<Timestamp> times;
    for (const Trigger& each : triggers) {
      times.insert(times.end(), each.times.begin(), each.times.end());
    }
    add_persistence(times, finding, chain);
    const std::size_t told = finding.witnesses.size();
    for (const Trigger& each : triggers) add_writer_traces(each, finding);
    add_account_processes(triggers, finding);
    add_writers(triggers, finding);
    add_clients(triggers, finding);
    add_family(triggers, findings, finding);
    add_startup(finding);
    finding.reason = reason_of(triggers, more, chain, std::span(finding.witnesses).subspan(told));
    for (const Trigger& each : triggers) {
      if (each.story.first && (!finding.first_seen || *each.story.first < *finding.first_seen)) {
        finding.first_seen = each.story.first;
      }
      if (each.story.last && (!finding.last_seen || *finding.last_seen < *each.story.last)) {
        finding.last_seen = each.story.last;
      }
    }
    sink.emit(std::move(finding));
  }

  MatchCoverage coverage() const override {
    MatchCoverage coverage;
    coverage.matcher = "escalation";
    if (files_.dropped() > 0) coverage.not_looked_at["limit_of_files"] = files_.dropped();
    if (start_left_out_ > 0) coverage.not_looked_at["limit_of_entries"] = start_left_out_;
    if (traces_.left_out() > 0) coverage.not_looked_at["limit_of_writes"] = traces_.left_out();
    return coverage;
  }

 private:
  static std::string key_of(const PathSpec& address) {
    return address.volume + '\0' + address.snapshot + '\0' + address.path;
  }

  Trigger trigger_of(const Finding& finding, TriggerKind kind) const {
    Trigger trigger;
    trigger.kind = kind;
    trigger.finding = &finding;
    trigger.file = files_.find(key_of(finding.subject));
    if (kind != TriggerKind::kMiner) trigger.story = site_->story_of(finding.subject, 100);
    if (trigger.file && trigger.file->modified) trigger.times.push_back(*trigger.file->modified);
    for (const auto& time : {trigger.story.first, trigger.story.last}) {
      if (time) trigger.times.push_back(*time);
    }
    return trigger;
  }

  std::string user_of(const SeenFile* file) const {
    if (!file || file->owner.empty()) return "?";
    const auto user = users_.find(file->owner);
    return user == users_.end() ? file->owner : fmt::format("{} ({})", user->second, file->owner);
  }

  // Whether it is the account of a web server: as it runs now, or as it is set up.
  Bilingual account_note(const SeenFile* file) const {
    if (!file) return {};
    if (const std::string servers = traces_.servers_of(file->owner); !servers.empty()) {
      return {", the account as which " + servers + " runs", "、" + servers + " の実行アカウント"};
    }
    if (site_->is_server_account(file->owner)) {
      return {", the account of the web server", "、Web サーバーのアカウント"};
    }
    return {};
  }

  static Bilingual reason_of(const std::vector<Trigger>& triggers, std::size_t more,
                             const Bilingual& chain, std::span<const Witness> added) {
    std::array<std::size_t, std::size(kWords)> counts{};
    for (const Trigger& each : triggers) ++counts[static_cast<std::size_t>(each.kind)];
    std::string en, ja, added_en, added_ja;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      en += fmt::format("{}{}: {}", en.empty() ? "" : ", ", kWords[i].en, counts[i]);
      ja += fmt::format("{}{} {} 件", ja.empty() ? "" : "、", kWords[i].ja, counts[i]);
    }
    for (const Witness& each : added) {
      added_en += (added_en.empty() ? "" : "; ") + each.text.en;
      added_ja += (added_ja.empty() ? "" : "、") + each.text.ja;
    }
    if (added.empty()) {
      added_en = "nothing further";
      added_ja = "なし";
    }
    Bilingual reason{
        fmt::format("Deeper checks were switched on ({}). In order: {}. They added: {}.", en,
                    chain.en, added_en),
        fmt::format("詳しい調査に切り替えました ({})。順序: {}。追加で判明したこと: {}。", ja,
                    chain.ja, added_ja)};
    if (more > 0) {
      reason.en += fmt::format(" {} more are not followed.", more);
      reason.ja += fmt::format("ほか {} 件は追跡していません。", more);
    }
    return reason;
  }

  static void put(Finding& finding, std::string_view name, Bilingual text, const Listing& listing) {
    Witness witness;
    witness.name = name;
    witness.text = std::move(text);
    witness.addresses = listing.addresses;
    witness.excerpt = listing.excerpt();
    finding.witnesses.push_back(std::move(witness));
  }

  static void link(Bilingual& chain, const std::string& en, const std::string& ja) {
    chain.en += (chain.en.empty() ? "" : " -> ") + en;
    chain.ja += (chain.ja.empty() ? "" : " → ") + ja;
  }

  static std::set<std::string> clients_of(const std::vector<Trigger>& triggers) {
    std::set<std::string> clients;
    for (const Trigger& each : triggers) {
      if (each.kind != TriggerKind::kWebshell) continue;  // everybody sees a defaced page
      clients.insert(each.story.clients.begin(), each.story.clients.end());
    }
    return clients;
  }

  // A request that a webshell itself took tells nothing of how it came.
  static bool is_own(const ToldRequest& request, const std::vector<Trigger>& triggers) {
    return std::any_of(triggers.begin(), triggers.end(), [&](const Trigger& each) {
      return webshell::lower_case(each.finding->subject.path)
          .ends_with(webshell::lower_case(request.path));
    });
  }

  // What the webshells' clients sent to other scripts, answered, before the first webshell spoke.
  void add_entry(const std::vector<Trigger>& triggers, Finding& finding, Bilingual& chain) const {
    std::optional<Timestamp> first;
    for (const Trigger& each : triggers) {
      if (each.kind != TriggerKind::kWebshell) continue;
      if (each.story.first && (!first || *each.story.first < *first)) first = each.story.first;
    }
    if (!first) return;
    Listing listing;
    std::string en, ja;
    for (const ToldRequest& request :
         site_->requests().requests_of(clients_of(triggers), kMostRequests)) {
      if (request.method == "GET" || request.status < 200 || request.status >= 400 ||
          *first < request.time || is_own(request, triggers)) {
        continue;
      }
      listing.add(fmt::format("{} {} {} {} {}", second_of(request.time), request.client,
                              request.method, request.path, request.status),
                  request.address);
      en = fmt::format("entry {} {} by {} at {}", request.method, request.path, request.client,
                       second_of(request.time));
      ja = fmt::format("侵入口 {} {} ({}、{})", request.method, request.path, request.client,
                       second_of(request.time));
    }
    if (listing.count == 0) return;
    link(chain, en, ja);
    put(finding, "chain.entry",
        {"Entry: what the webshell's visitors sent before it answered for the first time, at " +
             second_of(first),
         "侵入口: Web シェルが初めて応答する (" + second_of(first) +
             ") より前に、同じ送信元が送ったリクエスト"},
        listing);
  }

  void add_trigger(const Trigger& trigger, Finding& finding, Bilingual& chain) const {
    const Finding& its = *trigger.finding;
    const KindWords& words = words_of(trigger.kind);
    const std::string where = shown_path(its.subject);
    const std::string at = second_of(trigger.file ? trigger.file->modified : std::nullopt);
    const std::string writer = user_of(trigger.file);
    const Bilingual note = account_note(trigger.file);
    std::string en = fmt::format("{}: {} (score {})", words.en, where, its.score);
    std::string ja = fmt::format("{}: {} (スコア {})", words.ja, where, its.score);
    if (trigger.file) {
      en += fmt::format("; written by {}{} at {}", writer, note.en, at);
      ja += fmt::format("、作成者 {}{}、更新 {}", writer, note.ja, at);
    }
    Listing listing;
    listing.addresses.push_back(its.subject);
    if (trigger.story.first) {
      const std::string who = fmt::format("{}", fmt::join(trigger.story.clients, ", "));
      en += fmt::format("; used from {} to {} by {}", second_of(trigger.story.first),
                        second_of(trigger.story.last), who.empty() ? "many" : who);
      ja += fmt::format("、利用 {} から {} まで、送信元 {}", second_of(trigger.story.first),
                        second_of(trigger.story.last), who.empty() ? "多数" : who);
      for (const Witness& witness : trigger.story.witnesses) {
        if (witness.name != "log.requests") continue;
        listing.addresses.insert(listing.addresses.end(), witness.addresses.begin(),
                                 witness.addresses.end());
        listing.text = witness.excerpt;
      }
    }
    link(chain, fmt::format("{} {} ({})", words.en, where, at),
         fmt::format("{} {} ({})", words.ja, where, at));
    put(finding, "chain." + std::string(words.matcher), {std::move(en), std::move(ja)}, listing);
  }

  void add_persistence(const std::vector<Timestamp>& times, Finding& finding,
                       Bilingual& chain) const {
    Listing listing;
    std::set<std::string> told;
    for (const auto& [key, entry] : start_) {
      // Of a copied file system the time of creation is that of the copy.
      std::optional<Timestamp> since = entry.since;
      const SeenFile* file = files_.find(key_of(entry.address));
      if (file && !is_near(times, since, kDay)) since = file->modified;
      if (!is_near(times, since, kDay)) continue;
      listing.add(fmt::format("{} {} {} {}: {}", second_of(since), entry.mechanism, entry.location,
                              entry.name, entry.command.substr(0, 200)),
                  entry.address);
      // The same place as an entry and as a key is one link.
      if (told.size() < 5 && told.insert(entry.location).second) {
        link(chain, fmt::format("persistence {} ({})", entry.location, second_of(since)),
             fmt::format("永続化 {} ({})", entry.location, second_of(since)));
      }
    }
    if (listing.count == 0) return;
    put(finding, "chain.persistence",
        {fmt::format("Persistence: {} entries that came within a day of it", listing.count),
         fmt::format("永続化: 前後 1 日以内に現れた自動起動 {} 件", listing.count)},
        listing);
  }

  std::vector<const SeenFile*> files_in_order() const {
    std::vector<const SeenFile*> out;
    out.reserve(files_.all().size());
    for (const auto& [key, file] : files_.all()) out.push_back(&file);
    std::sort(out.begin(), out.end(), [](const SeenFile* a, const SeenFile* b) {
      return std::tie(a->modified, a->address.volume, a->address.path) <
             std::tie(b->modified, b->address.volume, b->address.path);
    });
    return out;
  }

  // What logs say of who wrote the file, and which processes run it or name it now.
  void add_writer_traces(const Trigger& trigger, Finding& finding) const {
    const std::string& path = trigger.finding->subject.path;
    const std::string where = shown_path(trigger.finding->subject);
    Listing writes;
    for (const Trace& each : traces_.writes_of(path)) writes.add(each.text, each.address);
    if (writes.count > 0) {
      put(finding, "writer.log",
          {fmt::format("{} log lines say who wrote {}", writes.count, where),
           fmt::format("{} を書いた者を示すログ {} 行", where, writes.count)},
          writes);
    }
    Listing processes;
    for (const Trace& each : traces_.processes_at(path)) processes.add(each.text, each.address);
    if (processes.count > 0) {
      put(finding, "writer.process",
          {fmt::format("{} running processes are of {} or name it", processes.count, where),
           fmt::format("{} を実行または引数に持つプロセス {} 件", where, processes.count)},
          processes);
    }
  }

  // Shells and other programs that run as the account that wrote a file of a site.
  void add_account_processes(const std::vector<Trigger>& triggers, Finding& finding) const {
    std::set<std::string> owners;
    for (const Trigger& each : triggers) {
      if (!each.file || account_note(each.file).empty()) continue;
      owners.insert(each.file->owner);
    }
    Listing listing;
    for (const std::string& owner : owners) {
      for (const Trace& each : traces_.processes_of(owner)) listing.add(each.text, each.address);
    }
    if (listing.count == 0) return;
    put(finding, "near.process",
        {fmt::format("{} processes that are no servers run as the web server's account",
                     listing.count),
         fmt::format("Web サーバーのアカウントで動く、サーバー以外のプロセス {} 件",
                     listing.count)},
        listing);
  }

  void add_writers(const std::vector<Trigger>& triggers, Finding& finding) const {
    std::map<std::string, std::vector<Timestamp>> hours;  // writer -> when
    std::set<const SeenFile*> known;
    for (const Trigger& each : triggers) {
      if (!each.file) continue;
      known.insert(each.file);
      if (each.file->modified) hours[each.file->owner].push_back(*each.file->modified);
    }
    Listing listing;
    for (const SeenFile* file : files_in_order()) {
      const auto writer = hours.find(file->owner);
      if (writer == hours.end() || known.contains(file)) continue;
      if (!is_near(writer->second, file->modified, kHour)) continue;
      listing.add(fmt::format("{} {} {}", second_of(file->modified), user_of(file),
                              shown_path(file->address)),
                  file->address);
    }
    if (listing.count == 0) return;
    put(finding, "near.writer",
        {fmt::format("The same account wrote {} more files within an hour of it", listing.count),
         fmt::format("同じアカウントが前後 1 時間以内に書いた他のファイル {} 件", listing.count)},
        listing);
  }

  void add_clients(const std::vector<Trigger>& triggers, Finding& finding) const {
    const std::set<std::string> clients = clients_of(triggers);
    Listing listing;
    for (const ToldRequest& request : site_->requests().requests_of(clients, kMostRequests)) {
      if (is_own(request, triggers)) continue;
      listing.add(fmt::format("{} {} {} {} {}", second_of(request.time), request.client,
                              request.method, request.path, request.status),
                  request.address);
    }
    if (listing.count == 0) return;
    put(finding, "near.client",
        {fmt::format("The same addresses ({}) requested {} other things", fmt::join(clients, ", "),
                     listing.count),
         fmt::format("同じ送信元 ({}) の他のリクエスト {} 件", fmt::join(clients, "、"),
                     listing.count)},
        listing);
  }

  // The same bytes elsewhere, and findings that the same YARA rule knows.
  void add_family(const std::vector<Trigger>& triggers, std::span<const Finding> findings,
                  Finding& finding) const {
    std::set<std::string> digests, rules;
    std::set<std::string> first;  // of each family: the others are told
    for (const Trigger& each : triggers) {
      if (each.kind == TriggerKind::kMiner) continue;
      bool fresh = false;
      if (!each.finding->sha256.empty()) fresh = digests.insert(each.finding->sha256).second;
      for (const Witness& witness : each.finding->witnesses) {
        if (witness.name.starts_with("yara.")) fresh = rules.insert(witness.name).second || fresh;
      }
      if (fresh) first.insert(key_of(each.finding->subject));
    }
    std::set<std::string> told;
    Listing listing;
    for (const SeenFile* file : files_in_order()) {
      if (file->sha256.empty() || !digests.contains(file->sha256)) continue;
      if (first.contains(key_of(file->address))) continue;
      told.insert(key_of(file->address));
      listing.add("= " + shown_path(file->address), file->address);
    }
    for (const Finding& each : findings) {
      if (each.matcher != "webshell" || first.contains(key_of(each.subject)) ||
          told.contains(key_of(each.subject))) {
        continue;
      }
      const auto rule =
          std::find_if(each.witnesses.begin(), each.witnesses.end(),
                       [&](const Witness& witness) { return rules.contains(witness.name); });
      if (rule == each.witnesses.end()) continue;
      listing.add(rule->name + ' ' + shown_path(each.subject), each.subject);
    }
    if (listing.count == 0) return;
    put(finding, "near.family",
        {fmt::format("{} more scripts have the same content or the same family", listing.count),
         fmt::format("同じ内容または同じ系統のスクリプトがほかに {} 件", listing.count)},
        listing);
  }

  void add_startup(Finding& finding) const {
    Listing listing;
    bool any = false;
    for (const SeenFile* file : files_in_order()) {
      if (!is_startup_place(file->address.path)) continue;
      any = true;
      if (!file->of_nobody) continue;
      listing.add(fmt::format("{} {} {}", second_of(file->modified), user_of(file),
                              shown_path(file->address)),
                  file->address);
    }
    if (listing.count > 0) {
      put(finding, "near.startup",
          {fmt::format("{} files in start-up places belong to no package", listing.count),
           fmt::format("自動起動の場所にある、どのパッケージにも属さないファイル {} 件",
                       listing.count)},
          listing);
    } else if (any && !packages_known_) {
      put(finding, "near.startup",
          {"Whose files lie in start-up places is not known: the evidence has no package database",
           "自動起動の場所にあるファイルの所属は不明です "
           "(証拠にパッケージデータベースがありません)"},
          listing);
    }
  }

  std::shared_ptr<const webshell::SiteEvidence> site_;
  std::string evidence_;
  std::map<std::string, std::string> users_;  // id -> name
  std::atomic<bool> packages_known_ = false;
  std::mutex mutex_;  // of all below until conclude()
  webshell::RankedMap<SeenFile> files_;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, StartEntry> start_;
  std::uint64_t start_left_out_ = 0;
  WriterTraces traces_;
};

}  // namespace

std::unique_ptr<Matcher> make_escalation(std::shared_ptr<const webshell::SiteEvidence> site) {
  return std::make_unique<Escalation>(std::move(site));
}

}  // namespace konseki
