// konseki diff: a web root, or any folder, against what was shipped or what was there before.

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "agent/bundle/reader.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/key_options.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/diff/archive_side.h"
#include "agent/diff/diff_output.h"
#include "agent/diff/package_side.h"
#include "agent/diff/source_side.h"
#include "agent/match/container/container.h"
#include "agent/match/file_kind.h"
#include "agent/source/live/local_file.h"
#include "agent/source/open_source.h"

namespace konseki {
namespace {

constexpr std::string_view kPackages = "packages";

const Usage& usage() {
  static const Usage kUsage{
      "diff",
      "OLD NEW",
      2,
      2,
      {"Compares a web root with what was shipped, or with what was there before: which files "
       "were\n"
       "added, changed and removed, and which lines of text. Writes nothing to either.\n\n"
       "OLD is a Debian package (.deb), a release archive (tar, zip, 7z), an earlier bundle, a\n"
       "folder or an image; or the word packages: what the package database of NEW says.\n"
       "NEW is a folder (also / of this host), an image or a bundle.\n"
       "The folders that belong together (\"wordpress-6.4\" and \"var/www/html\") are found by "
       "the\n"
       "names in them.\n\n"
       "Exit code: 0 the same, 1 differences or something that could not be compared.",
       "Web ルートを配布物または以前の状態と比較し、追加・変更・削除されたファイルと変更行を\n"
       "表示します。どちらにも書き込みません。\n\n"
       "OLD は Debian パッケージ (.deb)、配布アーカイブ (tar・zip・7z)、以前のバンドル、\n"
       "フォルダー、イメージ。packages と書くと NEW のパッケージデータベースと比較します。\n"
       "NEW はフォルダー (このホストの / も可)、イメージ、バンドル。\n"
       "対応するフォルダー (「wordpress-6.4」と「var/www/html」など) は中の名前から判定します。\n\n"
       "終了コード: 0 は同一、1 は差異または比較できなかったものあり。"},
      joined_options({{{"root",
                        "DIR",
                        {"only this folder of NEW: /var/www/html, C:/inetpub/wwwroot",
                         "NEW のこのフォルダーだけ (例 /var/www/html)"}},
                       {"old-root",
                        "DIR",
                        {"only this folder of OLD; with --root both are compared\nas they are",
                         "OLD のこのフォルダーだけ。--root と併用すると\n指定どおりに比較"}},
                       {"package",
                        "NAME",
                        {"with packages: only this package", "packages のとき: このパッケージだけ"},
                        true},
                       {"lines",
                        "N|all",
                        {"changed lines shown of a file (default 100, 0: none)",
                         "1 ファイルに表示する変更行 (既定 100、0 は表示なし)"}},
                       {"json", "", {"JSON Lines instead of text", "JSON Lines で出力"}},
                       {"output,o",
                        "FILE",
                        {"a new file instead of stdout", "標準出力の代わりに新しいファイルへ"}}},
                      Unlocker::options()}),
      {"  konseki diff wordpress_6.1.6+dfsg1-0+deb12u1_all.deb server.E01\n"
       "  konseki diff wordpress-6.4.3.tar.gz /var/www/html\n"
       "  konseki diff packages / --root /usr/share/phpmyadmin\n"
       "  konseki diff WEB1_20260101T000000Z_1.tar.zst WEB1_20260301T000000Z_2.tar.zst "
       "--root /var/www\n",
       "  konseki diff wordpress_6.1.6+dfsg1-0+deb12u1_all.deb server.E01\n"
       "  konseki diff wordpress-6.4.3.tar.gz /var/www/html\n"
       "  konseki diff packages / --root /usr/share/phpmyadmin\n"
       "  konseki diff WEB1_20260101T000000Z_1.tar.zst WEB1_20260301T000000Z_2.tar.zst "
       "--root /var/www\n"}};
  return kUsage;
}

// Sources and what is read from them.
struct OpenSide {
  std::unique_ptr<Source> source;
  std::unique_ptr<Side> side;
};

class Diff {
 public:
  Diff(const Arguments& arguments, const Unlocker& unlocker)
      : arguments_(arguments), unlocker_(unlocker) {}

