// FileExaminer: looks into the files of a FileStage: digests, packages, matchers, collectors.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/digest.h"
#include "agent/pipeline/file_job.h"
#include "agent/pipeline/file_stage_parts.h"
#include "agent/pipeline/known_content.h"

namespace konseki {

// Thread-safe; each job is with one thread. References outlive it.
class FileExaminer {
 public:
  FileExaminer(const FileStageParts& parts, const KnownContent& known)
      : parts_(parts), known_(known) {}

  // A file whose content, if it has any, is in memory. May turn what is done with it: content that
  // is known to be harmless is left out, and what is evidence is kept. One `digests` a thread.
  void examine(FileJob& job, DigestPass& digests);

  // A file too large for that, by its open `content`; its digests may be known or not. May turn
  // what is done with it as well, where they are.
  void examine_large(FileJob& job, ByteReader& content);

  // Shows matchers the facts of the file, if they have not seen them yet: nothing is to come.
  void complete(FileJob& job);

  // Shows matchers the facts of a file that is merely listed. `path` is the display path.
  void see_listed(const Entry& entry, const VolumeInfo& volume, std::string_view path);

  // True when some collector will parse the file.
  bool parses(const FileJob& job) const;
  // True when some matcher wants its content.
  bool wants_match(const FileJob& job) const;
  // True when its digests may tell that no matcher need see its content.
  bool may_be_harmless(const FileJob& job) const;

 private:
  void look_up_package(FileJob& job) const;
  void match_facts(FileJob& job);
  bool match_content(FileJob& job, ByteReader& content);
  void leave_out_known_good(FileJob& job) const;
  void keep_evidence(FileJob& job) const;
  void parse(FileJob& job, ByteReader& stored);
  void tell_log(FileJob& job, Record& record);
  void tell(FileJob& job, Record&& record);
  void place(const FileJob& job, Record& record) const;

  const FileStageParts& parts_;
  const KnownContent& known_;
};

}  // namespace konseki
