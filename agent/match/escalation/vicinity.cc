#include "agent/match/escalation/vicinity.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "agent/match/escalation/chain.h"
#include "agent/match/escalation/listing.h"
#include "agent/match/escalation/surroundings.h"

namespace konseki {
namespace {

std::string line_of(const HostFiles& files, const HostFile& file) {
  return fmt::format("{} {} {}", second_of(file.modified), files.owner_name(&file),
                     subject_path(file.address));
}

// What logs say of who wrote the file, and which processes run it or name it now.
void add_writer_traces(const StorySources& sources, const Trigger& trigger, Finding& finding) {
  const std::string& path = trigger.finding->subject.path;
  const std::string where = subject_path(trigger.finding->subject);
  Listing writes;
  for (const Trace& each : sources.traces.writes_of(path)) writes.add(each.text, each.address);
  if (writes.count > 0) {
    add_witness(finding, "writer.log",
                {fmt::format("{} log lines say who wrote {}", writes.count, where),
                 fmt::format("{} を書いた者を示すログ {} 行", where, writes.count)},
                writes);
  }
  Listing processes;
  for (const Trace& each : sources.traces.processes_at(path))
    processes.add(each.text, each.address);
  if (processes.count > 0) {
    add_witness(finding, "writer.process",
                {fmt::format("{} running processes are of {} or name it", processes.count, where),
                 fmt::format("{} を実行または引数に持つプロセス {} 件", where, processes.count)},
                processes);
  }
}

// Shells and other programs that run as the account that wrote a file of a site.
void add_account_processes(const StorySources& sources, const Triggers& triggers,
                           Finding& finding) {
  std::set<std::string> owners;
  for (const Trigger& each : triggers.all) {
    if (!each.file || account_note(sources, each.file).empty()) continue;
    owners.insert(each.file->owner);
  }
  Listing listing;
  for (const std::string& owner : owners) {
    for (const Trace& each : sources.traces.processes_of(owner))
      listing.add(each.text, each.address);
  }
  if (listing.count == 0) return;
  add_witness(
      finding, "near.process",
      {fmt::format("{} processes that are no servers run as the web server's account",
                   listing.count),
       fmt::format("Web サーバーのアカウントで動く、サーバー以外のプロセス {} 件", listing.count)},
      listing);
}

void add_writers(const StorySources& sources, const Triggers& triggers, Finding& finding) {
  Listing listing;
  for (const HostFile* file : files_of_writers(sources.files, triggers)) {
    listing.add(line_of(sources.files, *file), file->address);
  }
  if (listing.count == 0) return;
  add_witness(
      finding, "near.writer",
      {fmt::format("The same account wrote {} more files within an hour of it", listing.count),
       fmt::format("同じアカウントが前後 1 時間以内に書いた他のファイル {} 件", listing.count)},
      listing);
}

void add_clients(const StorySources& sources, const Triggers& triggers, Finding& finding) {
  const std::set<std::string> clients = clients_of(triggers);
  Listing listing;
  for (const webshell::ToldRequest& request :
       sources.site.requests().requests_of(clients, kMostRequests)) {
    if (is_own_request(request, triggers)) continue;
    listing.add(fmt::format("{} {} {} {} {}", second_of(request.time), request.client,
                            request.method, request.path, request.status),
                request.address);
  }
  if (listing.count == 0) return;
  add_witness(finding, "near.client",
              {fmt::format("The same addresses ({}) requested {} other things",
                           fmt::join(clients, ", "), listing.count),
               fmt::format("同じ送信元 ({}) の他のリクエスト {} 件", fmt::join(clients, "、"),
                           listing.count)},
              listing);
}

void add_family(const StorySources& sources, const Triggers& triggers,
                std::span<const Finding> findings, Finding& finding) {
  Listing listing;
  for (const Relative& each : relatives_of(sources.files, triggers, findings)) {
    listing.add((each.rule.empty() ? "=" : each.rule) + ' ' + subject_path(each.address),
                each.address);
  }
  if (listing.count == 0) return;
  add_witness(
      finding, "near.family",
      {fmt::format("{} more scripts have the same content or the same family", listing.count),
       fmt::format("同じ内容または同じ系統のスクリプトがほかに {} 件", listing.count)},
      listing);
}

void add_startup(const StorySources& sources, Finding& finding) {
  Listing listing;
  bool any = false;
  for (const HostFile* file : startup_of_nobody(sources.files, any)) {
    listing.add(line_of(sources.files, *file), file->address);
  }
  if (listing.count > 0) {
    add_witness(finding, "near.startup",
                {fmt::format("{} files in start-up places belong to no package", listing.count),
                 fmt::format("自動起動の場所にある、どのパッケージにも属さないファイル {} 件",
                             listing.count)},
                listing);
  } else if (any && !sources.files.packages_known()) {
    add_witness(
        finding, "near.startup",
        {"Whose files lie in start-up places is not known: the evidence has no package database",
         "自動起動の場所にあるファイルの所属は不明です "
         "(証拠にパッケージデータベースがありません)"},
        listing);
  }
}

// What came into the bundle because of it.
void add_collected(const StorySources& sources, Finding& finding) {
  Listing listing;
  std::uint64_t bytes = 0;
  for (const auto& [path, file] : sources.files.brought()) {
    listing.add(subject_path(file.first), file.first);
    bytes += file.second;
  }
  if (listing.count == 0) return;
  add_witness(finding, "collected",
              {fmt::format("{} more files ({} bytes) were collected", listing.count, bytes),
               fmt::format("追加で {} ファイル ({} バイト) を収集しました", listing.count, bytes)},
              listing);
}

}  // namespace

void add_vicinity(const StorySources& sources, const Triggers& triggers,
                  std::span<const Finding> findings, Finding& finding) {
  for (const Trigger& each : triggers.all) add_writer_traces(sources, each, finding);
  add_account_processes(sources, triggers, finding);
  add_writers(sources, triggers, finding);
  add_clients(sources, triggers, finding);
  add_family(sources, triggers, findings, finding);
  add_startup(sources, finding);
  add_collected(sources, finding);
}

}  // namespace konseki
