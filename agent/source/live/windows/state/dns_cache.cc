// The resolver's cache: names by DnsGetCacheDataTable, answers by DnsQuery from the cache alone.
#include <windows.h>
//
#include <windns.h>

#include <algorithm>
#include <array>

#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"

namespace konseki::windows_state {
namespace {

constexpr std::size_t kMaxNames = 1'000'000;

// Undocumented, the same since Windows XP.
struct CacheEntry {
  CacheEntry* next;
  const wchar_t* name;
  WORD type;
  WORD data_length;
  ULONG flags;
};

using Query = DNS_STATUS(WINAPI*)(PCWSTR, WORD, DWORD, void*, PDNS_RECORD*, void**);
using Free = void(WINAPI*)(void*, DNS_FREE_TYPE);

IpAddress v4_of(DWORD network_order) {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) {
    address.bytes[i] = static_cast<std::uint8_t>(network_order >> (8 * i));
  }
  return address;
}

IpAddress v6_of(const IP6_ADDRESS& from) {
  IpAddress address;
  address.is_v6 = true;
  std::copy_n(reinterpret_cast<const std::uint8_t*>(&from), address.bytes.size(),
              address.bytes.begin());
  return address;
}

std::string answer_of(const DNS_RECORDW& record) {
  switch (record.wType) {
    case DNS_TYPE_A:
      return v4_of(record.Data.A.IpAddress).text();
    case DNS_TYPE_AAAA:
      return v6_of(record.Data.AAAA.Ip6Address).text();
    case DNS_TYPE_CNAME:
    case DNS_TYPE_NS:
    case DNS_TYPE_PTR:
      return text_of(record.Data.CNAME.pNameHost);
    case DNS_TYPE_MX:
      return text_of(record.Data.MX.pNameExchange);
    case DNS_TYPE_SRV:
      return text_of(record.Data.SRV.pNameTarget);
    default:
      return {};
  }
}

// What the cache holds for one name. NO_WIRE_QUERY: nothing leaves the host.
void add_answers(WindowsDnsEntry& entry, const wchar_t* name, Query query, Free free,
                 const Withheld& withheld) {
  constexpr DWORD kFromCacheAlone = 0x10 | 0x80 | 0x800;  // NO_WIRE_QUERY, NO_NETBT, NO_MULTICAST
  PDNS_RECORD answers = nullptr;
  const DNS_STATUS status = query(name, entry.type, kFromCacheAlone, nullptr, &answers, nullptr);
  if (status != 0) {
    // Names known not to exist are in the cache as well, and others run out meanwhile.
    const bool none = status == DNS_ERROR_RCODE_NAME_ERROR || status == DNS_INFO_NO_RECORDS ||
                      status == DNS_ERROR_RECORD_DOES_NOT_EXIST;
    if (!none) {
      withheld("cached DNS answer", entry.name, api_error(static_cast<DWORD>(status), "DnsQuery"));
    }
    return;
  }
  const auto* record = reinterpret_cast<const DNS_RECORDW*>(answers);
  for (; record != nullptr; record = reinterpret_cast<const DNS_RECORDW*>(record->pNext)) {
    std::string answer = answer_of(*record);
    if (answer.empty()) continue;
    entry.seconds_left = std::min(entry.seconds_left.value_or(record->dwTtl),
                                  static_cast<std::uint32_t>(record->dwTtl));
    entry.data.push_back(std::move(answer));
  }
  free(answers, DnsFreeRecordList);
}

}  // namespace

Result<std::vector<WindowsDnsEntry>> list_dns_cache(const Withheld& withheld) {
  using List = BOOL(WINAPI*)(CacheEntry**);
  const auto list = look_up<List>(L"dnsapi.dll", "DnsGetCacheDataTable");
  if (list == nullptr) return fail(missing("DnsGetCacheDataTable"));
  const auto query = look_up<Query>(L"dnsapi.dll", "DnsQuery_W");
  const auto free = look_up<Free>(L"dnsapi.dll", "DnsFree");
  // The list is small and never given back: who must free its names differs between systems.
  CacheEntry* first = nullptr;
  ::SetLastError(0);
  if (list(&first) == 0) {
    const DWORD why = ::GetLastError();
    if (why != 0) return fail(api_error(why, "DnsGetCacheDataTable"));
    // Windows does not say why.
    return fail(ErrorCode::kIoError,
                "DnsGetCacheDataTable: no list; the cache is empty or its service does not run");
  }
  std::vector<WindowsDnsEntry> entries;
  for (const CacheEntry* at = first; at != nullptr; at = at->next) {
    if (entries.size() >= kMaxNames) {
      withheld("DNS cache", "names",
               Error{ErrorCode::kLimitExceeded, "more than " + std::to_string(kMaxNames), {}});
      break;
    }
    if (at->name == nullptr) continue;
    WindowsDnsEntry entry{.name = text_of(at->name), .type = at->type};
    if (query != nullptr && free != nullptr) add_answers(entry, at->name, query, free, withheld);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace konseki::windows_state
