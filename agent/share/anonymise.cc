#include "agent/share/anonymise.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "agent/base/unicode.h"
#include "agent/match/indicators/special_address.h"
#include "agent/match/stix/ip_network.h"

namespace konseki {
namespace {

constexpr std::size_t kShortestWord = 3;

// Accounts that every host has tell nothing.
constexpr std::array<std::string_view, 14> kCommonAccounts = {
    "administrator", "admin",   "guest", "system", "localsystem", "root",   "defaultaccount",
    "public",        "default", "user",  "nobody", "www-data",    "ubuntu", "wdagutilityaccount"};
constexpr std::array<std::string_view, 4> kCommonHosts = {"localhost", "workgroup", "debian",
                                                          "ubuntu"};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_word_byte(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool is_digest_type(std::string_view type) {
  return type == "md5" || type == "sha1" || type == "sha256" || type == "imphash";
}

// A path inside somebody's own folder.
bool is_personal_path(std::string_view path) {
  const std::string folded = fold_case(path);
  for (const std::string_view folder : {"users/", "home/", "documents and settings/"}) {
    for (std::size_t at = folded.find(folder); at != std::string::npos;
         at = folded.find(folder, at + 1)) {
      if (at != 0 && folded[at - 1] != '/') continue;
      const std::string_view rest = std::string_view(folded).substr(at + folder.size());
      const std::string_view name = rest.substr(0, rest.find('/'));
      if (!name.empty() && !is_among(kCommonAccounts, name) && name.front() != '%') return true;
    }
  }
  return false;
}

bool is_private_address(const Observable& observable) {
  if (!observable.type.starts_with("ip-")) return false;
  const auto network = stix::parse_ip_network(observable.value);
  return !network || is_special(*network);
}

bool tells_too_much(const Observable& observable, const VictimWords& words) {
  if (observable.type == "user-account" || is_private_address(observable)) return true;
  if (observable.type == "file-path" && is_personal_path(observable.value)) return true;
  return words.in(observable.value);
}

bool is_known_by_content(const FindingSummary& finding) {
  return std::any_of(finding.listed.begin(), finding.listed.end(),
                     [](const Observable& each) { return is_digest_type(each.type); });
}

// False: nothing of it can be told.
bool anonymise(SharedFinding& shared, const VictimWords& words) {
  FindingSummary& finding = shared.finding;
  std::erase_if(finding.listed,
                [&](const Observable& each) { return tells_too_much(each, words); });
  if (finding.listed.empty() || words.in(finding.rule)) return false;
  if (words.in(finding.title)) finding.title.clear();
  if (shared.file && is_known_by_content(finding)) {
    shared.file->created = shared.file->modified = shared.file->accessed = std::nullopt;
  } else {
    shared.file.reset();
  }
  for (std::string* text :
       {&finding.origin, &finding.path, &finding.sha256, &finding.reason.en, &finding.reason.ja}) {
    text->clear();
  }
  finding.witnesses.clear();
  // What is listed is known already; anything else that stood there may be the victim's.
  std::erase_if(finding.seen, [&](const Observable& each) {
    return std::find(finding.listed.begin(), finding.listed.end(), each) == finding.listed.end();
  });
  return true;
}

}  // namespace

VictimWords::VictimWords(const HostFacts& host, const std::vector<std::string>& own_addresses) {
  for (const std::string* name : {&host.hostname, &host.domain}) {
    add(*name);
    add(std::string_view(*name).substr(0, name->find('.')));
  }
  add(host.host_id);
  for (const HostUser& user : host.users) {
    // Accounts of services, not of people.
    const bool is_service = !user.id.empty() && user.id.size() < 4 &&
                            std::all_of(user.id.begin(), user.id.end(), [](char c) {
                              return std::isdigit(static_cast<unsigned char>(c)) != 0;
                            });
    if (is_service) continue;
    add(user.name);
    if (user.id.starts_with("S-1-5-21-")) add(user.id);
  }
  for (const std::string& address : own_addresses) {
    const auto network = stix::parse_ip_network(address.substr(0, address.find('/')));
    if (network && !is_special(*network)) add(address.substr(0, address.find('/')));
  }
}

void VictimWords::add(std::string_view word) {
  std::string folded = fold_case(word);
  if (folded.size() < kShortestWord || is_among(kCommonAccounts, folded) ||
      is_among(kCommonHosts, folded)) {
    return;
  }
  words_.push_back(std::move(folded));
}

bool VictimWords::in(std::string_view text) const {
  const std::string folded = fold_case(text);
  return std::any_of(words_.begin(), words_.end(), [&](const std::string& word) {
    // Japanese writes no spaces between words.
    const bool is_plain = std::all_of(word.begin(), word.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!is_plain) return folded.find(word) != std::string::npos;
    for (std::size_t at = folded.find(word); at != std::string::npos;
         at = folded.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      if ((at == 0 || !is_word_byte(folded[at - 1])) &&
          (end == folded.size() || !is_word_byte(folded[end]))) {
        return true;
      }
    }
    return false;
  });
}

void anonymise(SharedFindings& shared, const VictimWords& words) {
  shared.hostname.clear();
  shared.identifying +=
      std::erase_if(shared.findings, [&](SharedFinding& each) { return !anonymise(each, words); });
  shared.identifying += std::erase_if(shared.unseen, [&](UnseenIndicator& each) {
    std::erase_if(each.listed,
                  [&](const Observable& value) { return tells_too_much(value, words); });
    if (words.in(each.info.name)) each.info.name.clear();
    each.info.file.clear();
    return words.in(each.info.id) ||
           (each.listed.empty() && !each.info.id.starts_with("indicator--"));
  });
}

}  // namespace konseki
