// Files that an application's own list does not name.
#include "agent/match/webshell/release_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::webshell {
namespace {

class ReleaseManifestTest : public ::testing::Test {
 protected:
  bool is_strange(const std::string& path) {
    PathSpec address;
    address.path = path;
    const auto witness = manifests_.witness_of(address);
    if (!witness) return false;
    EXPECT_EQ(witness->name, "file.not_of_release");
    EXPECT_FALSE(witness->text.ja.empty());
    EXPECT_EQ(witness->addresses.size(), 1U);
    list_ = witness->addresses.empty() ? "" : witness->addresses[0].path;
    return true;
  }

  ReleaseManifests manifests_;
  std::string list_;  // that speaks of the last strange file
};

TEST_F(ReleaseManifestTest, NothingWithoutAList) {
  EXPECT_FALSE(is_strange("/var/www/vendor/a/b/c.php"));
  manifests_.see("/var/www/readme.json", R"({"name": "a/b"})");
  EXPECT_EQ(manifests_.count(), 0U);
}

TEST_F(ReleaseManifestTest, Composer) {
  EXPECT_TRUE(ReleaseManifests::is_manifest("/var/www/vendor/composer/installed.json"));
  manifests_.see("/var/www/vendor/composer/installed.json",
                 R"({"packages": [{"name": "Symfony\/console", "version": "v6.1",
                     "authors": [{"name": "A B"}], "install-path": "../symfony/console"},
                    {"name": "drupal/core", "install-path": "../../web/core"},
                    {"name": "composer/ca-bundle"}], "dev": true})");
  EXPECT_FALSE(is_strange("/var/www/vendor/symfony/console/Application.php"));
  EXPECT_FALSE(is_strange("/var/www/vendor/composer/ClassLoader.php"));
  EXPECT_FALSE(is_strange("/var/www/vendor/composer/ca-bundle/src/CaBundle.php"));
  EXPECT_FALSE(is_strange("/var/www/vendor/autoload.php"));
  EXPECT_FALSE(is_strange("/var/www/vendor/autoload_runtime.php"));
  EXPECT_FALSE(is_strange("/var/www/vendor/bin/console"));
  EXPECT_FALSE(is_strange("/var/www/index.php"));
  EXPECT_TRUE(is_strange("/var/www/vendor/symfony/consol/x.php"));
  EXPECT_EQ(list_, "/var/www/vendor/composer/installed.json");
  EXPECT_TRUE(is_strange("/var/www/vendor/a.php"));
  EXPECT_TRUE(is_strange("/var/www/vendor/symfony/a.php"));
}

TEST_F(ReleaseManifestTest, SignedLists) {
  const std::string digest(128, 'a');
  manifests_.see("/srv/cloud/core/signature.json",
                 R"({"hashes": {"core\/js\/a.php": ")" + digest + R"(", "lib/base.php": ")" +
                     digest + R"(", "index.php": ")" + digest + R"("}, "signature": "x"})");
  EXPECT_FALSE(is_strange("/srv/cloud/core/js/a.php"));
  EXPECT_FALSE(is_strange("/srv/cloud/core/signature.json"));
  EXPECT_FALSE(is_strange("/srv/cloud/config/config.php"));
  EXPECT_FALSE(is_strange("/srv/cloud/index.php"));
  EXPECT_TRUE(is_strange("/srv/cloud/core/js/b.php"));
  EXPECT_TRUE(is_strange("/srv/cloud/x.php"));
  EXPECT_FALSE(is_strange("/srv/cloud/robots.txt"));
  // An app has a list of its own, and its folder is nobody else's.
  EXPECT_FALSE(is_strange("/srv/cloud/apps/mail/lib/x.php"));
  manifests_.see("/srv/cloud/apps/mail/appinfo/signature.json",
                 R"({"hashes": {"lib/Mail.php": ")" + digest + R"("}})");
  EXPECT_TRUE(is_strange("/srv/cloud/apps/mail/lib/x.php"));
  EXPECT_FALSE(is_strange("/srv/cloud/apps/mail/lib/Mail.php"));
}

TEST_F(ReleaseManifestTest, NamesInTheRootOfWordPress) {
  manifests_.see("/var/www/wp-includes/version.php", "<?php $wp_version = '6.1';");
  EXPECT_FALSE(is_strange("/var/www/wp-login.php"));
  EXPECT_FALSE(is_strange("/var/www/wp-config.php"));
  EXPECT_FALSE(is_strange("/var/www/own.php"));
  EXPECT_FALSE(is_strange("/var/www/wp-content/plugins/a/wp-x.php"));
  EXPECT_TRUE(is_strange("/var/www/wp-logln.php"));
  EXPECT_TRUE(is_strange("/var/www/WP-Cache1.PHP"));
}

TEST_F(ReleaseManifestTest, JoomlaOnWindows) {
  manifests_.see("C:/inetpub/wwwroot/administrator/manifests/files/joomla.xml",
                 "<extension><fileset><files><folder>administrator</folder>"
                 "<file>index.php</file><file>htaccess.txt</file></files></fileset></extension>");
  EXPECT_FALSE(is_strange("C:/inetpub/wwwroot/Index.php"));
  EXPECT_FALSE(is_strange("C:/inetpub/wwwroot/configuration.php"));
  EXPECT_FALSE(is_strange("C:/inetpub/wwwroot/web.config"));
  EXPECT_TRUE(is_strange("C:/inetpub/wwwroot/about.php"));
}

TEST_F(ReleaseManifestTest, DamagedAndHostileListsSayNothing) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("\"name\""), std::string("\"name\": \"a/b"),
        std::string("\"\\"), std::string(100'000, '"'), std::string("{\"packages\": []}")}) {
    manifests_.see("/var/www/vendor/composer/installed.json", text);
    manifests_.see("/var/www/core/signature.json", text);
    manifests_.see("/var/www/administrator/manifests/files/joomla.xml", text + "<file>");
  }
  EXPECT_FALSE(is_strange("/var/www/vendor/a/b/c.php"));
  std::string huge = "{";
  for (std::size_t i = 0; i <= ReleaseManifests::kMostNames; ++i) {
    huge += "\"name\":\"a/" + std::to_string(i) + "\",";
  }
  manifests_.see("/var/www/vendor/composer/installed.json", huge);
  EXPECT_FALSE(is_strange("/var/www/vendor/x/y/c.php")) << "a list that is cut proves nothing";
  for (std::size_t i = 0; i < ReleaseManifests::kMostManifests + 5; ++i) {
    manifests_.see("/w" + std::to_string(i) + "/wp-includes/version.php", "$wp_version");
  }
  EXPECT_LE(manifests_.count(), ReleaseManifests::kMostManifests);
  EXPECT_GE(manifests_.left_out(), 5U);
}

}  // namespace
}  // namespace konseki::webshell
