// The HTML report: bundles as one self-contained page in Japanese and English.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "agent/report/output.h"
#include "agent/report/summary.h"
#include "konseki/bundle.h"
#include "konseki/record.h"
#include "konseki/text.h"

namespace konseki {

struct ReportInput {
  BundleReader* bundle = nullptr;
  std::string name;  // shown as the bundle's file name; may be empty
  // Where it is made already, with as many findings as the report shows; else null.
  const BundleSummary* summary = nullptr;
  // The text of the bundle's custody log, where there is one beside it.
  std::optional<std::string> custody = {};
};

struct ReportOptions {
  Language language = Language::kEnglish;  // shown first; the page switches
  std::span<const RecordSchema* const> schemas = {};
  std::size_t findings = 500;  // rows a table at most; what is left out is always counted
  std::size_t persistence = 2000;
  std::size_t records = 500;
};

// Writes the page as it goes: memory does not grow with the bundles. Same bundles, same bytes.
// The page loads nothing, sends nothing and keeps nothing (Content-Security-Policy); without
// scripts it stays readable and only sorting, filtering and the chart are missing. Evidence is
// escaped and its hidden characters are shown. A bundle that cannot be summarised gets a section
// that says so; when none can, its error is answered.
Result<void> write_html_report(std::span<const ReportInput> inputs, const ReportOptions& options,
                               const Output& write);

}  // namespace konseki
