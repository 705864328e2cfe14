#include "agent/artifact/web/web_sites.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "konseki/artifact.h"
#include "tests/unit/artifact/memory_source.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using testing::MemoryFileSystem;
using testing::MemorySource;

class WebSites : public ::testing::Test {
 protected:
  MemoryFileSystem& linux_root() {
    MemoryFileSystem& root = source_.add(PathStyle::kPosix, "");
    root.add_file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    return root;
  }
  KnowledgeBase knowledge() { return build_knowledge_base(source_); }

  MemorySource source_;
};

TEST_F(WebSites, NginxWithIncludesFormatsAndVariables) {
  MemoryFileSystem& root = linux_root();
  root.add_file("etc/nginx/nginx.conf",
                "user www-data; # the account\n"
                "http {\n"
                "  log_format long escape=json '$remote_addr [$time_local] '\n"
                "                  '\"$request\" $status';\n"
                "  access_log /var/log/nginx/access.log;\n"
                "  include sites-enabled/*.conf;\n"
                "}\n");
  root.add_file("etc/nginx/sites-enabled/a.conf",
                "server { server_name a.example _; root /srv/a/public;\n"
                "  access_log logs/a.log long buffer=32k;\n"
                "  location /files/ { alias \"/data/up loads/\"; }\n"
                "  location ~ \\.php$ { fastcgi_pass unix:/run/php.sock; } }\n");
  root.add_file("etc/nginx/sites-enabled/b.conf",
                "server { root /srv/hosts/${host}/www; access_log off; }\n");
  const KnowledgeBase known = knowledge();
  ASSERT_EQ(known.host.web_sites.size(), 2u);
  const WebSite& a = known.host.web_sites[0];
  EXPECT_EQ(a.server, "nginx");
  EXPECT_EQ(a.user, "www-data");
  EXPECT_EQ(a.configuration, "/etc/nginx/sites-enabled/a.conf");
  EXPECT_THAT(a.names, ElementsAre("a.example"));
  EXPECT_THAT(a.roots, ElementsAre("/srv/a/public", "/data/up loads"));
  ASSERT_EQ(a.access_logs.size(), 1u);
  EXPECT_EQ(a.access_logs[0].path, "/usr/share/nginx/logs/a.log");
  EXPECT_EQ(a.access_logs[0].format, "$remote_addr [$time_local] \"$request\" $status");
  const WebSite& b = known.host.web_sites[1];
  EXPECT_THAT(b.roots, ElementsAre("/srv/hosts/*/www"));
  EXPECT_EQ(b.access_logs[0].path, "/var/log/nginx/access.log");
  EXPECT_THAT(known.variables.at("web.root"),
              ElementsAre("/data/up loads", "/srv/a/public", "/srv/hosts/*/www"));
  EXPECT_THAT(known.variables.at("web.log"),
              ElementsAre("/usr/share/nginx/logs/a*", "/var/log/nginx/access*"));
}

TEST_F(WebSites, ApacheWithEnvironmentDefinesAndPipes) {
  MemoryFileSystem& root = linux_root();
  root.add_file("etc/apache2/envvars",
                "export APACHE_RUN_USER=www-data\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX\n");
  root.add_file("etc/apache2/apache2.conf",
                "ServerRoot \"/etc/apache2\"\nUser ${APACHE_RUN_USER}\n"
                "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %O\" common\n"
                "IncludeOptional sites-enabled/*.conf\n");
  root.add_file("etc/apache2/sites-enabled/000.conf",
                "Define base /opt/shop\n"
                "<VirtualHost *:80>\n ServerName shop.example\n"
                " DocumentRoot ${base}/htdocs\n ScriptAlias /cgi-bin/ /usr/lib/cgi-bin/\n"
                " CustomLog ${APACHE_LOG_DIR}/shop.log common\n"
                " CustomLog \"|/usr/bin/rotatelogs /var/log/x.%Y 86400\" \\\n   \"%h %r\"\n"
                "</VirtualHost>\n");
  const KnowledgeBase known = knowledge();
  ASSERT_EQ(known.host.web_sites.size(), 1u);
  const WebSite& site = known.host.web_sites[0];
  EXPECT_EQ(site.user, "www-data");
  EXPECT_THAT(site.names, ElementsAre("shop.example"));
  EXPECT_THAT(site.roots, ElementsAre("/opt/shop/htdocs", "/usr/lib/cgi-bin"));
  ASSERT_EQ(site.access_logs.size(), 2u);
  EXPECT_EQ(site.access_logs[0].path, "/var/log/apache2/shop.log");
  EXPECT_EQ(site.access_logs[0].format, "%h %l %u %t \"%r\" %>s %O");
  EXPECT_EQ(site.access_logs[1].path, "/var/log/x.");
  EXPECT_EQ(site.access_logs[1].format, "%h %r");
}

