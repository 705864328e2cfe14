// The collector windows.processes over a made-up Windows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/windows/live/live_path.h"
#include "collectors/windows/processes/system_programs.h"
#include "konseki/collector.h"
#include "tests/support/fake_live_host.h"
#include "tests/support/fake_windows_state.h"

namespace konseki {

std::unique_ptr<Collector> make_windows_processes();

namespace {

using testing::CapturingSink;
using testing::FakeWindowsHost;
using testing::field_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CapturingSink observe(FakeWindowsHost& host, CollectorContext context = {}) {
  CapturingSink sink;
  const auto collector = make_windows_processes();
  collector->begin(context);
  EXPECT_TRUE(collector->observe(host, sink));
  return sink;
}

const Record& process(const CapturingSink& sink, std::uint32_t pid) {
  return sink.find("windows.process", "pid", std::to_string(pid));
}

std::string signs(const CapturingSink& sink, std::uint32_t pid) {
  return field_text(process(sink, pid), "signs");
}

Timestamp at(std::int64_t seconds) { return Timestamp::from_unix(1'700'000'000 + seconds); }

WindowsProcess plain(std::uint32_t pid, std::uint32_t parent, std::string exe,
                     std::string command_line) {
  WindowsProcess process;
  process.pid = pid;
  process.parent_pid = parent;
  process.name = windows::file_name_of(exe);
  process.mapped_image = "\\Device\\HarddiskVolume3" + exe.substr(2);
  process.exe = std::move(exe);
  process.exe_exists = true;
  process.command_line = std::move(command_line);
  process.started = at(pid);
  return process;
}

// System, wininit, services, one svchost, lsass, explorer: nothing to see.
std::vector<WindowsProcess> healthy() {
  const std::string system = "C:\\Windows\\System32\\";
  std::vector<WindowsProcess> list;
  list.push_back({.pid = 4, .name = "System"});
  list.push_back(plain(100, 90, system + "wininit.exe", "wininit.exe"));
  list.push_back(plain(110, 100, system + "services.exe", system + "services.exe"));
  list.push_back(plain(120, 100, system + "lsass.exe", system + "lsass.exe"));
  list.push_back(plain(130, 110, system + "svchost.exe", system + "svchost.exe -k netsvcs -p"));
  list.push_back(plain(140, 135, "C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE"));
  return list;
}

TEST(WindowsProcesses, TellsAPlainProcess) {
  FakeWindowsHost host;
  host.own_id = 200;
  auto list = healthy();
  WindowsProcess own = plain(200, 140, "C:\\Program Files\\A\\a.exe", "\"a.exe\" -x \xE7\x97\x95");
  own.session_id = 1;
  own.threads = 3;
  own.memory = 4096;
  own.cpu_milliseconds = 15;
  own.working_directory = "C:\\Users\\mika\\";
  own.user_sid = "S-1-5-21-1-2-3-1001";
  own.integrity = 0x3000;
  own.elevated = true;
  own.protection = 0x31;
  own.is_32_bit = true;
  own.modules =
      std::vector<std::string>{"C:\\Program Files\\A\\a.exe", "C:\\Windows\\SysWOW64\\ntdll.dll"};
  list.push_back(own);
  host.state.process_list = list;
  CollectorContext context;
  context.host.users = {{"mika", "S-1-5-21-1-2-3-1001", "C:/Users/mika", ""}};
  const CapturingSink sink = observe(host, context);
  EXPECT_EQ(sink.count("windows.process"), 7U);
  const Record& record = process(sink, 200);
  EXPECT_EQ(field_text(record, "name"), "a.exe");
  EXPECT_EQ(field_text(record, "parent"), "explorer.exe");
  EXPECT_EQ(field_text(record, "exe"), "C:/Program Files/A/a.exe");
  EXPECT_EQ(field_text(record, "exe_state"), "present");
  EXPECT_EQ(field_text(record, "command_line"), "\"a.exe\" -x \xE7\x97\x95");
  EXPECT_EQ(field_text(record, "working_directory"), "C:/Users/mika/");
  EXPECT_EQ(field_text(record, "started"), "2023-11-14T22:16:40.000000000Z");
  EXPECT_EQ(field_text(record, "user"), "mika");
  EXPECT_EQ(field_text(record, "integrity"), "high");
  EXPECT_EQ(field_text(record, "protection"), "light antimalware");
  EXPECT_EQ(field_text(record, "modules"),
            "C:/Program Files/A/a.exe|C:/Windows/SysWOW64/ntdll.dll");
  EXPECT_EQ(field_text(record, "own"), "true");
  EXPECT_EQ(field_text(process(sink, 4), "exe_state"), "none");
  for (const Record& each : sink.records) EXPECT_EQ(field_text(each, "signs"), "");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(WindowsProcesses, SeesBorrowedNames) {
  FakeWindowsHost host;
  auto list = healthy();
  list.push_back(plain(300, 140, "C:\\Users\\Public\\svchost.exe", "svchost.exe"));
  list.push_back(plain(301, 140, "C:\\Windows\\System32\\lsass.exe", "lsass.exe"));
  list.push_back(plain(302, 110, "C:\\Windows\\scvhost.exe", "scvhost.exe"));
  list.push_back(plain(303, 110, "C:\\Windows\\svch0st.exe", "svch0st.exe"));
  list.push_back(plain(304, 140, "C:\\Users\\mika\\Downloads\\invoice.pdf.exe", "x"));
  list.push_back(plain(305, 140, "C:\\Windows\\SysWOW64\\svchost.exe", "svchost.exe -k x"));
  list.push_back(plain(306, 77, "C:\\Windows\\System32\\svchost.exe", "svchost.exe -k x"));
  host.state.process_list = list;
  const CapturingSink sink = observe(host);
  EXPECT_EQ(signs(sink, 300),
            "program_in_temporary_place|svchost_without_group|system_name_in_wrong_place|"
            "unusual_parent");
  EXPECT_EQ(signs(sink, 301), "second_of_its_kind|unusual_parent");
  EXPECT_EQ(signs(sink, 120), "second_of_its_kind");
  EXPECT_EQ(signs(sink, 302), "system_name_imitated");
  EXPECT_EQ(signs(sink, 303), "system_name_imitated");
  EXPECT_EQ(signs(sink, 304), "program_in_temporary_place|program_name_disguised");
  EXPECT_EQ(signs(sink, 305), "unusual_parent");
  EXPECT_EQ(signs(sink, 306), "unusual_parent");
}

TEST(WindowsProcesses, DoesNotTakeALaterProcessForTheParent) {
  FakeWindowsHost host;
  auto list = healthy();
  // 77 ended; its number went to a program that began after 400.
  WindowsProcess reused = plain(77, 140, "C:\\Windows\\notepad.exe", "notepad");
  reused.started = at(500);
  list.push_back(reused);
  list.push_back(plain(400, 77, "C:\\Windows\\System32\\winlogon.exe", "winlogon.exe"));
  host.state.process_list = list;
  const CapturingSink sink = observe(host);
  EXPECT_EQ(field_text(process(sink, 400), "parent"), "");
  EXPECT_EQ(signs(sink, 400), "");
}

TEST(WindowsProcesses, SeesReplacedImagesAndTheirChildren) {
  FakeWindowsHost host;
  auto list = healthy();
  WindowsProcess hollow = plain(500, 140, "C:\\Windows\\System32\\notepad.exe", "notepad.exe");
  hollow.mapped_image.clear();
  hollow.image_is_private = true;
  list.push_back(hollow);
  list.push_back(plain(501, 500, "C:\\Windows\\System32\\cmd.exe", "cmd.exe"));
  WindowsProcess other = plain(502, 140, "C:\\Windows\\System32\\calc.exe", "calc.exe");
  other.mapped_image = "\\Device\\HarddiskVolume3\\Users\\x\\evil.exe";
  list.push_back(other);
  WindowsProcess share = plain(503, 140, "\\\\server\\tools\\a.exe", "a.exe");
  share.mapped_image = "\\Device\\Mup\\server\\tools\\a.exe";
  list.push_back(share);
  WindowsProcess unknown = plain(504, 140, "C:\\Windows\\System32\\calc.exe", "calc.exe");
  unknown.mapped_image.clear();  // not told: nothing follows
  list.push_back(unknown);
  host.state.process_list = list;
  const CapturingSink sink = observe(host);
  EXPECT_EQ(signs(sink, 500), "image_replaced");
  EXPECT_EQ(field_text(process(sink, 500), "mapped_image"), "private memory");
  EXPECT_EQ(signs(sink, 501), "parent_image_replaced");
  EXPECT_EQ(signs(sink, 502), "image_replaced");
  EXPECT_EQ(field_text(process(sink, 502), "mapped_image"),
            "\\Device\\HarddiskVolume3\\Users\\x\\evil.exe");
  EXPECT_EQ(signs(sink, 503), "");
  EXPECT_EQ(signs(sink, 504), "");
}

TEST(WindowsProcesses, SeesWhoStartsCommandsAndWhatTheyRun) {
  FakeWindowsHost host;
  auto list = healthy();
  const std::string shell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
  list.push_back(plain(600, 110, "C:\\Windows\\System32\\inetsrv\\w3wp.exe", "w3wp.exe"));
  list.push_back(plain(601, 600, "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami"));
  list.push_back(plain(602, 140, "C:\\Program Files\\Office\\WINWORD.EXE", "WINWORD.EXE"));
  list.push_back(plain(603, 602, shell, "powershell -w hidden -eNc QQBCAEMARABFAEYARwA="));
  list.push_back(plain(604, 140, shell, "powershell -ExecutionPolicy Bypass -File a-encoder.ps1"));
  WindowsProcess gone = plain(605, 140, "C:\\ProgramData\\x\\up.exe", "up.exe");
  gone.exe_exists = false;
  gone.modules = std::vector<std::string>{"C:\\Windows\\Temp\\a.dll"};
  list.push_back(gone);
  host.state.process_list = list;
  const CapturingSink sink = observe(host);
  EXPECT_EQ(signs(sink, 600), "");
  EXPECT_EQ(signs(sink, 601), "started_by_server_program");
  EXPECT_EQ(signs(sink, 603), "encoded_command|started_by_document_program");
  EXPECT_EQ(signs(sink, 604), "");
  EXPECT_EQ(signs(sink, 605),
            "code_in_temporary_place|deleted_program|program_in_user_writable_place");
  EXPECT_EQ(field_text(process(sink, 605), "exe_state"), "deleted");
  EXPECT_EQ(field_text(process(sink, 605), "modules_temporary"), "C:/Windows/Temp/a.dll");
}

TEST(WindowsProcesses, TellsRefusalsOnceAKind) {
  FakeWindowsHost host;
  host.is_privileged = false;
  host.state.process_list = healthy();
  const Error denied{ErrorCode::kPermissionDenied, "OpenProcess: Windows error 5", {}};
  host.state.refused = {{"process memory", "csrss.exe (500)", denied},
                        {"process memory", "lsass.exe (700)", denied},
                        {"process user", "gone.exe (701)", {ErrorCode::kNotFound, "gone", {}}}};
  const CapturingSink sink = observe(host);
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "process memory");
  EXPECT_EQ(sink.gaps[0].error.code, ErrorCode::kPermissionDenied);
  EXPECT_THAT(sink.gaps[0].error.detail, HasSubstr("2 times, first csrss.exe (500)"));
  EXPECT_EQ(sink.gaps[0].error.advice.en, "Run as administrator to see it.");
}

TEST(WindowsProcesses, AFailedListingIsAnError) {
  FakeWindowsHost host;
  host.state.process_list = fail(ErrorCode::kIoError, "broken");
  CapturingSink sink;
  const auto collector = make_windows_processes();
  collector->begin({});
  EXPECT_EQ(collector->observe(host, sink).error().detail, "broken");
  testing::FakeLiveHost linux_host;
  EXPECT_EQ(collector->observe(linux_host, sink).error().code, ErrorCode::kUnsupported);
}

TEST(WindowsSystemPrograms, ImitationsAreOneLetterAway) {
  for (const char* name : {"svchosts.exe", "scvhost.exe", "svhost.exe", "1sass.exe", "lsasss.exe",
                           "exp1orer.exe", "expl0rer.exe", "SVCH0ST.EXE", "winlogin.exe"}) {
    EXPECT_NE(windows::imitated_program(name), "") << name;
  }
  for (const char* name : {"svchost.exe", "taskhost.exe", "taskhostw.exe", "iexplore.exe",
                           "notepad.exe", "a.exe", "cmd.exe", "svchost.dll", ""}) {
    EXPECT_EQ(windows::imitated_program(name), "") << name;
  }
}

TEST(WindowsLivePath, KnowsFormsAndPlaces) {
  const windows::Environment environment;
  EXPECT_EQ(windows::live_display_path("\\SystemRoot\\System32\\drivers\\a.sys", environment),
            "C:/Windows/System32/drivers/a.sys");
  EXPECT_EQ(windows::live_display_path("\\?\?\\D:\\a.sys", environment), "D:/a.sys");
  EXPECT_EQ(windows::live_display_path("\\Device\\HarddiskVolume9\\a.exe", environment),
            "/Device/HarddiskVolume9/a.exe");
  EXPECT_EQ(windows::live_display_path("Registry", environment), "Registry");
  EXPECT_TRUE(windows::is_temporary_place("C:/Users/a/AppData/Local/Temp/x.exe"));
  EXPECT_FALSE(windows::is_temporary_place("C:/Users/a/Templates/x.exe"));
  EXPECT_TRUE(windows::is_user_writable_place("C:/ProgramData/x/x.exe"));
  EXPECT_FALSE(windows::is_user_writable_place("C:/Program Files/x/x.exe"));
  EXPECT_TRUE(windows::may_be_same_file("\\Device\\HarddiskVolume3\\A\\b.EXE", "c:\\a\\B.exe"));
  EXPECT_FALSE(windows::may_be_same_file("\\Device\\HarddiskVolume3\\A\\c.exe", "C:\\A\\b.exe"));
  EXPECT_FALSE(windows::may_be_same_file("", "C:\\A\\b.exe"));
}

}  // namespace
}  // namespace konseki
