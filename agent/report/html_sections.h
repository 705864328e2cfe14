// The parts of one host's report, in the order of the page. Each writes a <section>.
#pragma once

#include <string>
#include <string_view>

#include "agent/report/html.h"
#include "agent/report/summary.h"
#include "agent/seal/custody_log.h"

namespace konseki {

// What a part needs: `id` makes anchors unique where a report covers several hosts.
struct HostPage {
  const BundleSummary& summary;
  std::string id;                       // "1", "2", ...
  std::string name;                     // of the bundle's file, as given; may be empty
  const CustodyLog* custody = nullptr;  // the log beside the bundle; null when there is none
};

void write_overview(Html& html, const HostPage& page);
void write_custody(Html& html, const HostPage& page);
void write_findings(Html& html, const HostPage& page);
void write_gaps(Html& html, const HostPage& page);
void write_chart(Html& html, const HostPage& page);
void write_collected(Html& html, const HostPage& page);
void write_host(Html& html, const HostPage& page);

// <section class="part" id="NAME-ID"><h2>...</h2>
void begin_part(Html& html, const HostPage& page, std::string_view name, const Bilingual& title);
void end_part(Html& html);

// The name to call the host by: host name, else bundle file, else a number.
std::string host_title(const HostPage& page);

}  // namespace konseki
