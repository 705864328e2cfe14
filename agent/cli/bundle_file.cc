#include "agent/cli/bundle_file.h"

#include "agent/bundle/reader.h"
#include "agent/source/live/parted_file.h"

namespace konseki {

Result<std::unique_ptr<BundleReader>> open_bundle_file(const std::string& path,
                                                       const Unlocker& unlocker) {
  KONSEKI_ASSIGN(auto file, open_parted_file(path));
  auto content = unlocker.unlock(std::move(file));
  auto bundle = content ? open_bundle(*std::move(content)) : fail(std::move(content).error());
  if (bundle) return bundle;
  Error error = bundle.error();
  error.detail = path + ": " + error.detail;
  if (error.advice.empty()) {
    error.advice = {"If this is a damaged bundle, try: konseki recover",
                    "壊れたバンドルの場合は konseki recover をお試しください"};
  }
  return fail(std::move(error));
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && (path.back() == '/' || path.back() == '\\')) path.remove_suffix(1);
  const std::size_t slash = path.find_last_of("/\\");
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace konseki
