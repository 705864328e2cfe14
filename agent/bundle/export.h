// Export: a bundle in the forms that other tools read without help.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/output_directory.h"
#include "agent/base/output_stream.h"
#include "konseki/bundle.h"
#include "konseki/text.h"

namespace konseki {

// A member that the form cannot hold, or that is there under another name or not whole.
struct ExportRemark {
  std::string name;
  Bilingual text;
};

struct ExportReport {
  std::uint64_t members = 0;
  std::uint64_t content_bytes = 0;
  std::vector<ExportRemark> remarks;
};

// All forms: hard links become full copies; names that could lead out of the target are spelled
// out (".." as %2E%2E); a member that cannot be read to its end is padded with zeros and named in
// the remarks. Errors come from the output only.

// Plain tar, names as in the bundle. Sparse members below 1 GiB are written out.
Result<ExportReport> export_tar(BundleReader& bundle, OutputStream& out);

// ZIP with deflate, times in UTC, Linux trees as fs/$rootfs$/. No FIFOs and devices.
Result<ExportReport> export_zip(BundleReader& bundle, OutputStream& out);

// Files below `out`, with modification times; sparse where the bundle is. Linux trees get a
// uac.log beside [root], by which dissect knows the form. No FIFOs and devices.
Result<ExportReport> export_directory(BundleReader& bundle, OutputDirectory& out);

}  // namespace konseki
