#include "agent/match/escalation/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "agent/match/escalation/listing.h"
#include "agent/match/webshell/site_path.h"

namespace konseki {
namespace {

void link(Bilingual& chain, const std::string& en, const std::string& ja) {
  chain.en += (chain.en.empty() ? "" : " -> ") + en;
  chain.ja += (chain.ja.empty() ? "" : " → ") + ja;
}

// What the webshells' clients sent to other scripts, answered, before the first webshell spoke.
void add_entry(const StorySources& sources, const Triggers& triggers, Finding& finding,
               Bilingual& chain) {
  std::optional<Timestamp> first;
  for (const Trigger& each : triggers.all) {
    if (each.kind != TriggerKind::kWebshell) continue;
    if (each.story.first && (!first || *each.story.first < *first)) first = each.story.first;
  }
  if (!first) return;
  Listing listing;
  std::string en, ja;
  for (const webshell::ToldRequest& request :
       sources.site.requests().requests_of(clients_of(triggers), kMostRequests)) {
    if (request.method == "GET" || request.status < 200 || request.status >= 400 ||
        *first < request.time || is_own_request(request, triggers)) {
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
  add_witness(
      finding, "chain.entry",
      {"Entry: what the webshell's visitors sent before it answered for the first time, at " +
           second_of(first),
       "侵入口: Web シェルが初めて応答する (" + second_of(first) +
           ") より前に、同じ送信元が送ったリクエスト"},
      listing);
}

void add_trigger(const StorySources& sources, const Trigger& trigger, Finding& finding,
                 Bilingual& chain) {
  const Finding& its = *trigger.finding;
  const KindWords& words = words_of(trigger.kind);
  const std::string where = subject_path(its.subject);
  const std::string at = second_of(trigger.file ? trigger.file->modified : std::nullopt);
  const std::string writer = sources.files.owner_name(trigger.file);
  const Bilingual note = account_note(sources, trigger.file);
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
  add_witness(finding, "chain." + std::string(words.matcher), {std::move(en), std::move(ja)},
              listing);
}

void add_persistence(const StorySources& sources, const Triggers& triggers, Finding& finding,
                     Bilingual& chain) {
  Listing listing;
  std::set<std::string> told;
  for (const StartEntry& entry : sources.start.near(triggers.times(), sources.files)) {
    listing.add(fmt::format("{} {} {} {}: {}", second_of(entry.since), entry.mechanism,
                            entry.location, entry.name, entry.command.substr(0, 200)),
                entry.address);
    // The same place as an entry and as a key is one link.
    if (told.size() < 5 && told.insert(entry.location).second) {
      link(chain, fmt::format("persistence {} ({})", entry.location, second_of(entry.since)),
           fmt::format("永続化 {} ({})", entry.location, second_of(entry.since)));
    }
  }
  if (listing.count == 0) return;
  add_witness(finding, "chain.persistence",
              {fmt::format("Persistence: {} entries that came within a day of it", listing.count),
               fmt::format("永続化: 前後 1 日以内に現れた自動起動 {} 件", listing.count)},
              listing);
}

}  // namespace

std::set<std::string> clients_of(const Triggers& triggers) {
  std::set<std::string> clients;
  for (const Trigger& each : triggers.all) {
    if (each.kind != TriggerKind::kWebshell) continue;  // everybody sees a defaced page
    clients.insert(each.story.clients.begin(), each.story.clients.end());
  }
  return clients;
}

bool is_own_request(const webshell::ToldRequest& request, const Triggers& triggers) {
  return std::any_of(triggers.all.begin(), triggers.all.end(), [&](const Trigger& each) {
    return webshell::lower_case(each.finding->subject.path)
        .ends_with(webshell::lower_case(request.path));
  });
}

Bilingual account_note(const StorySources& sources, const HostFile* file) {
  if (!file) return {};
  if (const std::string servers = sources.traces.servers_of(file->owner); !servers.empty()) {
    return {", the account as which " + servers + " runs", "、" + servers + " の実行アカウント"};
  }
  if (sources.site.is_server_account(file->owner)) {
    return {", the account of the web server", "、Web サーバーのアカウント"};
  }
  return {};
}

Bilingual add_chain(const StorySources& sources, const Triggers& triggers, Finding& finding) {
  Bilingual chain;
  add_entry(sources, triggers, finding, chain);
  for (const Trigger& each : triggers.all) add_trigger(sources, each, finding, chain);
  add_persistence(sources, triggers, finding, chain);
  return chain;
}

}  // namespace konseki
