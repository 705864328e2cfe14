// The layout of CDIR Collector (Cyber Defense Institute).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/source/directory/mapped_tree.h"
#include "konseki/file_system.h"

namespace konseki {

// Its folder HOST_TIMESTAMP holds, by kind and not by path:
//   NTFS/C_$MFT, C_$SECURE-$SDS, C_$UsnJrnl-$J (older: $MFT, $UsnJrnl-$J at the top),
//   Evtx/*.evtx, Prefetch/*, WMI/*, SRUM/*,
//   Registry/{SAM,SECURITY,SOFTWARE,SYSTEM,Amcache.hve}[.LOG1|.LOG2],
//   Registry/USER_NTUSER.dat, Registry/USER_UsrClass.dat [.LOG1|.LOG2],
//   Web/{Chrome,Edge}/USER_PROFILE_History, Web/Firefox/USER_PROFILE_FILE,
//   Web/IE10_Edge/USER_FILE; the same from Windows.old in folders ending in "_old";
//   and collector-log.txt. The user and the profile of a Web file are told apart by the users
//   that Registry knows.
// Answers the files of each drive letter, the system's volume being the one with the journal; or
// nothing when `root` is not such a folder.
std::optional<std::map<char, std::vector<PlacedFile>>> cdir_files(FileSystem& tree,
                                                                  const std::string& root);

}  // namespace konseki
