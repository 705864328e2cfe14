#include "agent/source/open_source.h"

#include <array>

#include "agent/base/system_words.h"
#include "agent/bundle/reader.h"
#include "agent/seal/age_header.h"
#include "agent/source/archive_name.h"
#include "agent/source/bundle/bundle_source.h"
#include "agent/source/directory/directory_source.h"
#include "agent/source/image/image_source.h"
#include "agent/source/live/live_source.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/parted_file.h"

namespace konseki {
namespace {

Error with_advice(Error error, Bilingual advice) {
  if (error.advice.empty()) error.advice = std::move(advice);
  return error;
}

Bilingual advice_to_reach(ErrorCode code) {
  if (code == ErrorCode::kPermissionDenied) {
    const Bilingual advice = advice_for_full_rights();
    return {advice.en + " Or give yourself the right to read it.",
            advice.ja + "または読み取り権限を付与してください。"};
  }
  if (code == ErrorCode::kNotFound) {
    return {"check the path, and that the medium is connected",
            "パスと、媒体が接続されていることを確認してください"};
  }
  return {"check the medium and its cable; image a failing disk first and examine the image",
          "媒体と接続を確認してください。故障が疑われるディスクは先にイメージを取得してください"};
}

Result<std::unique_ptr<Source>> open_image(const std::string& location,
                                           const OpenOptions& options) {
  auto source = open_image_source(location, open_local_medium, options.snapshots);
  if (source) return source;
  return fail(with_advice(
      source.error(),
      {"give a directory, a disk image, a block device or a bundle; if it is an image, check that "
       "it is whole and that all its parts lie together",
       "ディレクトリ、ディスクイメージ、ブロックデバイス、バンドルのいずれかを指定してください。"
       "イメージの場合は、欠損がなく分割ファイルがそろっていることを確認してください"}));
}

Result<std::unique_ptr<Source>> open_file(const std::string& location, const OpenOptions& options) {
  auto file = open_parted_file(location);  // images find their own parts
  if (!file) return fail(with_advice(file.error(), advice_to_reach(file.error().code)));
  if ((*file)->size() == 0) {
    return fail(ErrorCode::kInvalidArgument, location + ": empty (0 bytes)",
                {"the copy may have failed: take the image or bundle again",
                 "コピーに失敗した可能性があります。イメージまたはバンドルを取得し直してください"});
  }
  KONSEKI_ASSIGN(const AgeForm form, age_form(**file));
  const bool encrypted = form != AgeForm::kNone && options.unlock;
  if (encrypted) {
    file = options.unlock(*std::move(file));
    if (!file) {
      file.error().detail = location + ": " + file.error().detail;
      return fail(file.error());
    }
  }
  const auto bundle = is_bundle(**file);
  if (!bundle) {
    return fail(
        with_advice(bundle.error(), {"if it is a bundle, see what konseki recover can save of it",
                                     "バンドルであれば konseki recover で復旧を試してください"}));
  }
  if (*bundle) return open_bundle_source(*std::move(file), location);
  if (encrypted) {
    return fail(ErrorCode::kUnsupported, location + ": encrypted, and not a bundle",
                {"decrypt it first: age -d -i KEY -o FILE " + location,
                 "先に復号してください: age -d -i KEY -o FILE " + location});
  }

  std::array<std::byte, kArchiveHead> buffer;
  const auto count = (*file)->read_at(0, buffer);
  if (!count) return fail(with_advice(count.error(), advice_to_reach(count.error().code)));
  const std::string archive(archive_name(std::span<const std::byte>(buffer).first(*count)));
  if (archive == kAgeArchive) {
    return fail(ErrorCode::kUnsupported, location + ": encrypted with age",
                {"decrypt it first: age -d -i KEY -o FILE " + location,
                 "先に復号してください: age -d -i KEY -o FILE " + location});
  }
  if (!archive.empty()) {
    return fail(ErrorCode::kUnsupported, location + ": an archive (" + archive + ")",
                {"unpack it and give the directory as the source",
                 "展開してから、そのディレクトリを対象に指定してください"});
  }
  return open_image(location, options);
}

}  // namespace

Result<std::unique_ptr<Source>> open_source(const std::string& location,
                                            const OpenOptions& options) {
  if (location.empty()) {
    return open_live_source({.cross_all = options.cross_all,
                             .outputs = options.outputs,
                             .own_files = options.own_files,
                             .snapshots = options.snapshots});
  }
  const auto facts = local_file_facts(location);
  if (!facts) return fail(with_advice(facts.error(), advice_to_reach(facts.error().code)));
  switch (facts->kind) {
    case LocalFileKind::kDirectory: {
      auto source = open_directory_source(
          location, {.cross_all = options.cross_all, .exclude = options.outputs});
      if (!source) return fail(with_advice(source.error(), advice_to_reach(source.error().code)));
      return source;
    }
    case LocalFileKind::kRegular:
    case LocalFileKind::kBlockDevice:
      return open_file(location, options);
    case LocalFileKind::kOther:
      break;
  }
  return fail(
      ErrorCode::kInvalidArgument, location + ": neither a directory nor a file nor a block device",
      {"give a directory, a disk image, a block device or a bundle",
       "ディレクトリ、ディスクイメージ、ブロックデバイス、バンドルのいずれかを指定してください"});
}

}  // namespace konseki