  Result<int> run(const DiffOptions& options, Language language) {
    const std::string& old_name = arguments_.positional()[0];
    const std::string& new_name = arguments_.positional()[1];
    KONSEKI_ASSIGN(OpenSide is, open(new_name, options.new_root.value_or("")));
    OpenSide was;
    DiffOptions wanted = options;
    if (old_name == kPackages) {
      if (!is.source) {
        KONSEKI_ASSIGN(is.source, source_of(new_name));
      }
      KONSEKI_ASSIGN(was.side, make_package_side(*is.source, arguments_.values("package"),
                                                 options.new_root.value_or("")));
      // The same paths on both sides.
      wanted.old_root = wanted.new_root = options.new_root.value_or("");
    } else {
      KONSEKI_ASSIGN(was, open(old_name, options.old_root.value_or("")));
    }
    KONSEKI_ASSIGN(const TreeDiff diff, diff_trees(*was.side, *is.side, wanted));
    KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open(arguments_.value("output")));
    const TextSink sink = [&](std::string_view text) { return out.write(text); };
    KONSEKI_TRY(arguments_.has("json")
                    ? write_diff_json(diff, *was.side, *is.side, sink)
                    : write_diff_text(diff, *was.side, *is.side, language, sink));
    KONSEKI_TRY(out.commit());
    const bool whole = was.side->problems().empty() && is.side->problems().empty();
    return diff.changes.empty() && whole ? kExitComplete : kExitWithGaps;
  }

 private:
  Result<std::unique_ptr<Source>> source_of(const std::string& location) {
    OpenOptions options;
    options.unlock = [this](std::unique_ptr<ByteReader> file) {
      return unlocker_.unlock(std::move(file));
    };
    return open_source(location, options);
  }

  // A bundle, an archive or a Debian package by its content; a folder, image or device else.
  Result<OpenSide> open(const std::string& location, const std::string& root) {
    OpenSide out;
    const auto facts = local_file_facts(location);
    if (facts && facts->kind == LocalFileKind::kRegular) {
      KONSEKI_ASSIGN(auto file, open_local_file(location));
      std::array<std::byte, kFileKindBytes> head;
      KONSEKI_ASSIGN(const std::size_t got, file->read_at(0, head));
      const auto bundle = is_bundle(*file);
      if (!(bundle && *bundle) && is_container(std::span(head).first(got))) {
        KONSEKI_ASSIGN(out.side, make_archive_side(std::move(file), base_name(location), root));
        return out;
      }
    }
    KONSEKI_ASSIGN(out.source, source_of(location));
    if (out.source->info().kind == SourceKind::kBundle) {
      KONSEKI_ASSIGN(auto reader, open_bundle_file(location, unlocker_));
      KONSEKI_ASSIGN(out.side, make_bundle_side(std::move(reader), base_name(location), root));
    } else {
      KONSEKI_ASSIGN(out.side, make_source_side(*out.source, location, root));
    }
    return out;
  }

  const Arguments& arguments_;
  const Unlocker& unlocker_;
};

Result<DiffOptions> read_options(const Arguments& arguments) {
  DiffOptions options;
  if (arguments.has("root")) options.new_root = arguments.value("root");
  if (arguments.has("old-root")) options.old_root = arguments.value("old-root");
  if (arguments.has("lines")) {
    const std::string lines = arguments.value("lines");
    const auto [last, error] =
        std::from_chars(lines.data(), lines.data() + lines.size(), options.most_lines);
    if (lines == "all") {
      options.most_lines = SIZE_MAX;
    } else if (error != std::errc() || last != lines.data() + lines.size()) {
      return fail(ErrorCode::kInvalidArgument, "--lines " + lines,
                  {"Use a number or all.", "数または all を指定してください。"});
    }
  }
  const bool packages = arguments.positional()[0] == kPackages;
  if (packages && !options.new_root && !arguments.has("package")) {
    return fail(ErrorCode::kInvalidArgument, "packages",
                {"Say which part of the system: --root /usr/share/phpmyadmin or --package NAME.",
                 "対象を --root /usr/share/phpmyadmin または --package 名前 で指定してください。"});
  }
  if (!packages && arguments.has("package")) {
    return fail(
        ErrorCode::kInvalidArgument, "--package",
        {"It goes with the word packages as OLD.", "OLD に packages と書いたときに使えます。"});
  }
  return options;
}

}  // namespace

int run_diff(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    const auto options = read_options(arguments);
    if (!options) return refuse_usage(options.error(), language);
    const auto unlocker = Unlocker::create(arguments, language);
    if (!unlocker) return refuse_usage(unlocker.error(), language);
    return Diff(arguments, *unlocker).run(*options, language);
  });
}

}  // namespace konseki
