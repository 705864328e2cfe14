#include "collectors/linux/startup/startup_place.h"

#include <array>

namespace konseki {
namespace {

// A single file.
struct Known {
  std::string_view path;
  StartupPlace place;
};

// Every file of a folder whose name ends so; `deep`: of the folders below too.
struct Folder {
  std::string_view path;
  std::string_view suffix;
  bool deep;
  StartupPlace place;
};

// A file below any home.
struct HomeFile {
  std::string_view path;
  StartupPlace place;
};

constexpr StartupPlace script(std::string_view mechanism, std::string_view technique,
                              std::string_view trigger) {
  return {StartupForm::kScript, mechanism, technique, trigger, {}};
}

constexpr StartupPlace of(StartupForm form, std::string_view mechanism, std::string_view technique,
                          std::string_view trigger) {
  return {form, mechanism, technique, trigger, {}};
}

constexpr StartupPlace kRcLocal = script("linux.rc_local", "T1037.004", "boot");
constexpr StartupPlace kInitScript = script("linux.init_script", "T1037.004", "boot, per runlevel");
constexpr StartupPlace kLoginShell = script("linux.shell_profile", "T1546.004", "login shell");
constexpr StartupPlace kShell = script("linux.shell_profile", "T1546.004", "interactive shell");
constexpr StartupPlace kLogout = script("linux.shell_profile", "T1546.004", "end of a login shell");
constexpr StartupPlace kXSession = script("linux.x_session", "T1547.013", "graphical logon");
constexpr StartupPlace kNetwork = script("linux.network_hook", "T1546", "network change");
constexpr StartupPlace kBootImage =
    script("linux.boot_image_hook", "T1542", "build of the initramfs");
constexpr StartupPlace kSshRc = script("linux.ssh_rc", "T1546.004", "ssh logon");
constexpr StartupPlace kModule =
    of(StartupForm::kModules, "linux.kernel_module", "T1547.006", "boot");
constexpr StartupPlace kModprobeRule =
    of(StartupForm::kModprobe, "linux.modprobe", "T1547.006", "loading of the module");
constexpr StartupPlace kUdevRule =
    of(StartupForm::kUdev, "linux.udev", "T1546.017", "device event");
constexpr StartupPlace kAutostart =
    of(StartupForm::kDesktop, "linux.xdg_autostart", "T1547.013", "graphical logon");
constexpr StartupPlace kPamRule = of(StartupForm::kPam, "linux.pam", "T1556.003", "authentication");
constexpr StartupPlace kApt =
    of(StartupForm::kAptConf, "linux.apt_hook", "T1546.016", "package management");
constexpr StartupPlace kGrubDefault =
    of(StartupForm::kGrub, "linux.boot_parameter", "T1542", "boot");
constexpr StartupPlace kSshdRule = of(StartupForm::kSshd, "linux.sshd", "T1098.004", "ssh logon");
constexpr StartupPlace kGit =
    of(StartupForm::kGitConfig, "linux.git_config", "T1546", "use of git");

constexpr auto kFiles = std::to_array<Known>({
    {"/etc/rc.local", kRcLocal},
    {"/etc/rc.d/rc.local", kRcLocal},
    {"/etc/inittab", of(StartupForm::kInittab, "linux.inittab", "T1037", "boot")},
    {"/etc/ld.so.preload",
     of(StartupForm::kPreload, "linux.ld_preload", "T1574.006", "start of every program")},
    {"/etc/modules", kModule},
    {"/etc/modprobe.conf", kModprobeRule},
    {"/etc/profile", kLoginShell},
    {"/etc/bash.bashrc", kShell},
    {"/etc/bashrc", kShell},
    {"/etc/bash.bash_logout", kLogout},
    {"/etc/zshenv", kShell},
    {"/etc/zshrc", kShell},
    {"/etc/zprofile", kLoginShell},
    {"/etc/zsh/zshenv", kShell},
    {"/etc/zsh/zshrc", kShell},
    {"/etc/zsh/zprofile", kLoginShell},
    {"/etc/zsh/zlogin", kLoginShell},
    {"/etc/csh.cshrc", kShell},
    {"/etc/csh.login", kLoginShell},
    {"/etc/fish/config.fish", kShell},
    {"/etc/ssh/sshrc", kSshRc},
    {"/etc/ssh/sshd_config", kSshdRule},
    {"/etc/pam.conf", kPamRule},
    {"/etc/apt/apt.conf", kApt},
    {"/etc/gitconfig", kGit},
    {"/etc/default/grub", kGrubDefault},
});

constexpr auto kFolders = std::to_array<Folder>({
    {"/etc/init.d/", "", false, kInitScript},
    {"/etc/rc.d/init.d/", "", false, kInitScript},
    {"/etc/profile.d/", "", false, kLoginShell},
    {"/etc/fish/conf.d/", ".fish", false, kShell},
    {"/etc/update-motd.d/", "", false, script("linux.motd", "T1037", "logon")},
    {"/etc/X11/Xsession.d/", "", false, kXSession},
    {"/etc/X11/xinit/xinitrc.d/", "", false, kXSession},
    {"/etc/NetworkManager/dispatcher.d/", "", true, kNetwork},
    {"/usr/lib/NetworkManager/dispatcher.d/", "", true, kNetwork},
    {"/etc/networkd-dispatcher/", "", true, kNetwork},
    {"/etc/network/if-up.d/", "", false, kNetwork},
    {"/etc/network/if-down.d/", "", false, kNetwork},
    {"/etc/network/if-pre-up.d/", "", false, kNetwork},
    {"/etc/network/if-post-down.d/", "", false, kNetwork},
    {"/etc/dhcp/dhclient-enter-hooks.d/", "", false, kNetwork},
    {"/etc/dhcp/dhclient-exit-hooks.d/", "", false, kNetwork},
    {"/etc/ppp/ip-up.d/", "", false, kNetwork},
    {"/etc/ppp/ip-down.d/", "", false, kNetwork},
    {"/etc/initramfs-tools/hooks/", "", false, kBootImage},
    {"/etc/initramfs-tools/scripts/", "", true, script("linux.initramfs", "T1542", "boot")},
    {"/usr/lib/dracut/modules.d/", ".sh", true, kBootImage},
    {"/etc/kernel/postinst.d/", "", false,
     script("linux.kernel_hook", "T1546.016", "installation of a kernel")},
    {"/etc/pm/sleep.d/", "", false, script("linux.sleep_hook", "T1546", "suspend and resume")},
    {"/etc/acpi/", ".sh", true, script("linux.acpi_hook", "T1546", "ACPI event")},
    {"/etc/modules-load.d/", ".conf", false, kModule},
    {"/usr/lib/modules-load.d/", ".conf", false, kModule},
    {"/usr/local/lib/modules-load.d/", ".conf", false, kModule},
    {"/run/modules-load.d/", ".conf", false, kModule},
    {"/etc/modprobe.d/", ".conf", false, kModprobeRule},
    {"/usr/lib/modprobe.d/", ".conf", false, kModprobeRule},
    {"/lib/modprobe.d/", ".conf", false, kModprobeRule},
    {"/run/modprobe.d/", ".conf", false, kModprobeRule},
    {"/etc/udev/rules.d/", ".rules", false, kUdevRule},
    {"/run/udev/rules.d/", ".rules", false, kUdevRule},
    {"/usr/lib/udev/rules.d/", ".rules", false, kUdevRule},
    {"/usr/local/lib/udev/rules.d/", ".rules", false, kUdevRule},
    {"/lib/udev/rules.d/", ".rules", false, kUdevRule},
    {"/etc/xdg/autostart/", ".desktop", false, kAutostart},
    {"/usr/share/autostart/", ".desktop", false, kAutostart},
    {"/usr/share/gnome/autostart/", ".desktop", false, kAutostart},
    {"/etc/dbus-1/system-services/", ".service", false,
     of(StartupForm::kDbus, "linux.dbus", "T1543", "call on the system bus")},
    {"/usr/share/dbus-1/system-services/", ".service", false,
     of(StartupForm::kDbus, "linux.dbus", "T1543", "call on the system bus")},
    {"/usr/local/share/dbus-1/system-services/", ".service", false,
     of(StartupForm::kDbus, "linux.dbus", "T1543", "call on the system bus")},
    {"/usr/share/dbus-1/services/", ".service", false,
     of(StartupForm::kDbus, "linux.dbus", "T1543", "call on the session bus")},
    {"/etc/pam.d/", "", false, kPamRule},
    {"/usr/lib/pam.d/", "", false, kPamRule},
    {"/etc/apt/apt.conf.d/", "", false, kApt},
    {"/etc/default/grub.d/", ".cfg", false, kGrubDefault},
    {"/etc/ssh/sshd_config.d/", ".conf", false, kSshdRule},
});

constexpr auto kHomeFiles = std::to_array<HomeFile>({
    {"/.bashrc", kShell},          {"/.bash_profile", kLoginShell},
    {"/.bash_login", kLoginShell}, {"/.profile", kLoginShell},
    {"/.bash_logout", kLogout},    {"/.bash_aliases", kShell},
    {"/.zshrc", kShell},           {"/.zshenv", kShell},
    {"/.zprofile", kLoginShell},   {"/.zlogin", kLoginShell},
    {"/.zlogout", kLogout},        {"/.kshrc", kShell},
    {"/.cshrc", kShell},           {"/.tcshrc", kShell},
    {"/.login", kLoginShell},      {"/.config/fish/config.fish", kShell},
    {"/.xprofile", kXSession},     {"/.xsession", kXSession},
    {"/.xsessionrc", kXSession},   {"/.xinitrc", kXSession},
    {"/.ssh/rc", kSshRc},          {"/.gitconfig", kGit},
    {"/.config/git/config", kGit},
});

constexpr auto kHomeFolders = std::to_array<Folder>({
    {"/.config/autostart/", ".desktop", false, kAutostart},
    {"/.local/share/autostart/", ".desktop", false, kAutostart},
    {"/.config/autostart-scripts/", "", false, kXSession},
    {"/.config/fish/conf.d/", ".fish", false, kShell},
    {"/.local/share/dbus-1/services/", ".service", false,
     of(StartupForm::kDbus, "linux.dbus", "T1543", "call on the session bus")},
});

bool is_ignored(std::string_view name) {
  return name.empty() || name == "README" || name == ".placeholder" || name == ".gitignore" ||
         name.ends_with(".sample");
}

bool in_folder(const Folder& folder, std::string_view rest) {
  if (!folder.deep && rest.find('/') != std::string_view::npos) return false;
  return rest.ends_with(folder.suffix);
}

// PATH/.git/hooks/NAME or PATH.git/hooks/NAME.
bool is_git_hook(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view folder = path.substr(0, slash);
  return folder.ends_with(".git/hooks");
}

std::optional<StartupPlace> home_place(std::string_view path) {
  for (const HomeFile& file : kHomeFiles) {
    if (!path.ends_with(file.path) || path.size() == file.path.size()) continue;
    StartupPlace place = file.place;
    place.home = path.substr(0, path.size() - file.path.size());
    // The skeleton of homes to come is nobody's.
    if (place.home == "/etc/skel" || place.home.starts_with("/usr/share/")) return std::nullopt;
    return place;
  }
  for (const Folder& folder : kHomeFolders) {
    const std::size_t at = path.find(folder.path);
    if (at == std::string_view::npos || at == 0) continue;
    if (!in_folder(folder, path.substr(at + folder.path.size()))) continue;
    StartupPlace place = folder.place;
    place.home = path.substr(0, at);
    return place;
  }
  return std::nullopt;
}

}  // namespace

std::optional<StartupPlace> startup_place(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (is_ignored(name)) return std::nullopt;
  for (const Known& known : kFiles) {
    if (path == known.path) return known.place;
  }
  for (const Folder& folder : kFolders) {
    if (path.starts_with(folder.path) && in_folder(folder, path.substr(folder.path.size()))) {
      return folder.place;
    }
  }
  if (is_git_hook(path)) return script("linux.git_hook", "T1546", "use of git");
  if (path.ends_with("/.git/config")) return kGit;
  return home_place(path);
}

}  // namespace konseki
