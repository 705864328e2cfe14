// Opening a disk image or block device as a Source, through The Sleuth Kit and libyal.
//
// Containers: raw, split raw (.001 or .aa), EWF (E01, s01), QCOW 1-3, VMDK, VHD and VHDX.
// Volumes: MBR, GPT, BSD, Sun and Apple tables, LVM2, APFS containers, or a bare file system.
// File systems: NTFS, FAT12/16/32, exFAT, ext2/3/4, HFS+, APFS, ISO 9660, UFS; any other volume
// is named in Source::unreadable() and the rest goes on. Nothing here calls the operating
// system: every byte comes from readers that the caller's opener makes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/source.h"

namespace konseki {

// Opens one file or device for reading; `path` is in the form of the location given. Answers
// kNotFound where there is none (that is how the end of a set of segments is found). size() must
// be the size of the device, too.
using FileOpener = std::function<Result<std::unique_ptr<ByteReader>>(const std::string& path)>;

// Is this a disk image, a disk or a volume, judging by content (and, for files whose start tells
// nothing, by a customary name ending)? Also true of images known but not readable, whose opening
// then says why. `head` is the whole file or device.
bool looks_like_image(ByteReader& head, std::string_view name);

// Asked once, and only when a volume keeps shadow copies; an empty one stands for kNone.
using SnapshotAsker = std::function<SnapshotChoice()>;

// Opens the image at `location`; further segments, extents and parts are found beside it by
// name. An error names the file and the reason. The Source may be used from several threads as
// long as each FileSystem has one user.
Result<std::unique_ptr<Source>> open_image_source(const std::string& location,
                                                  const FileOpener& open,
                                                  const SnapshotAsker& snapshots = {});

}  // namespace konseki
