// The collectors of live Windows state, all but windows.processes, over a made-up Windows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/windows/security_products/exclusion_signs.h"
#include "konseki/collector.h"
#include "tests/support/fake_live_host.h"
#include "tests/support/fake_windows_state.h"

namespace konseki {

std::unique_ptr<Collector> make_windows_dns_cache();
std::unique_ptr<Collector> make_windows_mounted_volumes();
std::unique_ptr<Collector> make_windows_network();
std::unique_ptr<Collector> make_windows_processes();
std::unique_ptr<Collector> make_windows_security_products();
std::unique_ptr<Collector> make_windows_service_states();
std::unique_ptr<Collector> make_windows_sessions();
std::unique_ptr<Collector> make_windows_sockets();
std::unique_ptr<Collector> make_windows_system();

namespace {

using testing::CapturingSink;
using testing::FakeWindowsHost;
using testing::field_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CapturingSink observe(std::unique_ptr<Collector> collector, FakeWindowsHost& host) {
  CapturingSink sink;
  collector->begin({});
  EXPECT_TRUE(collector->observe(host, sink));
  return sink;
}

IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  IpAddress address;
  address.bytes = {a, b, c, d};
  return address;
}

Error denied() { return {ErrorCode::kPermissionDenied, "denied", {}}; }

TEST(WindowsSockets, TellsOwnersAndWhatIsOdd) {
  FakeWindowsHost host;
  host.state.socket_list = std::vector<WindowsSocket>{
      {.protocol = "tcp", .state = "LISTEN", .local_port = 445, .pid = 4, .process = "System"},
      {.protocol = "tcp",
       .state = "ESTABLISHED",
       .local = v4(10, 0, 0, 5),
       .local_port = 49700,
       .remote = v4(203, 0, 113, 9),
       .remote_port = 4444,
       .pid = 900,
       .process = "powershell.exe",
       .created = Timestamp::from_unix(1'700'000'000)},
      {.protocol = "tcp",
       .state = "ESTABLISHED",
       .local = v4(127, 0, 0, 1),
       .local_port = 1,
       .remote = v4(127, 0, 0, 1),
       .remote_port = 2,
       .pid = 901,
       .process = "powershell.exe"},
      {.protocol = "udp", .state = "UNCONN", .local_port = 53, .pid = 902},
      {.protocol = "tcp", .state = "TIME_WAIT", .local_port = 3, .remote = v4(1, 2, 3, 4)}};
  const CapturingSink sink = observe(make_windows_sockets(), host);
  const Record& shell = sink.find("windows.socket", "pid", "900");
  EXPECT_EQ(field_text(shell, "remote_address"), "203.0.113.9");
  EXPECT_EQ(field_text(shell, "remote_port"), "4444");
  EXPECT_EQ(field_text(shell, "created"), "2023-11-14T22:13:20.000000000Z");
  EXPECT_EQ(field_text(shell, "signs"), "command_interpreter");
  EXPECT_EQ(field_text(sink.find("windows.socket", "pid", "901"), "signs"), "");
  EXPECT_EQ(field_text(sink.find("windows.socket", "pid", "902"), "signs"), "no_owner");
  const Record& waiting = sink.find("windows.socket", "state", "TIME_WAIT");
  EXPECT_EQ(field_text(waiting, "signs"), "");
  EXPECT_EQ(field_text(waiting, "pid"), "");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(WindowsSockets, ATableThatIsRefusedIsAGap) {
  FakeWindowsHost host;
  host.state.refused = {{"socket table", "tcp6", denied()}};
  const CapturingSink sink = observe(make_windows_sockets(), host);
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "socket table");
}

TEST(WindowsDnsCache, TellsNamesAndAnswers) {
  FakeWindowsHost host;
  host.state.dns_list = std::vector<WindowsDnsEntry>{
      {.name = "pool.example", .type = 1, .data = {"203.0.113.9"}, .seconds_left = 60},
      {.name = "gone.example", .type = 28},
      {.name = "odd.example", .type = 999}};
  const CapturingSink sink = observe(make_windows_dns_cache(), host);
  EXPECT_EQ(sink.json("windows.dns_cache"),
            "{\"schema\":\"windows.dns_cache\",\"name\":\"pool.example\",\"type\":\"A\",\"data\":["
            "\"203.0.113.9\"],\"seconds_left\":60}\n"
            "{\"schema\":\"windows.dns_cache\",\"name\":\"gone.example\",\"type\":\"AAAA\"}\n"
            "{\"schema\":\"windows.dns_cache\",\"name\":\"odd.example\",\"type\":\"type_999\"}\n");
}

TEST(WindowsNetwork, NamesInterfacesAndSeesSharedHardwareAddresses) {
  FakeWindowsHost host;
  host.state.adapter_list =
      std::vector<WindowsAdapter>{{.id = "{A}",
                                   .name = "Ethernet",
                                   .index = 7,
                                   .type = 6,
                                   .status = 1,
                                   .mtu = 1500,
                                   .mac = {0, 0x1b, 0x21, 1, 2, 3},
                                   .addresses = {{v4(192, 168, 1, 20), 24}},
                                   .gateways = {v4(192, 168, 1, 1)},
                                   .name_servers = {v4(192, 168, 1, 1), v4(8, 8, 8, 8)}}};
  const std::vector<std::uint8_t> attacker{2, 2, 2, 2, 2, 2};
  host.state.neighbour_list = std::vector<WindowsNeighbour>{
      {.address = v4(192, 168, 1, 1), .mac = attacker, .interface_index = 7, .state = "reachable"},
      {.address = v4(192, 168, 1, 66), .mac = attacker, .interface_index = 7, .state = "stale"}};
  host.state.route_list = std::vector<WindowsRoute>{
      {.gateway = v4(192, 168, 1, 1), .interface_index = 7, .metric = 25, .protocol = 3},
      {.destination = v4(10, 0, 0, 0), .prefix_length = 8, .interface_index = 9, .protocol = 2}};
  const CapturingSink sink = observe(make_windows_network(), host);
  const Record& adapter = sink.find("windows.interface", "name", "Ethernet");
  EXPECT_EQ(field_text(adapter, "mac_address"), "00:1b:21:01:02:03");
  EXPECT_EQ(field_text(adapter, "name_servers"), "192.168.1.1|8.8.8.8");
  EXPECT_EQ(field_text(adapter, "state"), "up");
  const Record& address = sink.find("windows.address", "address", "192.168.1.20");
  EXPECT_EQ(field_text(address, "interface"), "Ethernet");
  const Record& gateway = sink.find("windows.neighbour", "address", "192.168.1.1");
  EXPECT_EQ(field_text(gateway, "signs"), "gateway_shares_mac");
  EXPECT_EQ(field_text(sink.find("windows.neighbour", "address", "192.168.1.66"), "signs"), "");
  const Record& route = sink.find("windows.route", "gateway", "192.168.1.1");
  EXPECT_EQ(field_text(route, "interface"), "Ethernet");
  EXPECT_EQ(field_text(route, "kind"), "static");
  EXPECT_EQ(field_text(sink.find("windows.route", "kind", "local"), "interface"), "interface 9");
}

TEST(WindowsNetwork, OneListingThatFailsLeavesTheOthers) {
  FakeWindowsHost host;
  host.state.neighbour_list = fail(ErrorCode::kIoError, "broken");
  host.state.route_list = std::vector<WindowsRoute>{{.metric = 1}};
  const CapturingSink sink = observe(make_windows_network(), host);
  EXPECT_EQ(sink.count("windows.route"), 1U);
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "neighbours (ARP)");
}

TEST(WindowsSessions, TellsThreeKinds) {
  FakeWindowsHost host;
  host.state.terminal_list =
      std::vector<WindowsTerminalSession>{{.id = 2,
                                           .station = "RDP-Tcp#3",
                                           .user = "CORP\\mika",
                                           .state = "active",
                                           .client_name = "ATTACKER",
                                           .client_address = v4(198, 51, 100, 7),
                                           .started = Timestamp::from_unix(1'700'000'000)}};
  host.state.logon_list = std::vector<WindowsLogon>{
      {.id = 0x3e7, .sid = "S-1-5-18", .type = 0},
      {.id = 0x123456, .user = "CORP\\mika", .sid = "S-1-5-21-9", .type = 10, .package = "NTLM"}};
  host.state.share_list = std::vector<WindowsShareSession>{{"\\\\10.0.0.9", "admin", 100, 5}};
  const CapturingSink sink = observe(make_windows_sessions(), host);
  const Record& terminal = sink.find("windows.session", "kind", "terminal");
  EXPECT_EQ(field_text(terminal, "remote_address"), "198.51.100.7");
  EXPECT_EQ(field_text(terminal, "remote"), "true");
  const Record& system = sink.find("windows.session", "id", "0x3e7");
  EXPECT_EQ(field_text(system, "user"), "NT AUTHORITY\\SYSTEM");
  EXPECT_EQ(field_text(system, "type"), "system");
  EXPECT_EQ(field_text(system, "remote"), "false");
  const Record& remote = sink.find("windows.session", "id", "0x123456");
  EXPECT_EQ(field_text(remote, "type"), "remote_interactive");
  EXPECT_EQ(field_text(remote, "remote"), "true");
  EXPECT_EQ(field_text(sink.find("windows.session", "kind", "share"), "remote_host"), "10.0.0.9");
}

TEST(WindowsSessions, NoServerServiceIsNoGapButARefusalIs) {
  FakeWindowsHost host;
  host.is_privileged = false;
  host.state.share_list = fail(ErrorCode::kUnsupported, "not running");
  EXPECT_THAT(observe(make_windows_sessions(), host).gaps, IsEmpty());
  host.state.share_list = fail(denied());
  const CapturingSink sink = observe(make_windows_sessions(), host);
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "sessions on file shares");
  EXPECT_FALSE(sink.gaps[0].error.advice.empty());
}

TEST(WindowsServiceStates, TellsHiddenAndOddServices) {
  const std::string base = "SYSTEM\\CurrentControlSet\\Services\\";
  FakeWindowsHost host;
  host.state.service_list = std::vector<WindowsService>{
      {.name = "Dnscache",
       .type = 0x20,
       .state = 4,
       .pid = 130,
       .start = 2,
       .image_path = "C:\\Windows\\system32\\svchost.exe -k NetworkService -p",
       .account = "NT AUTHORITY\\NetworkService"},
      {.name = "updater",
       .type = 0x10,
       .state = 4,
       .start = 2,
       .image_path = "C:\\Windows\\Temp\\u.exe"},
      {.name = "shell", .type = 0x10, .state = 1, .start = 3, .image_path = "%COMSPEC% /c start x"},
      {.name = "gone", .type = 0x10, .state = 4, .start = 2, .image_path = "C:\\a\\b.exe"},
      {.name = "secret", .type = 0x10, .state = 4},
      {.name = "disk",
       .type = 1,
       .state = 4,
       .start = 0,
       .image_path = "System32\\drivers\\disk.sys"}};
  for (const char* name : {"Dnscache", "updater", "shell", "secret", "disk"}) {
    host.state.add_key(base + name);
  }
  host.state.set_text(base + "dnscache\\Parameters", "ServiceDll",
                      "%SystemRoot%\\System32\\dnsrslvr.dll");
  host.state.set_number(base + "rootkit", "Type", 0x10);
  host.state.set_number(base + "rootkit", "Start", 2);
  host.state.set_text(base + "rootkit", "ImagePath", "C:\\ProgramData\\r.exe");
  host.state.set_number(base + "CDPUserSvc", "Type", 0x60);  // a template: not listed anyway
  host.state.set_text(base + "CDPUserSvc", "ImagePath", "svchost.exe -k x");
  host.state.set_text(base + "Counters", "Library", "x.dll");  // settings only
  host.state.refused = {{"service settings", "secret", denied()}};
  const CapturingSink sink = observe(make_windows_service_states(), host);
  EXPECT_EQ(sink.count("windows.service_state"), 7U);
  auto service = [&](const char* name) -> const Record& {
    return sink.find("windows.service_state", "name", name);
  };
  EXPECT_EQ(field_text(service("Dnscache"), "target"), "C:/Windows/System32/dnsrslvr.dll");
  EXPECT_EQ(field_text(service("Dnscache"), "state"), "running");
  EXPECT_EQ(field_text(service("Dnscache"), "start"), "auto");
  EXPECT_EQ(field_text(service("Dnscache"), "signs"), "");
  EXPECT_EQ(field_text(service("updater"), "signs"), "program_in_temporary_place");
  EXPECT_EQ(field_text(service("shell"), "signs"), "command_interpreter");
  EXPECT_EQ(field_text(service("gone"), "signs"), "settings_gone");
  EXPECT_EQ(service("secret").status, ParseStatus::kPartial);
  EXPECT_EQ(field_text(service("disk"), "target"), "C:/Windows/System32/drivers/disk.sys");
  EXPECT_EQ(field_text(service("rootkit"), "state"), "unlisted");
  EXPECT_EQ(field_text(service("rootkit"), "signs"),
            "hidden_from_manager|program_in_user_writable_place");
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "service settings");
}

TEST(WindowsServiceStates, ClosedRegistryHidesNothingAndShowsNothing) {
  FakeWindowsHost host;
  host.state.service_list =
      std::vector<WindowsService>{{.name = "a", .type = 0x10, .state = 4, .start = 2}};
  host.state.deny_key("SYSTEM\\CurrentControlSet\\Services");
  const CapturingSink sink = observe(make_windows_service_states(), host);
  EXPECT_EQ(field_text(sink.find("windows.service_state", "name", "a"), "signs"), "");
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "registry keys of services");
}

TEST(WindowsServiceStates, TellsDriversInMemory) {
  FakeWindowsHost host;
  host.state.driver_list =
      std::vector<WindowsDriver>{{"\\SystemRoot\\system32\\ntoskrnl.exe", 100, 0},
                                 {"\\?\?\\C:\\Users\\a\\AppData\\Local\\Temp\\x.sys", 100, 1},
                                 {"\\?\?\\C:\\vuln.sys", 100, 2}};
  const CapturingSink sink = observe(make_windows_service_states(), host);
  EXPECT_EQ(field_text(sink.find("windows.driver", "name", "ntoskrnl.exe"), "signs"), "");
  EXPECT_EQ(field_text(sink.find("windows.driver", "name", "x.sys"), "signs"),
            "driver_in_temporary_place");
  EXPECT_EQ(field_text(sink.find("windows.driver", "name", "vuln.sys"), "signs"),
            "driver_outside_windows");
}

TEST(WindowsMountedVolumes, TellsVolumesAndLettersWithoutOne) {
  FakeWindowsHost host;
  host.state.volume_list = std::vector<WindowsVolume>{
      {.name = "\\\\?\\Volume{1}\\",
       .device = "\\Device\\HarddiskVolume3",
       .points = {"C:\\"},
       .drive_type = 3,
       .file_system = "NTFS",
       .label = "OS",
       .serial = 0x1a2b,
       .size = 100,
       .free = 10,
       .read_only = false},
      {.name = "\\\\?\\Volume{2}\\",
       .device = "\\Device\\HarddiskVolume1",
       .drive_type = 3,
       .file_system = "NTFS"},
      {.device = "\\?\?\\C:\\secret", .points = {"X:\\"}, .drive_type = 3},
      {.device = "\\Device\\LanmanRedirector\\;Z:0\\server\\share",
       .points = {"Z:\\"},
       .drive_type = 4}};
  const CapturingSink sink = observe(make_windows_mounted_volumes(), host);
  const Record& system = sink.find("windows.mounted_volume", "points", "C:/");
  EXPECT_EQ(field_text(system, "id"), "Volume{1}");
  EXPECT_EQ(field_text(system, "serial"), "00001a2b");
  EXPECT_EQ(field_text(system, "kind"), "fixed");
  EXPECT_EQ(field_text(system, "signs"), "");
  EXPECT_EQ(field_text(sink.find("windows.mounted_volume", "id", "Volume{2}"), "signs"),
            "not_mounted");
  const Record& letter = sink.find("windows.mounted_volume", "points", "X:/");
  EXPECT_EQ(field_text(letter, "device"), "C:/secret");
  EXPECT_EQ(field_text(letter, "signs"), "substituted");
  EXPECT_EQ(field_text(sink.find("windows.mounted_volume", "points", "Z:/"), "kind"), "network");
}

TEST(WindowsSystem, TellsTheClockAndWhatVouchesForIt) {
  FakeWindowsHost host;
  ClockState clock;
  clock.now = Timestamp::from_unix(1'700'000'000);
  clock.time_zone = "Tokyo Standard Time";
  clock.utc_offset_seconds = 9 * 3600;
  host.state.clock_state = clock;
  const std::string service = "SYSTEM\\CurrentControlSet\\Services\\W32Time\\";
  host.state.set_text(service + "Parameters", "Type", "NTP");
  host.state.set_text(service + "Parameters", "NtpServer", "time.windows.com,0x9");
  host.state.set_filetime(service + "Config", "LastKnownGoodTime", 133'444'736'000'000'000);
  host.state.set_number("SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation",
                        "RealTimeIsUniversal", 1);
  host.state.service_list = std::vector<WindowsService>{{.name = "W32Time", .state = 1}};
  const CapturingSink sink = observe(make_windows_system(), host);
  const Record& record = sink.find("windows.clock", "time_zone", "Tokyo Standard Time");
  EXPECT_EQ(field_text(record, "utc_offset_seconds"), "32400");
  EXPECT_EQ(field_text(record, "service_state"), "stopped");
  EXPECT_EQ(field_text(record, "synchronises_with"), "NTP");
  EXPECT_EQ(field_text(record, "servers"), "time.windows.com,0x9");
  EXPECT_EQ(field_text(record, "last_synchronised"), "2023-11-14T22:13:20.000000000Z");
  EXPECT_EQ(field_text(record, "hardware_clock_local"), "false");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(WindowsSystem, TellsDefencesThatAreOff) {
  FakeWindowsHost host;
  host.state.set_number("SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System",
                        "EnableLUA", 0);
  host.state.set_number("SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\WDigest",
                        "UseLogonCredential", 1);
  const std::string firewall =
      "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\";
  host.state.set_number(firewall + "PublicProfile", "EnableFirewall", 0);
  host.state.set_number(firewall + "DomainProfile", "EnableFirewall", 0);
  // The policy switches it on again.
  host.state.set_number("SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile",
                        "EnableFirewall", 1);
  const std::string version = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
  host.state.set_number(version, "CurrentMajorVersionNumber", 10);
  host.state.set_number(version, "CurrentMinorVersionNumber", 0);
  host.state.set_text(version, "CurrentBuildNumber", "19045");
  host.state.set_number(version, "UBR", 3693);
  const CapturingSink sink = observe(make_windows_system(), host);
  const Record& record = sink.find("windows.system", "version", "10.0.19045.3693");
  EXPECT_EQ(field_text(record, "firewall_off"), "public");
  EXPECT_EQ(field_text(record, "signs"), "uac_off|wdigest_on|firewall_off");
}

TEST(WindowsSecurityProducts, TellsProductsExclusionsAndWhatIsOff) {
  const std::string defender = "SOFTWARE\\Microsoft\\Windows Defender";
  const std::string policy = "SOFTWARE\\Policies\\Microsoft\\Windows Defender";
  FakeWindowsHost host;
  const std::string provider = "SOFTWARE\\Microsoft\\Security Center\\Provider\\Av\\{D}";
  host.state.set_text(provider, "DISPLAYNAME", "Windows Defender");
  host.state.set_number(provider, "STATE", 0x60100);
  host.state.set_number(defender + "\\Exclusions\\Paths", "C:\\", 0);
  host.state.set_number(defender + "\\Exclusions\\Extensions", "exe", 0);
  host.state.set_number(policy + "\\Exclusions\\Processes", "powershell.exe", 0);
  host.state.set_text(policy + "\\Threats\\ThreatIDDefaultAction", "2147519003", "6");
  host.state.set_number(defender + "\\Real-Time Protection", "DisableRealtimeMonitoring", 1);
  host.state.set_number(defender + "\\Real-Time Protection", "DisableIOAVProtection", 0);
  host.state.set_number(defender + "\\Spynet", "SpyNetReporting", 0);
  host.state.set_number(defender + "\\Features", "TamperProtection", 4);
  host.state.service_list = std::vector<WindowsService>{
      {.name = "WinDefend", .type = 0x10, .state = 1, .start = 2}, {.name = "Spooler", .state = 4}};
  const CapturingSink sink = observe(make_windows_security_products(), host);
  const Record& product = sink.find("windows.security_product", "name", "Windows Defender");
  EXPECT_EQ(field_text(product, "state"), "off");
  EXPECT_EQ(field_text(product, "up_to_date"), "true");
  EXPECT_EQ(field_text(product, "signs"), "product_off");
  EXPECT_EQ(field_text(sink.find("windows.security_product", "kind", "service"), "signs"),
            "product_off");
  EXPECT_EQ(sink.count("windows.security_product"), 2U);
  const std::string schema = "windows.security_exclusion";
  EXPECT_EQ(sink.count(schema), 4U);
  EXPECT_EQ(field_text(sink.find(schema, "kind", "path"), "signs"), "excludes_whole_drive");
  EXPECT_EQ(field_text(sink.find(schema, "kind", "extension"), "signs"), "excludes_programs");
  const Record& interpreter = sink.find(schema, "kind", "process");
  EXPECT_EQ(field_text(interpreter, "origin"), "policy");
  EXPECT_EQ(field_text(interpreter, "signs"), "excludes_command_interpreter");
  EXPECT_EQ(field_text(sink.find(schema, "kind", "threat"), "value"), "2147519003");
  const std::string setting = "windows.security_setting";
  EXPECT_EQ(sink.count(setting), 3U);
  EXPECT_EQ(field_text(sink.find(setting, "setting", "DisableRealtimeMonitoring"), "signs"),
            "protection_off");
  EXPECT_EQ(field_text(sink.find(setting, "setting", "SpyNetReporting"), "signs"), "");
  EXPECT_EQ(field_text(sink.find(setting, "setting", "TamperProtection"), "signs"),
            "tamper_protection_off");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(WindowsSecurityProducts, ClosedExclusionsAreAGapAndNotNone) {
  const std::string paths = "SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths";
  FakeWindowsHost host;
  host.is_privileged = false;
  host.state.deny_key(paths);
  const CapturingSink sink = observe(make_windows_security_products(), host);
  EXPECT_EQ(sink.count("windows.security_exclusion"), 0U);
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "registry keys of Microsoft Defender");
  EXPECT_THAT(sink.gaps[0].error.detail, HasSubstr(paths));
}

TEST(WindowsSecurityProducts, RanksExclusions) {
  using ::testing::ElementsAre;
  using windows::exclusion_signs;
  EXPECT_THAT(exclusion_signs("path", "C:\\*"), ElementsAre("excludes_whole_drive"));
  EXPECT_THAT(exclusion_signs("path", "*"), ElementsAre("excludes_whole_drive"));
  EXPECT_THAT(exclusion_signs("path", "C:\\Windows\\Temp"),
              ElementsAre("excludes_temporary_place"));
  EXPECT_THAT(exclusion_signs("path", "%TEMP%"), ElementsAre("excludes_temporary_place"));
  EXPECT_THAT(exclusion_signs("path", "C:\\ProgramData"),
              ElementsAre("excludes_user_writable_place"));
  EXPECT_THAT(exclusion_signs("path", "D:\\Database"), IsEmpty());
  EXPECT_THAT(exclusion_signs("extension", ".PS1"), ElementsAre("excludes_programs"));
  EXPECT_THAT(exclusion_signs("extension", "mdf"), IsEmpty());
  EXPECT_THAT(exclusion_signs("threat", "2147519003"), IsEmpty());
}

TEST(WindowsLive, EveryCollectorStandsAnEmptyHostAndFailingListings) {
  for (const auto make :
       {make_windows_dns_cache, make_windows_mounted_volumes, make_windows_network,
        make_windows_processes, make_windows_security_products, make_windows_service_states,
        make_windows_sessions, make_windows_sockets, make_windows_system}) {
    FakeWindowsHost host;
    const auto collector = make();
    collector->begin({});
    CapturingSink empty;
    EXPECT_TRUE(collector->observe(host, empty)) << collector->info().name;
    const auto broken = [](auto& list) { list = fail(ErrorCode::kIoError, "broken"); };
    broken(host.state.process_list);
    broken(host.state.socket_list);
    broken(host.state.dns_list);
    broken(host.state.adapter_list);
    broken(host.state.route_list);
    broken(host.state.neighbour_list);
    broken(host.state.terminal_list);
    broken(host.state.logon_list);
    broken(host.state.share_list);
    broken(host.state.service_list);
    broken(host.state.driver_list);
    broken(host.state.volume_list);
    broken(host.state.machine_facts);
    broken(host.state.clock_state);
    CapturingSink sink;
    const auto again = make();
    again->begin({});
    const auto observed = again->observe(host, sink);
    EXPECT_TRUE(!observed || !sink.gaps.empty()) << again->info().name;
    testing::FakeLiveHost other;
    EXPECT_EQ(again->observe(other, sink).error().code, ErrorCode::kUnsupported);
  }
}

}  // namespace
}  // namespace konseki
