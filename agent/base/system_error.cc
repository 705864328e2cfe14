#include "agent/base/system_error.h"

#include <cerrno>
#include <system_error>

namespace konseki {
namespace {

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermissionDenied;
    case EEXIST:
    case EINVAL:
    case EISDIR:
    case ENAMETOOLONG:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kIoError;
  }
}

Bilingual advice_for(int number) {
  switch (number) {
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
      return {"The output volume is full: free some space or choose another place.",
              "出力先の空き容量が不足しています。容量を空けるか、別の出力先を指定してください。"};
    case EFBIG:
      return {
          "The output volume cannot hold a file this large (FAT32 ends at 4 GiB): use exFAT or "
          "NTFS.",
          "出力先のファイルシステムの上限を超えました(FAT32 は 4 GiB まで)。exFAT または NTFS "
          "の媒体をお使いください。"};
    case EEXIST:
      return {"A file of that name exists and is never overwritten: choose another name.",
              "同名のファイルが既にあります。上書きはしませんので、別の名前を指定してください。"};
    case EROFS:
      return {"The output volume is read-only: choose another place.",
              "出力先は読み取り専用です。別の出力先を指定してください。"};
    case EACCES:
    case EPERM:
      return {"This user may not do that here: choose another place or run as administrator.",
              "権限がありません。別の場所を指定するか、管理者権限で実行してください。"};
    case EPIPE:
      return {"The program that was reading our output has ended.",
              "出力を受け取っていたプログラムが終了しました。"};
    default:
      return {};
  }
}

}  // namespace

Error system_error(int number, std::string action) {
  // generic_category speaks English whatever the locale and is safe with threads.
  return {code_of(number), std::move(action) + ": " + std::generic_category().message(number),
          advice_for(number)};
}

}  // namespace konseki
