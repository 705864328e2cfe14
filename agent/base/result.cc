#include "konseki/result.h"

namespace konseki {
namespace {

Bilingual kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return {"not found", "見つかりません"};
    case ErrorCode::kPermissionDenied:
      return {"permission denied", "権限がありません"};
    case ErrorCode::kCorrupt:
      return {"damaged", "壊れています"};
    case ErrorCode::kUnsupported:
      return {"not supported", "対応していません"};
    case ErrorCode::kIoError:
      return {"read or write failed", "読み書きに失敗しました"};
    case ErrorCode::kLimitExceeded:
      return {"limit reached", "上限に達しました"};
    case ErrorCode::kCancelled:
      return {"stopped", "中断されました"};
    case ErrorCode::kInvalidArgument:
      return {"invalid argument", "指定が正しくありません"};
    case ErrorCode::kInternal:
      break;
  }
  return {"internal error", "内部エラー"};
}

}  // namespace

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kPermissionDenied:
      return "permission_denied";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kIoError:
      return "io_error";
    case ErrorCode::kLimitExceeded:
      return "limit_exceeded";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kInternal:
      break;
  }
  return "internal";
}

std::string Error::describe(Language language) const {
  std::string text = kind_of(code).in(language);
  if (!detail.empty()) text += ": " + detail;
  if (!advice.empty())
    text += (language == Language::kJapanese ? "。" : ". ") + advice.in(language);
  return text;
}

}  // namespace konseki