TEST_F(WebSites, TomcatAndPhpFpm) {
  MemoryFileSystem& root = linux_root();
  root.add_file("etc/tomcat9/server.xml",
                "<Server><Service><Engine><Host name='localhost' appBase='webapps'>"
                "<Context docBase='/srv/app'/>"
                "<Valve className='org.apache.catalina.valves.AccessLogValve' directory='logs'"
                " prefix='localhost_access_log' suffix='.txt' pattern='common'/>"
                "</Host></Engine></Service></Server>");
  root.add_file("etc/php/8.2/fpm/pool.d/www.conf",
                "[global]\nuser = nobody\n[www]\nuser = web1\nchdir = /srv/$pool\n");
  const KnowledgeBase known = knowledge();
  ASSERT_EQ(known.host.web_sites.size(), 2u);
  EXPECT_THAT(known.host.web_sites[0].roots, ElementsAre("/var/lib/tomcat9/webapps", "/srv/app"));
  EXPECT_EQ(known.host.web_sites[0].access_logs[0].path,
            "/var/lib/tomcat9/logs/localhost_access_log.txt");
  EXPECT_EQ(known.host.web_sites[1].user, "web1");
  EXPECT_THAT(known.host.web_sites[1].roots, ElementsAre("/srv/www"));
}

TEST_F(WebSites, Iis) {
  MemoryFileSystem& volume = source_.add(PathStyle::kWindows, "C:");
  volume.add_file("Windows/System32/config/SOFTWARE", "");
  volume.add_directory("Users");
  volume.add_file("Windows/System32/inetsrv/config/applicationHost.config",
                  "<configuration><system.applicationHost><sites>"
                  "<site name='Default Web Site' id='1'><application path='/'>"
                  "<virtualDirectory path='/' physicalPath='%SystemDrive%\\inetpub\\wwwroot'/>"
                  "<virtualDirectory path='/d' physicalPath='D:\\data\\'/></application></site>"
                  "</sites></system.applicationHost></configuration>");
  const KnowledgeBase known = knowledge();
  ASSERT_EQ(known.host.web_sites.size(), 1u);
  EXPECT_THAT(known.host.web_sites[0].roots, ElementsAre("C:/inetpub/wwwroot", "D:/data"));
  EXPECT_EQ(known.host.web_sites[0].access_logs[0].path,
            "C:/inetpub/logs/LogFiles/W3SVC1/u_ex.log");
  EXPECT_THAT(known.variables.at("web.log"), ElementsAre("C:/inetpub/logs/LogFiles/W3SVC1/u_ex*"));
}

TEST_F(WebSites, HostileConfigurationsEnd) {
  MemoryFileSystem& root = linux_root();
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "server {";
  root.add_file("etc/nginx/nginx.conf", "include nginx.conf; include *;" + deep + " root /;");
  root.add_file("etc/apache2/apache2.conf",
                "Include apache2.conf\nInclude *\nDocumentRoot /\nCustomLog \"|\" x\nLogFormat \"");
  root.add_file("etc/tomcat9/server.xml", "<Server><Service><Engine><Host name='");
  const KnowledgeBase known = knowledge();
  EXPECT_THAT(known.variables.at("web.root"), ElementsAre("/var/lib/tomcat9/webapps"))
      << "a root that is the whole system counts for nothing";
  EXPECT_TRUE(std::any_of(known.gaps.begin(), known.gaps.end(), [](const auto& gap) {
    return gap.error.code == ErrorCode::kLimitExceeded;
  })) << "what was not read is said";
}

TEST_F(WebSites, AFolderThatIsNoSystemIsItsOwnRoot) {
  MemoryFileSystem& root = source_.add(PathStyle::kPosix, "");
  root.add_file("index.php", "x");
  EXPECT_THAT(knowledge().variables.at("web.root"), ElementsAre(""));
}

}  // namespace
}  // namespace konseki
