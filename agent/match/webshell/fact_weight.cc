#include "agent/match/webshell/fact_weight.h"

#include <array>

namespace konseki::webshell {
namespace {

constexpr std::array kWeights = std::to_array<FactWeight>({
    {FactKind::kRunInput, "code.run_input", 92, "runs what a request sends as code ({})",
     "リクエストの内容をコードとして実行します（{}）"},
    {FactKind::kLoadInput, "code.load_input", 92,
     "loads program classes from the bytes of a request ({})",
     "リクエストのバイト列からプログラムのクラスを読み込みます（{}）"},
    {FactKind::kCommandInput, "code.command_input", 85,
     "runs what a request sends as a command ({})",
     "リクエストの内容をコマンドとして実行します（{}）"},
    {FactKind::kCallInput, "code.call_input", 80, "calls a function that the request names ({})",
     "リクエストが指定する関数を呼び出します（{}）"},
    {FactKind::kRunRemote, "code.run_remote", 80, "runs code that it fetches over the network ({})",
     "ネットワークから取得したコードを実行します（{}）"},
    {FactKind::kReverse, "code.reverse", 80,
     "ties a network connection or request to a command interpreter ({})",
     "ネットワーク接続をコマンドインタープリターに結び付けます（{}）"},
    {FactKind::kMemoryShell, "code.memory", 60, "registers code inside the running server ({})",
     "稼働中のサーバーの内部にコードを登録します（{}）"},
    {FactKind::kHiddenName, "code.hidden_name", 75,
     "puts the name of a dangerous function together at run time and calls it ({})",
     "危険な関数の名前を実行時に組み立てて呼び出します（{}）"},
    {FactKind::kPreload, "code.preload", 75,
     "has the programs that it starts load a library of its own ({})",
     "起動するプログラムに独自のライブラリを読み込ませます（{}）"},
    {FactKind::kIncludeInput, "code.include_input", 72, "runs a file that the request names ({})",
     "リクエストが指定するファイルを実行します（{}）"},
    {FactKind::kWriteInput, "code.write_input", 72,
     "writes what the request sends into a file that it names, or into a script ({})",
     "リクエストの内容を、指定されたファイルまたはスクリプトに書き込みます（{}）"},
    {FactKind::kScriptText, "code.script_text", 72,
     "gives a script that stands inside a text to another interpreter ({})",
     "テキスト内に埋め込まれたスクリプトを別のインタープリターに渡します（{}）"},
    {FactKind::kRunOpaque, "code.run_opaque", 72,
     "decodes hidden data in its own way and runs the result ({})",
     "隠されたデータを独自の方法で復号して実行します（{}）"},
    {FactKind::kWriteScript, "code.write_script", 72, "writes a hidden script into a file ({})",
     "隠されたスクリプトをファイルに書き出します（{}）"},
    {FactKind::kRunUnpacked, "code.unpack", 62, "unpacks an encoded constant and runs it ({})",
     "符号化された定数を展開して実行します（{}）"},
    {FactKind::kIncludeStrange, "code.include_strange", 60,
     "runs a file that is no script by its name ({})",
     "スクリプトではない名前のファイルを実行します（{}）"},
    {FactKind::kConfig, "config.handler", 75, "makes the server run other files as scripts ({})",
     "ほかのファイルをスクリプトとして実行するようサーバーに設定します（{}）"},
    {FactKind::kRunUndefined, "code.run_undefined", 50,
     "runs a variable that it never sets, so that a request could ({})",
     "自身では設定しない変数を実行します。リクエストで設定されるおそれがあります（{}）"},
    {FactKind::kRunStored, "code.run_stored", 45,
     "runs code that is kept in another file, a session or a database ({})",
     "別のファイル・セッション・データベースに保存されたコードを実行します（{}）"},
    {FactKind::kUploadInput, "code.upload", 45,
     "stores an upload under the name that the request gives ({})",
     "アップロードされたファイルを、リクエストが指定する名前で保存します（{}）"},
    {FactKind::kOpaqueCall, "code.opaque_call", 70,
     "hands input to a function whose name is hidden ({})",
     "名前を隠した関数に入力を渡します（{}）"},
    {FactKind::kQueryInput, "code.query_input", 30,
     "sends a request to a database as it stands ({})",
     "リクエストの内容をそのままデータベースに送ります（{}）"},
    {FactKind::kDecrypt, "code.decrypt", 30, "decrypts what a request sends ({})",
     "リクエストの内容を復号します（{}）"},
    {FactKind::kConnectInput, "code.connect_input", 45,
     "connects to a host that the request names ({})",
     "リクエストが指定するホストに接続します（{}）"},
    {FactKind::kFileUndefined, "code.file_undefined", 35,
     "changes files that a variable it never sets names ({})",
     "自身では設定しない変数が指すファイルを変更します（{}）"},
    {FactKind::kMailInput, "code.mail_input", 32, "sends mail to whom the request names ({})",
     "リクエストが指定する宛先にメールを送信します（{}）"},
    {FactKind::kHiddenCall, "code.hidden_call", 50, "calls a function by a decoded name ({})",
     "復号した名前の関数を呼び出します（{}）"},
    {FactKind::kReadInput, "code.read_input", 32,
     "reads a file or folder that the request names ({})",
     "リクエストが指定するファイルやフォルダーを読み取ります（{}）"},
    {FactKind::kAccountInput, "code.account_input", 20,
     "creates an account that the request names ({})",
     "リクエストが指定するアカウントを作成します（{}）"},
    {FactKind::kGate, "code.gate", 25,
     "compares a password in the request with a built-in one ({})",
     "リクエスト内のパスワードを埋め込みの値と照合します（{}）"},
    {FactKind::kBot, "code.bot", 60, "speaks the protocol of a chat that steers bots ({})",
     "ボットの操作に使われるチャットのプロトコルで通信します（{}）"},
    {FactKind::kLogIn, "code.log_in", 60, "gives whoever calls it somebody's session ({})",
     "呼び出した人に他人のセッションを与えます（{}）"},
    {FactKind::kDump, "code.dump", 50,
     "copies the tables of a database under an account of its own ({})",
     "独自のアカウントでデータベースのテーブルを複製します（{}）"},
    {FactKind::kHarvest, "code.harvest", 50,
     "keeps or sends on passwords, card numbers and secrets that a request brings ({})",
     "リクエストに含まれるパスワード・カード番号・秘密情報を保存または転送します（{}）"},
    {FactKind::kAccountList, "code.account_list", 45,
     "reads the system's list of accounts or sites ({})",
     "システムのアカウントやサイトの一覧を読み取ります（{}）"},
    {FactKind::kLinkOut, "code.link_out", 45, "makes links to files of others ({})",
     "ほかの利用者のファイルへのリンクを作成します（{}）"},
    {FactKind::kCloak, "code.cloak", 45,
     "fetches pages from elsewhere and tells search engines from people ({})",
     "外部からページを取得し、検索エンジンと一般の訪問者を区別します（{}）"},
    {FactKind::kListens, "code.listens", 45, "opens a port of its own ({})",
     "独自のポートを開いて待ち受けます（{}）"},
    {FactKind::kStyleCalls, "code.style_calls", 50,
     "lets a style sheet or path call any function ({})",
     "スタイルシートやパスから任意の関数を呼び出せるようにします（{}）"},
    {FactKind::kCallsHome, "code.calls_home", 45,
     "tells somebody else the address under which it can be asked ({})",
     "自身を呼び出せるアドレスを外部に知らせます（{}）"},
    {FactKind::kHiddenHost, "code.hidden_host", 60,
     "asks a host whose address stands encoded in the script ({})",
     "スクリプト内に符号化されたアドレスのホストに接続します（{}）"},
    {FactKind::kInfects, "code.infect", 50, "puts text into files that it looks for ({})",
     "フォルダーを探索し、見つけたファイルに内容を書き込みます（{}）"},
    {FactKind::kDisguise, "code.disguise", 45,
     "stands under another program's name in the list of processes ({})",
     "プロセス一覧で別のプログラムの名前を名乗ります（{}）"},
    {FactKind::kMakesMaster, "code.make_administrator", 60,
     "makes an administrator of the site ({})", "サイトの管理者を作成します（{}）"},
    {FactKind::kDeletesItself, "code.deletes_itself", 35, "deletes itself ({})",
     "自身を削除します（{}）"},
    {FactKind::kKeepsRemote, "code.keep_remote", 35, "keeps in a file what another host sends ({})",
     "別のホストから受け取った内容をファイルに保存します（{}）"},
    {FactKind::kChangeInput, "code.change_input", 35,
     "deletes, renames or opens up files that the request names ({})",
     "リクエストが指定するファイルを削除・改名し、または権限を変更します（{}）"},
    {FactKind::kForwardInput, "code.forward_input", 45,
     "passes on to another host what the request sends ({})",
     "リクエストの内容を別のホストに転送します（{}）"},
    {FactKind::kUnserialize, "code.unserialize", 12, "turns a request into objects ({})",
     "リクエストの内容をオブジェクトに変換します（{}）"},
    {FactKind::kCommand, "code.command", 12, "runs commands ({})", "コマンドを実行します（{}）"},
    {FactKind::kRunCode, "code.run", 10, "runs a text as code ({})",
     "テキストをコードとして実行します（{}）"},
});

// A page of a few KiB, methods or not: handlers have some in any case.
bool brief_page(const Script& script) { return script.small || script.brief; }

}  // namespace

std::span<const FactWeight> fact_weights() { return kWeights; }

int score_of(const Fact& fact, int score, const Script& script) {
  const auto [small, brief, bare, named, php, tiny, classic, part, page, python, server] = script;
  switch (fact.kind) {
    // Functions that nobody calls here: a library's, or a hook's that was not recognised.
    case FactKind::kRunInput:
      return fact.reached ? score : small ? 60 : 15;
    case FactKind::kCommandInput:
      return fact.reached ? score : python && !page ? 15 : 60;
    case FactKind::kReverse:
      return fact.reached || !python || page ? score : 15;
    case FactKind::kRunUndefined:
      return !named ? 20 : small ? 72 : score;
    case FactKind::kRunStored:
      // Pages of ASP have no plug-ins that a session or a database would hold.
      return fact.reached ? (small || brief || !php ? 72 : score) : 20;
    case FactKind::kReadInput:
      return fact.reached ? (small ? 45 : score) : 12;
    case FactKind::kConnectInput:
      return !fact.reached ? 12 : (bare && php) || (!php && brief_page(script)) ? 70 : score;
    case FactKind::kQueryInput:
      // A page that is no PHP has its own statements: whole ones are a console's.
      return !fact.reached ? 12 : php ? score : 70;
    case FactKind::kWriteInput:
      return fact.detail == "settings" ? (bare && brief ? 50 : 20)
             : fact.detail == "part"   ? (fact.reached ? 50 : 25)
             : fact.reached            ? score
                                       : 35;
    case FactKind::kCallInput:
      // Pages that test which components a server has make each that is asked for.
      if (classic && fact.detail == "object") return 28;
      // Applications dispatch through call_user_func(); a small script has nothing to dispatch.
      if (!fact.reached) return 28;
      return fact.detail.starts_with("call_user_func") && !small ? 28 : score;
    case FactKind::kUnserialize:
      return fact.reached && small ? 35 : score;
    case FactKind::kMailInput:
      // A form sends one message; a list of addresses is a mailing.
      if (!fact.reached) return 12;
      // A copy of what the site's owner gets is a form's; one that is the request's from its
      // receiver to its text is none's.
      return fact.detail == "encoded"         ? 70
             : fact.detail == "copy"          ? 12
             : fact.detail == "whole" && tiny ? 70
             : fact.detail == "each"          ? (small || page ? 70 : 50)
             : fact.detail == "list"          ? (bare ? 45 : 12)
                                              : score;
    case FactKind::kAccountList:
      // The accounts of the web server and of Windows, asked for by a few lines.
      return !fact.reached ? 15 : small && !fact.detail.starts_with('/') ? 70 : score;
    case FactKind::kHarvest:
      // Forms for sign-in mail passwords, too: of a few lines that do nothing else it is told.
      if (fact.detail == "passwords") return fact.reached && small ? score : 0;
      return !fact.reached ? 15 : small ? 70 : score;
    case FactKind::kLinkOut:
    case FactKind::kBot:
      return fact.reached ? score : 15;
    case FactKind::kCloak:
      return fact.reached && page ? score : 0;
    case FactKind::kListens:
      return fact.reached && (page || fact.detail == "raw socket") ? score : 0;
    case FactKind::kDump:
      return fact.reached ? score : 0;
    case FactKind::kLogIn:
      return fact.reached && small ? score : 0;
    case FactKind::kStyleCalls:
      return !fact.reached || !small ? 10 : fact.detail == "named" ? 72 : score;
    case FactKind::kGate:
      // A digest that stands in the script itself: its password is nobody's account.
      return fact.detail == "digest" && fact.reached ? 50 : score;
    case FactKind::kCallsHome:
      return fact.reached && small ? score : 0;
    case FactKind::kHiddenHost:
      return fact.reached ? (small ? 70 : score) : 25;
    case FactKind::kInfects:
      return fact.reached ? (fact.detail == "hidden" ? 72 : score) : 0;
    case FactKind::kMakesMaster:
      return fact.reached ? (small ? 70 : score) : 0;
    case FactKind::kDeletesItself:
    case FactKind::kKeepsRemote:
      return fact.reached && bare ? score : 0;
    case FactKind::kChangeInput:
      return !fact.reached ? 12 : small ? 45 : score;
    case FactKind::kForwardInput:
      // An address alone: pages ask interfaces of others so, but not in a script that does no more.
      if (fact.detail == "address") return fact.reached && tiny ? 32 : 0;
      return fact.reached && small ? score : 0;
    case FactKind::kRunRemote:
    case FactKind::kPreload:
      return fact.reached ? score : 20;
    case FactKind::kIncludeInput:
      if (fact.detail == "tail" && tiny && fact.reached) return 32;  // nothing but the inclusion
      return fact.detail == "part" || fact.detail == "tail" ? 15 : fact.reached ? score : 18;
    case FactKind::kUploadInput:
      if (fact.detail == "compared")
        return fact.reached ? 25 : 12;  // a form that asks for pictures
      return fact.detail == "fixed" ? (bare ? 32 : 12) : !fact.reached ? 20 : small ? 72 : score;
    case FactKind::kRunOpaque:
      return fact.detail == "parameter" ? 8 : score;
    case FactKind::kOpaqueCall:
      return fact.detail == "input"                ? score
             : fact.detail == "strange" && small   ? 72
             : fact.detail == "arithmetic" && tiny ? 72
                                                   : 25;
    case FactKind::kRunUnpacked:
    case FactKind::kHiddenCall:
      return small ? 72 : score;
    case FactKind::kRunCode:
      // A page of ASP has little to run but what somebody sends; PHP's templates are code.
      return fact.reached && classic && brief ? (bare ? 70 : 50) : score;
    case FactKind::kWriteScript:
      return fact.detail == "fixed" ? 45 : fact.detail == "page" ? (script.small ? 50 : 20) : score;
    case FactKind::kIncludeStrange:
      if (!fact.reached) return 12;
      return fact.detail == "picture" ? (small ? 50 : 25) : fact.detail == "temporary" ? 40 : score;
    case FactKind::kConfig:
      return fact.detail == "prepend" ? 20 : fact.detail == "type" ? 20 : score;
    case FactKind::kCommand:
      if (fact.detail == "stored") return 35;
      // A page that does nothing but run one command.
      return fact.reached && ((tiny && php) || (bare && brief && server)) ? 32 : score;
    default:
      return score;
  }
}

}  // namespace konseki::webshell
