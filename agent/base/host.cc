#include "konseki/host.h"

#include "konseki/source.h"

namespace konseki {

std::string_view operating_system_name(OperatingSystem os) {
  switch (os) {
    case OperatingSystem::kLinux:
      return "linux";
    case OperatingSystem::kWindows:
      return "windows";
    case OperatingSystem::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view source_kind_name(SourceKind kind) {
  switch (kind) {
    case SourceKind::kLive:
      return "live";
    case SourceKind::kDirectory:
      return "directory";
    case SourceKind::kImage:
      return "image";
    case SourceKind::kBundle:
      break;
  }
  return "bundle";
}

}  // namespace konseki
