#include "tests/cli/report/sample_bundle.h"

#include <array>

#include "agent/base/json_writer.h"
#include "konseki/time.h"

namespace konseki::testing {
namespace {

constexpr std::int64_t kEnd = 1'795'200'000;  // 2026-11-20
constexpr std::int64_t kDay = 86'400;

std::string at(std::int64_t seconds) { return Timestamp{seconds, 123'456'700}.iso8601(); }

// Runs only where escaping failed.
const std::string kAttack = "document.documentElement.setAttribute('data-broken' + '-out', 'yes')";
const std::string kScriptName = "</script><script>" + kAttack + "</script>";
const std::string kImageName = "<img src=x onerror=\"" + kAttack + "\">";

std::string object(std::initializer_list<std::pair<const char*, std::string>> texts,
                   const std::string& more = "") {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  for (const auto& [key, value] : texts) json.field(key, std::string_view(value));
  json.end_object();
  if (!more.empty()) out.insert(out.size() - 1, "," + more);
  return out;
}

void add_frame(FakeBundle& bundle) {
  bundle.add_member("konseki/run.json", R"run({"tool":"konseki","version":"0.1.0",
    "executable_sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "arguments":["konseki","collect","-o","/media/usb/out","--profile","triage"],
    "case":{"case_id":"2026-014","evidence_id":"E-03","operator":"山田 太郎","witness":"鈴木 花子",
            "authority":"情報システム部長の同意書（2026-11-20）","place":"本社 3 階 サーバー室",
            "purpose":"Webシェル設置の疑いに関する初動調査"},
    "run_id":"5b1f0c9ad2e4",
    "host":{"os":"linux","host_id":"2f6c1d5e8a7b4c3d9e0f1a2b3c4d5e6f","hostname":"web01",
            "os_name":"Debian GNU/Linux 12 (bookworm)","os_version":"12",
            "kernel":"6.1.0-18-amd64","time_zone":"Asia/Tokyo","users":[{"name":"root"},
            {"name":"www-data"},{"name":"deploy"}]},
    "source":{"kind":"live","location":"live","format":"","size":0},"profile":"triage",
    "started":"2026-11-19T23:48:02.000000000Z","privileged":true,
    "clock":{"now":"2026-11-19T23:48:02.000000000Z","boot":"2026-09-30T01:02:03.000000000Z",
             "reference":"2026-11-19T23:47:20.000000000Z","time_zone":"Asia/Tokyo",
             "utc_offset_seconds":32400,"synchronised":false},
    "volumes":[{"mount":"","type":"ext4","label":"","serial":"6c0e5a1e-3a51-4b1c-9f6e-0d4b7f1a2c3d",
                "size":107374182400},
               {"mount":"/var","type":"ext4","label":"var","size":536870912000}],
    "unreadable":[{"name":"sdb1","type":"luks","offset":1048576,"size":214748364800,
                   "detail":"LUKS2 header"}],
    "limits":{
  "max_file_size" : 1073741824, "workers" : 2
}
})run");
  bundle.add_member("konseki/manifest.json",
                    R"({"format":"konseki-bundle","version":1,"members":[],"run":{"ended":)"
                    R"("2026-11-20T00:00:00.000000000Z","interrupted":false,"exit_code":1,)"
                    R"("clock_end":{"boot":"2026-09-30T01:02:03.000000000Z"}}})");
}

void add_files(FakeBundle& bundle) {
  std::uint32_t state = 7;
  for (int i = 0; i < 3000; ++i) {
    state = state * 1664525 + 1013904223;
    const std::int64_t age = (state >> 8) % (i % 3 == 0 ? 60 * kDay : 1500 * kDay);
    bundle.add_line("files",
                    object({{"path", "/var/www/html/file" + std::to_string(i)},
                            {"type", "file"},
                            {"status", i % 2 == 0 ? "collected" : "listed"},
                            {"modified", at(kEnd - age)},
                            {"changed", at(kEnd - age / 2)},
                            {"created", at(kEnd - age)}},
                           R"("size":)" + std::to_string(state % 90'000) +
                               (i % 2 == 0 ? R"(,"artifacts":["WebServerContent"])" : "")));
  }
  for (const std::string& name : {kScriptName, kImageName, std::string("invoice\u202Efdp.exe"),
                                  std::string("a\x1B[31m\nb"), std::string("x\xFFy")}) {
    bundle.add_line("files", object({{"path", "/tmp/" + name},
                                     {"status", "failed"},
                                     {"reason", "permission_denied"},
                                     {"detail", name}},
                                    R"("size":12,"artifacts":[")"
                                    "LinuxTmp"
                                    R"("])"));
  }
  bundle.add_line("files", object({{"path", "/var/lib/mysql/ibdata1"},
                                   {"status", "skipped"},
                                   {"reason", "max_file_size"}},
                                  R"("size":78920220672,"artifacts":["MySQL"])"));
}

void add_findings(FakeBundle& bundle) {
  bundle.add_line("findings", object({{"severity", "critical"},
                                      {"rule", "webshell_php_eval_post"},
                                      {"technique", "T1505.003"},
                                      {"path", "/var/www/html/uploads/thumb.php"},
                                      {"reason_en", "PHP that runs what a POST parameter holds"},
                                      {"reason_ja", "POST パラメーターの内容を実行する PHP コード"},
                                      {"evidence", "eval(base64_decode($_POST['z']))"}},
                                     R"("score":95)"));
  bundle.add_line("findings", object({{"severity", "high"},
                                      {"rule", "miner_pool_command_line"},
                                      {"technique", "T1496"},
                                      {"path", "/tmp/.x/kworker"},
                                      {"reason_en", "A mining pool's address on a command line"},
                                      {"reason_ja", "コマンドラインにマイニングプールのアドレス"},
                                      {"evidence", "stratum+tcp://pool.example:3333"}},
                                     R"("score":80)"));
  bundle.add_line("findings", object({{"severity", "medium"},
                                      {"rule", kScriptName},
                                      {"path", "/tmp/" + kImageName},
                                      {"reason_en", kScriptName},
                                      {"reason_ja", kImageName},
                                      {"evidence", kImageName}},
                                     R"("score":40)"));
}

void add_persistence(FakeBundle& bundle) {
  const std::string stream = "records/persistence";
  bundle.add_line(stream, object({{"schema", "persistence"},
                                  {"mechanism", "linux.cron"},
                                  {"location", "/var/spool/cron/crontabs/www-data"},
                                  {"name", "www-data"},
                                  {"command", "/tmp/.x/kworker -o stratum+tcp://pool.example:3333"},
                                  {"user", "www-data"},
                                  {"trigger", "*/5 * * * *"},
                                  {"since", at(kEnd - 40 * kDay)},
                                  {"since_evidence", "file metadata change"},
                                  {"technique", "T1053.003"},
                                  {"target_state", "missing"}}));
  bundle.add_line(stream, object({{"schema", "persistence"},
                                  {"mechanism", "linux.systemd"},
                                  {"location", "/etc/systemd/system/sysupd.service"},
                                  {"name", "sysupd.service"},
                                  {"command", "/usr/local/sbin/sysupd --daemon " + kImageName},
                                  {"user", "root"},
                                  {"trigger", "boot"},
                                  {"since", at(kEnd - 900 * kDay)},
                                  {"since_evidence", "file creation"},
                                  {"technique", "T1543.002"},
                                  {"target_state", "present"},
                                  {"target_package_state", "nobody"}}));
  for (const char* unit : {"cron.service", "ssh.service", "nginx.service", "rsyslog.service",
                           "dbus.service", "getty@tty1.service", "systemd-timesyncd.service"}) {
    bundle.add_line(stream, object({{"schema", "persistence"},
                                    {"mechanism", "linux.systemd"},
                                    {"location", "/usr/lib/systemd/system/" + std::string(unit)},
                                    {"name", unit},
                                    {"command", "/usr/sbin/" + std::string(unit)},
                                    {"user", "root"},
                                    {"trigger", "boot"},
                                    {"since", at(kEnd - 600 * kDay)},
                                    {"since_evidence", "package install"},
                                    {"technique", "T1543.002"},
                                    {"target_state", "present"},
                                    {"target_package_state", "intact"}}));
  }
}

void add_live(FakeBundle& bundle) {
  const std::string processes = "records/linux.process";
  bundle.add_line(processes, object({{"schema", "linux.process"},
                                     {"name", "systemd"},
                                     {"exe", "/usr/lib/systemd/systemd"},
                                     {"exe_state", "present"},
                                     {"user", "root"},
                                     {"started", at(kEnd - 50 * kDay)}},
                                    R"("pid":1,"parent_pid":0,"command_line":["/sbin/init"])"));
  bundle.add_line(processes,
                  object({{"schema", "linux.process"},
                          {"name", "kworker"},
                          {"exe", "/tmp/.x/kworker"},
                          {"exe_state", "deleted"},
                          {"user", "www-data"},
                          {"started", at(kEnd - 40 * kDay)}},
                         R"("pid":31337,"parent_pid":1,"command_line":["[kworker/0:1]","-o",)"
                         R"("stratum+tcp://pool.example:3333"],"signs":["exe_deleted",)"
                         R"("pretends_kernel_thread"])"));
  bundle.add_line("records/linux.socket",
                  object({{"schema", "linux.socket"},
                          {"protocol", "tcp"},
                          {"state", "ESTABLISHED"},
                          {"local_address", "192.0.2.10"},
                          {"remote_address", "203.0.113.77"},
                          {"process", "kworker"},
                          {"user", "www-data"}},
                         R"("local_port":41822,"remote_port":3333,"pid":31337)"));
  bundle.add_line("records/linux.socket", object({{"schema", "linux.socket"},
                                                  {"protocol", "tcp6"},
                                                  {"state", "LISTEN"},
                                                  {"local_address", "::"},
                                                  {"process", "nginx"},
                                                  {"user", "root"}},
                                                 R"("local_port":443,"pid":801)"));
}

void add_people(FakeBundle& bundle) {
  bundle.add_line("records/linux.user", object({{"schema", "linux.user"},
                                                {"name", "root"},
                                                {"home", "/root"},
                                                {"shell", "/bin/bash"},
                                                {"password", "locked"}},
                                               R"("uid":0)"));
  bundle.add_line("records/linux.user",
                  object({{"schema", "linux.user"},
                          {"name", "toor"},
                          {"home", "/var/tmp"},
                          {"shell", "/bin/bash"},
                          {"password", "set"},
                          {"password_changed", at(kEnd - 40 * kDay)}},
                         R"("uid":0,"remarks":["second account with uid 0"])"));
  for (int i = 0; i < 30; ++i) {
    bundle.add_line("records/linux.utmp", object({{"schema", "linux.utmp"},
                                                  {"file", "wtmp"},
                                                  {"type", "user_process"},
                                                  {"user", i % 5 == 0 ? "deploy" : "root"},
                                                  {"line", "pts/0"},
                                                  {"host", "203.0.113." + std::to_string(i)},
                                                  {"time", at(kEnd - i * 3 * kDay)}}));
  }
  bundle.add_line(
      "records/linux.new_thing",
      object({{"schema", "linux.new_thing"}, {"what", kScriptName}, {"seen", at(kEnd - kDay)}},
             R"("source":{"path":"/etc/thing"},"list":["a","b"],"flag":true)"));
}

}  // namespace

FakeBundle sample_bundle() {
  FakeBundle bundle;
  add_frame(bundle);
  add_files(bundle);
  add_findings(bundle);
  add_persistence(bundle);
  add_live(bundle);
  add_people(bundle);
  for (const char* path : {"/proc/4242/maps", "/root/.cache"}) {
    bundle.add_line("audit", R"({"event":"gap","details":{"path":")" + std::string(path) +
                                 R"(","code":"permission_denied","detail":"EACCES"}})");
  }
  return bundle;
}

}  // namespace konseki::testing
