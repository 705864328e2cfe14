#include "collectors/windows/mounted_volumes/volume_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"points", FieldType::kTextList, "Where it is mounted: \"C:/\", \"D:/mounted/\""},
    {"id", FieldType::kText, "Volume{GUID}; absent for letters that are no volume"},
    {"device", FieldType::kText,
     "Device; of a network letter the server and share, of a substituted one the folder"},
    {"kind", FieldType::kText, "fixed, removable, network, cdrom, ram_disk, unknown, no_root"},
    {"file_system", FieldType::kText,
     "NTFS, FAT32, ...; absent: no medium, or nothing that Windows knows (a locked volume)"},
    {"label", FieldType::kText, "Name of the volume"},
    {"serial", FieldType::kText, "Serial number in hex, as shortcuts have it"},
    {"size", FieldType::kUint, "Bytes"},
    {"free", FieldType::kUint, "Bytes free"},
    {"read_only", FieldType::kBool, "May not be written"},
    {"signs", FieldType::kTextList,
     "substituted: a letter for a folder; not_mounted: a volume with a file system and no place "
     "(also recovery and start partitions)"},
});

}  // namespace

const RecordSchema kWindowsMountedVolumeSchema{"windows.mounted_volume",
                                               "A volume, or a drive letter without one", kFields};

}  // namespace konseki
