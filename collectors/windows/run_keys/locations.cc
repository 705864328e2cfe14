#include "collectors/windows/run_keys/locations.h"

#include <array>

namespace konseki::windows {
namespace {

#define WINDOWS "Microsoft/Windows/CurrentVersion/"
#define WINDOWS_NT "Microsoft/Windows NT/CurrentVersion/"

// clang-format off
constexpr auto kLocations = std::to_array<Location>({
    // Run keys
    {kEverySoftware, WINDOWS "Run", "*", "windows.run_key", "T1547.001", "logon"},
    {kEverySoftware, WINDOWS "RunOnce", "*", "windows.run_key", "T1547.001", "next logon, once"},
    {kEverySoftware, WINDOWS "RunOnce/Setup", "*", "windows.run_key", "T1547.001", "next logon, once"},
    {kEverySoftware, WINDOWS "RunOnceEx", "*", "windows.run_key", "T1547.001", "next logon, once"},
    {kEverySoftware, WINDOWS "RunOnceEx/*", "*", "windows.run_key", "T1547.001", "next logon, once"},
    {kEverySoftware, WINDOWS "RunOnceEx/*/Depend", "*", "windows.run_key", "T1547.001", "next logon, once", Holds::kModule},
    {kEverySoftware, WINDOWS "RunServices", "*", "windows.run_key", "T1547.001", "boot"},
    {kEverySoftware, WINDOWS "RunServicesOnce", "*", "windows.run_key", "T1547.001", "boot, once"},
    {kEverySoftware, WINDOWS "RunEx", "*", "windows.run_key", "T1547.001", "logon"},
    {kEverySoftware, WINDOWS "Policies/Explorer/Run", "*", "windows.run_key", "T1547.001", "logon"},
    {kEverySoftware, WINDOWS "Group Policy/Scripts/Startup/*/*", "Script", "windows.gpo_script", "T1037.001", "boot"},
    {kEverySoftware, WINDOWS "Group Policy/Scripts/Shutdown/*/*", "Script", "windows.gpo_script", "T1037.001", "shutdown"},
    {kEverySoftware, WINDOWS "Group Policy/Scripts/Logon/*/*", "Script", "windows.gpo_script", "T1037.001", "logon"},
    {kEverySoftware, WINDOWS "Group Policy/Scripts/Logoff/*/*", "Script", "windows.gpo_script", "T1037.001", "logoff"},
    {kMachine | kUserSoftware, "Policies/Microsoft/Windows/System/Scripts/*/*/*", "Script", "windows.gpo_script", "T1037.001", "boot or logon"},
    {kMachine | kUserSoftware, WINDOWS "Policies/System", "Shell", "windows.policy_shell", "T1547.001", "logon"},
    {kEverySoftware, WINDOWS_NT "Windows", "Load", "windows.run_key", "T1547.001", "logon", Holds::kCommands},
    {kEverySoftware, WINDOWS_NT "Windows", "Run", "windows.run_key", "T1547.001", "logon", Holds::kCommands},
    {kBothMachine, WINDOWS_NT "Terminal Server/Install/Software/" WINDOWS "Run*", "*", "windows.run_key", "T1547.001", "remote logon"},
    {kMachine | kUserSoftware, WINDOWS "Explorer/User Shell Folders", "*Startup", "windows.startup_folder", "T1547.001", "logon", Holds::kFile, "", "*\\start menu\\programs\\startup"},
    {kUserRoot, "Environment", "UserInitMprLogonScript", "windows.logon_script", "T1037.001", "logon"},
    {kUserRoot, "Control Panel/Desktop", "SCRNSAVE.EXE", "windows.screensaver", "T1546.002", "idle"},

    // Winlogon
    {kMachine | kUserSoftware, WINDOWS_NT "Winlogon", "Shell", "windows.winlogon", "T1547.004", "logon", Holds::kCommands},
    {kMachine | kUserSoftware, WINDOWS_NT "Winlogon", "Userinit", "windows.winlogon", "T1547.004", "logon", Holds::kCommands},
    {kMachine, WINDOWS_NT "Winlogon", "Taskman", "windows.winlogon", "T1547.004", "logon"},
    {kMachine, WINDOWS_NT "Winlogon", "System", "windows.winlogon", "T1547.004", "boot", Holds::kCommands},
    {kMachine, WINDOWS_NT "Winlogon", "VmApplet", "windows.winlogon", "T1547.004", "event: system settings", Holds::kCommands},
    {kMachine, WINDOWS_NT "Winlogon", "AppSetup", "windows.winlogon", "T1547.004", "remote logon", Holds::kCommands},
    {kMachine, WINDOWS_NT "Winlogon", "GinaDLL", "windows.winlogon", "T1547.004", "logon", Holds::kModule},
    {kMachine, WINDOWS_NT "Winlogon", "mpnotify", "windows.winlogon", "T1547.004", "logon"},
    {kMachine, WINDOWS_NT "Winlogon/AlternateShells/AvailableShells", "*", "windows.winlogon", "T1547.004", "logon", Holds::kCommands},
    {kMachine, WINDOWS_NT "Winlogon/Notify/*", "DLLName", "windows.winlogon_notify", "T1547.004", "logon", Holds::kModule},
    {kMachine, WINDOWS_NT "Winlogon/GPExtensions/*", "DllName", "windows.group_policy_extension", "T1547.004", "group policy", Holds::kModule},
    {kControlSet, "Control/SafeBoot", "AlternateShell", "windows.safeboot_shell", "T1547.001", "safe mode boot"},

    // Loaded into every process, or in place of another
    {kBothMachine, WINDOWS_NT "Windows", "AppInit_DLLs", "windows.appinit_dlls", "T1546.010", "process start", Holds::kModules, "LoadAppInit_DLLs"},
    {kControlSet, "Control/Session Manager/AppCertDlls", "*", "windows.appcert_dlls", "T1546.009", "process start", Holds::kFile},
    {kBothMachine, WINDOWS_NT "Image File Execution Options/*", "Debugger", "windows.ifeo_debugger", "T1546.012", "event: program start"},
    {kBothMachine, WINDOWS_NT "Image File Execution Options/*/*", "Debugger", "windows.ifeo_debugger", "T1546.012", "event: program start"},
    {kBothMachine, WINDOWS_NT "Image File Execution Options/*", "VerifierDlls", "windows.ifeo_verifier", "T1546.012", "event: program start", Holds::kFiles},
    {kBothMachine, WINDOWS_NT "SilentProcessExit/*", "MonitorProcess", "windows.silent_process_exit", "T1546.012", "event: program end"},
    {kBothMachine, WINDOWS_NT "AeDebug", "Debugger", "windows.aedebug", "T1546", "event: program crash"},
    {kBothMachine, WINDOWS_NT "AeDebugProtected", "Debugger", "windows.aedebug", "T1546", "event: program crash"},
    {kMachine, "Microsoft/Windows/Windows Error Reporting/Hangs", "Debugger", "windows.wer_debugger", "T1546", "event: program hang"},
    {kMachine, "Microsoft/Windows/Windows Error Reporting/Hangs", "ReflectDebugger", "windows.wer_debugger", "T1546", "event: program crash"},
    {kMachine | kUserSoftware, WINDOWS_NT "AppCompatFlags/InstalledSDB/*", "DatabasePath", "windows.shim_database", "T1546.011", "event: program start", Holds::kFile},
    {kMachine | kUserSoftware, "Microsoft/Command Processor", "AutoRun", "windows.command_processor", "T1546", "event: cmd.exe start"},
    {kBothMachine, "Microsoft/NetSh", "*", "windows.netsh_helper", "T1546.007", "event: netsh start", Holds::kModule},
    {kUserRoot, "Environment", "COR_PROFILER_PATH*", "windows.cor_profiler", "T1574.012", "event: .NET program start", Holds::kFile},
    {kUserRoot, "Environment", "CORECLR_PROFILER_PATH*", "windows.cor_profiler", "T1574.012", "event: .NET program start", Holds::kFile},
    {kUserRoot, "Environment", "COR_PROFILER", "windows.cor_profiler", "T1574.012", "event: .NET program start", Holds::kClass},
    {kUserRoot, "Environment", "DOTNET_STARTUP_HOOKS", "windows.dotnet_startup_hook", "T1574", "event: .NET program start", Holds::kFiles},
    {kControlSet, "Control/Session Manager/Environment", "COR_PROFILER_PATH*", "windows.cor_profiler", "T1574.012", "event: .NET program start", Holds::kFile},
    {kControlSet, "Control/Session Manager/Environment", "CORECLR_PROFILER_PATH*", "windows.cor_profiler", "T1574.012", "event: .NET program start", Holds::kFile},
    {kControlSet, "Control/Session Manager/Environment", "COR_PROFILER", "windows.cor_profiler", "T1574.012", "event: .NET program start", Holds::kClass},
    {kControlSet, "Control/Session Manager/Environment", "DOTNET_STARTUP_HOOKS", "windows.dotnet_startup_hook", "T1574", "event: .NET program start", Holds::kFiles},
    {kBothMachine, "Microsoft/.NETFramework", "DbgManagedDebugger", "windows.dotnet_debugger", "T1574", "event: .NET program crash"},

    // Boot and logon parts of the system
    {kControlSet, "Control/Session Manager", "BootExecute", "windows.boot_execute", "T1547.001", "boot", Holds::kCommands},
    {kControlSet, "Control/Session Manager", "SetupExecute", "windows.boot_execute", "T1547.001", "boot", Holds::kCommands},
    {kControlSet, "Control/Session Manager", "Execute", "windows.boot_execute", "T1547.001", "boot", Holds::kCommands},
    {kControlSet, "Control/Session Manager", "S0InitialCommand", "windows.boot_execute", "T1547.001", "boot", Holds::kCommands},
    {kControlSet, "Control/Session Manager", "PlatformExecute", "windows.boot_execute", "T1547.001", "boot", Holds::kCommands},
    {kSystemRoot, "Setup", "CmdLine", "windows.setup_command", "T1547.001", "boot"},
    {kControlSet, "Control/ServiceControlManagerExtension", "", "windows.scm_extension", "T1543.003", "boot", Holds::kModule},
    {kControlSet, "Control/BootVerificationProgram", "ImagePath", "windows.boot_verification", "T1547.001", "boot"},
    {kControlSet, "Control/Lsa", "Security Packages", "windows.lsa_security_package", "T1547.005", "boot", Holds::kModules},
    {kControlSet, "Control/Lsa/OSConfig", "Security Packages", "windows.lsa_security_package", "T1547.005", "boot", Holds::kModules},
    {kControlSet, "Control/Lsa", "Authentication Packages", "windows.lsa_authentication_package", "T1547.002", "boot", Holds::kModules},
    {kControlSet, "Control/Lsa", "Notification Packages", "windows.lsa_notification_package", "T1556.002", "password change", Holds::kModules},
    {kControlSet, "Control/LsaExtensionConfig/LsaSrv", "Extensions", "windows.lsa_extension", "T1547.008", "boot", Holds::kModules},
    {kControlSet, "Services/NTDS", "DirectoryServiceExtPt", "windows.lsass_driver", "T1547.008", "boot", Holds::kModule},
    {kControlSet, "Services/NTDS", "LsaDbExtPt", "windows.lsass_driver", "T1547.008", "boot", Holds::kModule},
    {kControlSet, "Control/SecurityProviders", "SecurityProviders", "windows.security_provider", "T1547.005", "boot", Holds::kModules},
    {kControlSet, "Control/SecurityProviders/SSP*", "*", "windows.security_provider", "T1547.005", "boot", Holds::kModules},
    {kControlSet, "Services/*/NetworkProvider", "ProviderPath", "windows.network_provider", "T1556.008", "logon", Holds::kFile},
    {kControlSet, "Control/Print/Monitors/*", "Driver", "windows.print_monitor", "T1547.010", "boot", Holds::kModule},
    {kControlSet, "Control/Print/Environments/*/Print Processors/*", "Driver", "windows.print_processor", "T1547.012", "boot", Holds::kModule},
    {kControlSet, "Control/Print/Providers/*", "Name", "windows.print_provider", "T1547.012", "boot", Holds::kModule},
    {kControlSet, "Services/W32Time/TimeProviders/*", "DllName", "windows.time_provider", "T1547.003", "boot", Holds::kModule, "Enabled"},
    {kControlSet, "Services/DNS/Parameters", "ServerLevelPluginDll", "windows.dns_plugin", "T1574.001", "boot", Holds::kFile},
    {kControlSet, "Services/WinSock2/Parameters", "AutodialDLL", "windows.winsock_autodial", "T1574.001", "event: network use", Holds::kModule},
    {kControlSet, "Services/SNMP/Parameters/ExtensionAgents", "*", "windows.snmp_agent", "T1574.001", "boot", Holds::kSwitch},
    {kControlSet, "Control/Terminal Server/WinStations/*", "InitialProgram", "windows.terminal_server", "T1547.001", "remote logon"},
    {kControlSet, "Control/Terminal Server/Wds/rdpwd", "StartupPrograms", "windows.terminal_server", "T1547.001", "remote logon", Holds::kCommands},
    {kControlSet, "Control/Terminal Server/AddIns/*", "Name", "windows.terminal_server", "T1547.001", "remote logon", Holds::kFile},
    {kUserSoftware, "Microsoft/Terminal Server Client/Default/AddIns/*", "Name", "windows.terminal_server", "T1547.001", "event: outgoing remote desktop", Holds::kFile},
    {kMachine, "Policies/Microsoft/Windows NT/Terminal Services", "InitialProgram", "windows.terminal_server", "T1547.001", "remote logon"},
    {kBothMachine, "Microsoft/Active Setup/Installed Components/*", "StubPath", "windows.active_setup", "T1547.014", "first logon of each user"},
    {kMachine, WINDOWS "Authentication/Credential Providers/*", "", "windows.credential_provider", "T1556", "logon", Holds::kKeyClass},
    {kMachine, WINDOWS "Authentication/Credential Provider Filters/*", "", "windows.credential_provider", "T1556", "logon", Holds::kKeyClass},
    {kMachine, WINDOWS "Authentication/PLAP Providers/*", "", "windows.credential_provider", "T1556", "logon", Holds::kKeyClass},
    {kMachine, "Microsoft/AMSI/Providers/*", "", "windows.amsi_provider", "T1546.015", "event: script run", Holds::kKeyClass},
    {kMachine, "Microsoft/Cryptography/Offload", "ExpoOffload", "windows.crypto_offload", "T1574.001", "boot", Holds::kModule},
    {kMachine, "Microsoft/MSDTC/MTxOCI", "Oracle*Lib", "windows.msdtc", "T1574.001", "boot", Holds::kModule},

    // Accessibility tools
    {kMachine, WINDOWS_NT "Accessibility/ATs/*", "StartExe", "windows.accessibility", "T1546.008", "event: accessibility tool"},
    {kMachine, WINDOWS_NT "Accessibility/ATs/*", "ATExe", "windows.accessibility", "T1546.008", "event: accessibility tool"},
    {kMachine | kUserSoftware, WINDOWS_NT "Accessibility", "Configuration", "windows.accessibility", "T1546.008", "logon", Holds::kSwitch},

    // Explorer
    {kBothMachine | kUserSoftware, WINDOWS "ShellServiceObjectDelayLoad", "*", "windows.explorer_object", "T1546.015", "logon", Holds::kClass},
    {kBothMachine | kUserSoftware, WINDOWS "Explorer/SharedTaskScheduler", "*", "windows.explorer_object", "T1546.015", "logon", Holds::kSwitch},
    {kBothMachine | kUserSoftware, WINDOWS "Explorer/ShellExecuteHooks", "*", "windows.explorer_object", "T1546.015", "event: program start", Holds::kSwitch},
    {kBothMachine | kUserSoftware, WINDOWS "Explorer/Browser Helper Objects/*", "", "windows.browser_helper_object", "T1176", "event: browser start", Holds::kKeyClass},
    {kMachine, WINDOWS "Explorer/VolumeCaches/*", "", "windows.volume_cache", "T1546.015", "event: disk clean-up", Holds::kClass},

    // Classes of one user shadow those of the machine
    {kUserClassesRoot, "CLSID/*/InprocServer32", "", "windows.com_hijack", "T1546.015", "event: COM use", Holds::kFile},
    {kUserClassesRoot, "CLSID/*/LocalServer32", "", "windows.com_hijack", "T1546.015", "event: COM use"},
    {kUserClassesRoot, "CLSID/*/TreatAs", "", "windows.com_hijack", "T1546.015", "event: COM use", Holds::kClass},
    {kUserClassesRoot, "CLSID/*/ScriptletURL", "", "windows.com_hijack", "T1546.015", "event: COM use", Holds::kSwitch},
    {kUserClassesRoot, "Wow6432Node/CLSID/*/InprocServer32", "", "windows.com_hijack", "T1546.015", "event: COM use", Holds::kFile},
    {kUserClassesRoot, "Wow6432Node/CLSID/*/LocalServer32", "", "windows.com_hijack", "T1546.015", "event: COM use"},
    {kUserClassesRoot, "*/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open", Holds::kCommand, "", "\"*\\system32\\launchwinapp.exe\" *"},
    {kUserClassesRoot, "*/shell/open/command", "DelegateExecute", "windows.file_association", "T1546.001", "event: file open", Holds::kClass, "", "{4ed3a719-cea8-4bd9-910d-e252f997afc2}"},
    {kUserSoftware, "Classes/CLSID/*/InprocServer32", "", "windows.com_hijack", "T1546.015", "event: COM use", Holds::kFile},
    {kUserSoftware, "Classes/CLSID/*/LocalServer32", "", "windows.com_hijack", "T1546.015", "event: COM use"},
    {kMachineClasses, "exefile/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open", Holds::kCommand, "", "\"%1\" *"},
    {kMachineClasses, "comfile/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open", Holds::kCommand, "", "\"%1\" *"},
    {kMachineClasses, "batfile/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open", Holds::kCommand, "", "\"%1\" *"},
    {kMachineClasses, "cmdfile/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open", Holds::kCommand, "", "\"%1\" *"},
    {kMachineClasses, "piffile/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open", Holds::kCommand, "", "\"%1\" *"},
    {kMachineClasses, "scrfile/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open", Holds::kCommand, "", "\"%1\" *"},
    {kMachineClasses, "htafile/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open"},
    {kMachineClasses, "txtfile/shell/open/command", "", "windows.file_association", "T1546.001", "event: file open"},

    // Office
    {kEverySoftware, "Microsoft/Office test/Special/Perf", "", "windows.office_test", "T1137.002", "event: Office start", Holds::kFile},
    {kEverySoftware, "Microsoft/Office/*/Addins/*", "Manifest", "windows.office_addin", "T1137.006", "event: Office start", Holds::kSwitch},
    {kEverySoftware, "Microsoft/Office/*/Addins/*", "FileName", "windows.office_addin", "T1137.006", "event: Office start", Holds::kFile},
    {kEverySoftware, "Microsoft/Office/*/Addins/*", "LoadBehavior", "windows.office_addin", "T1137.006", "event: Office start", Holds::kKeyName},
    {kUserSoftware, "Microsoft/Office/*/Excel/Options", "OPEN*", "windows.office_addin", "T1137.006", "event: Excel start"},
    {kUserSoftware, "Microsoft/Office/*/Outlook/WebView/*", "URL", "windows.outlook_home_page", "T1137.004", "event: Outlook folder open", Holds::kSwitch},
    {kUserSoftware, "Microsoft/Office/*/Word/Options", "GlobalDotName", "windows.office_template", "T1137.001", "event: Word start", Holds::kFile},
    {kUserSoftware, "Microsoft/VBA/VBE/*/Addins*/*", "LoadBehavior", "windows.office_addin", "T1137.006", "event: Office start", Holds::kKeyName},

    // Others
    {kMachine, "Clients/Mail/*", "DLLPath*", "windows.mapi_dll", "T1574.001", "event: mail use", Holds::kFile},
    {kMachine | kUserSoftware, "Microsoft/HtmlHelp Author", "location", "windows.html_help", "T1574.001", "event: help open", Holds::kFile},
    {kUserSoftware, "Microsoft/Internet Explorer/UrlSearchHooks", "*", "windows.browser_helper_object", "T1176", "event: browser start", Holds::kSwitch, "", "{cfbfae00-17a6-11d0-99cb-00c04fd64497}"},
    {kBothMachine, "Microsoft/Internet Explorer/Extensions/*", "Exec", "windows.browser_helper_object", "T1176", "event: browser button"},
    {kMachine, WINDOWS_NT "Drivers32", "*", "windows.codec", "T1547.001", "event: sound or video use", Holds::kModule},
    {kMachine, WINDOWS_NT "Font Drivers", "*", "windows.font_driver", "T1547.001", "boot", Holds::kModule},
});
// clang-format on

#undef WINDOWS
#undef WINDOWS_NT

}  // namespace

std::span<const Location> autostart_locations() { return kLocations; }

}  // namespace konseki::windows
