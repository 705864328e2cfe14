// What a LocalTree could not see and what it may have changed, in words.
#include "agent/source/live/live_source.h"

namespace konseki {
namespace {

Bilingual advice_for(const SkippedPlace& place) {
  if (place.reason == "remote_fuse") {
    return {
        "served by a program (FUSE), often from elsewhere: name the directory as the source to "
        "have it read",
        "プログラム（FUSE）が提供する領域で、実体は外部のことがあります。"
        "読み取るにはディレクトリを対象に指定してください"};
  }
  if (place.reason == "network_file_system") {
    return {"this is another machine's storage: run there, or name the directory as the source",
            "別の機器の記憶域です。その機器で実行するか、このディレクトリを対象に指定してください"};
  }
  if (place.reason == "automount") {
    return {
        "not mounted at present; mount it and name the directory as the source if needed",
        "現在はマウントされていません。必要ならマウントし、ディレクトリを対象に指定してください"};
  }
  if (place.reason == "excluded") {
    return {"left out with everything in it, for the output goes there: choose a folder of its own",
            "出力先のため、中身を含めて対象から除きました。専用のフォルダーを出力先にしてください"};
  }
  return {"unknown kind of file system: name the directory as the source to have it read",
          "未知の種類のファイルシステムです。読み取るにはディレクトリを対象に指定してください"};
}

Bilingual counted(std::uint64_t count, const char* en, const char* ja_before,
                  const char* ja_after) {
  const std::string number = std::to_string(count);
  return {number + en, ja_before + number + ja_after};
}

}  // namespace

std::vector<UnreadableVolume> unreadable_of(std::span<const SkippedPlace> places,
                                            const std::string& mount) {
  std::vector<UnreadableVolume> volumes;
  for (const SkippedPlace& place : places) {
    // The kernel's own trees hold no evidence of the disk, a container's layers are read as the
    // directories they are, and our own medium is not the host's.
    if (place.reason == "pseudo_file_system" || place.reason == "container_overlay" ||
        place.reason == "own_medium") {
      continue;
    }
    UnreadableVolume volume;
    volume.name = mount + "/" + place.path;
    volume.type = place.type.empty() ? place.reason : place.type;
    volume.detail = place.source;
    volume.advice = advice_for(place);
    volumes.push_back(std::move(volume));
  }
  return volumes;
}

std::vector<Bilingual> side_effects_of(const AccessTimeImpact& impact) {
  std::vector<Bilingual> effects;
  if (impact.files > 0) {
    effects.push_back(counted(impact.files,
                              " files were read without being allowed to keep their access time",
                              "アクセス時刻を保ったまま開けなかったファイルが ",
                              " 個あります（アクセス時刻が変わった可能性があります）"));
  }
  if (impact.directories > 0) {
    effects.push_back(
        counted(impact.directories,
                " directories were listed without being allowed to keep their access time",
                "アクセス時刻を保ったまま一覧できなかったディレクトリが ",
                " 個あります（アクセス時刻が変わった可能性があります）"));
  }
  if (impact.links > 0) {
    effects.push_back(
        counted(impact.links,
                " symbolic links were read; the system may have updated the access "
                "time of the links themselves",
                "シンボリックリンクを ",
                " 個読み取りました（リンク自身のアクセス時刻が変わった可能性があります）"));
  }
  return effects;
}

}  // namespace konseki
