#include <bzlib.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <variant>

#include "agent/base/line_reader.h"
#include "agent/base/memory_reader.h"
#include "collectors/common/logs/log_family.h"
#include "collectors/web/access_log/access_log_file.h"
#include "collectors/web/access_log/schema.h"

namespace konseki {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Parsed {
  std::vector<Record> requests;
  std::vector<Record> logs;
  Result<void> result;
};

Parsed parse(const std::string& content, const std::vector<ConfiguredFormat>& formats = {},
             std::string_view path = "/var/log/nginx/access.log") {
  Parsed out;
  SpanReader reader(bytes_of(content));
  out.result = parse_access_log(reader, path, formats, [&](Record&& record) {
    (&record.schema() == &kWebAccessSchema ? out.requests : out.logs).push_back(std::move(record));
  });
  return out;
}

std::string text_of(const Record& record, std::string_view field) {
  const auto* text = std::get_if<std::string>(&record.get(field));
  return text ? *text : "";
}

std::string time_of(const Record& record, std::string_view field) {
  const auto* time = std::get_if<Timestamp>(&record.get(field));
  return time ? time->iso8601() : "";
}

std::uint64_t number_of(const Record& record, std::string_view field) {
  const auto* number = std::get_if<std::uint64_t>(&record.get(field));
  return number ? *number : 0;
}

TEST(WebAccessLog, CombinedLineIsReadWhole) {
  const Parsed parsed = parse(
      "192.0.2.7 - alice [02/Jan/2026:03:04:05 +0900] \"POST /up/a%20b.php?c=%77hoami HTTP/1.1\" "
      "200 17 \"http://x.example/\" \"agent \\\"quoted\\\"\"\n");
  ASSERT_EQ(parsed.requests.size(), 1u);
  const Record& record = parsed.requests[0];
  EXPECT_EQ(time_of(record, "time"), "2026-01-01T18:04:05.000000000Z");
  EXPECT_EQ(text_of(record, "client"), "192.0.2.7");
  EXPECT_EQ(text_of(record, "user"), "alice");
  EXPECT_EQ(text_of(record, "method"), "POST");
  EXPECT_EQ(text_of(record, "path"), "/up/a b.php");
  EXPECT_EQ(text_of(record, "query"), "c=whoami");
  EXPECT_EQ(text_of(record, "target"), "/up/a%20b.php?c=%77hoami");
  EXPECT_EQ(number_of(record, "http_status"), 200u);
  EXPECT_EQ(number_of(record, "bytes"), 17u);
  EXPECT_EQ(text_of(record, "user_agent"), "agent \"quoted\"");
  ASSERT_EQ(parsed.logs.size(), 1u);
  EXPECT_EQ(number_of(parsed.logs[0], "requests"), 1u);
  EXPECT_EQ(parsed.logs[0].status, ParseStatus::kComplete);
}

TEST(WebAccessLog, UsualFormatsMixInOneFile) {
  const Parsed parsed = parse(
      "::1 - - [02/Jan/2026:03:04:05 +0000] \"GET / HTTP/1.0\" 304 -\n"
      "site.example:443 192.0.2.9 - - [02/Jan/2026:03:04:06 +0000] \"GET /x HTTP/2.0\" 200 5 \"-\" "
      "\"-\"\n"
      "192.0.2.9 - - [02/Jan/2026:03:04:07 +0000] \"\\x16\\x03\\x01\" 400 166 \"-\" \"-\"\n"
      "nonsense\n");
  ASSERT_EQ(parsed.requests.size(), 4u);
  EXPECT_EQ(text_of(parsed.requests[1], "host"), "site.example");
  EXPECT_EQ(text_of(parsed.requests[2], "path"), "\x16\x03\x01");
  EXPECT_EQ(parsed.requests[3].status, ParseStatus::kCorrupt);
  EXPECT_EQ(text_of(parsed.requests[3], "raw"), "nonsense");
  EXPECT_EQ(number_of(parsed.logs[0], "unreadable"), 1u);
  EXPECT_EQ(parsed.logs[0].status, ParseStatus::kPartial);
}

TEST(WebAccessLog, W3cColumnsMayChangeAndPlusIsABlank) {
  const Parsed parsed = parse(
      "#Software: Microsoft Internet Information Services 10.0\r\n"
      "#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) sc-status\r\n"
      "2026-05-03 00:00:01 GET /a.aspx z=1 192.0.2.1 Mozilla/5.0+(X) 200\r\n"
      "#Fields: date time c-ip cs-uri-stem time-taken\r\n"
      "2026-05-03 00:00:02 192.0.2.2 /b.aspx 15\r\n"
      "2026-05-03 00:00:02 cut\r\n",
      {}, "C:/inetpub/logs/LogFiles/W3SVC1/u_ex260503.log");
  ASSERT_EQ(parsed.requests.size(), 3u);
  EXPECT_EQ(text_of(parsed.requests[0], "user_agent"), "Mozilla/5.0 (X)");
  EXPECT_EQ(text_of(parsed.requests[0], "query"), "z=1");
  EXPECT_EQ(time_of(parsed.requests[1], "time"), "2026-05-03T00:00:02.000000000Z");
  EXPECT_EQ(number_of(parsed.requests[1], "duration_microseconds"), 15000u);
  EXPECT_EQ(parsed.requests[2].status, ParseStatus::kCorrupt);
  EXPECT_EQ(text_of(parsed.logs[0], "rotation"), "260503");
}

TEST(WebAccessLog, FormatsOfTheConfigurationComeFirst) {
  const std::string json =
      R"({"t":"$time_iso8601","from":"$remote_addr","q":"$request","s":$status})";
  const std::vector<ConfiguredFormat> formats = {{json, AccessFormat::nginx(json)}};
  ASSERT_TRUE(formats[0].format.useful());
  const Parsed parsed =
      parse(R"({"t":"2026-01-02T03:04:05+00:00","from":"192.0.2.3","q":"GET /a HTTP/1.1","s":404})"
            "\n",
            formats);
  ASSERT_EQ(parsed.requests.size(), 1u);
  EXPECT_EQ(text_of(parsed.requests[0], "path"), "/a");
  EXPECT_EQ(number_of(parsed.requests[0], "http_status"), 404u);
  EXPECT_EQ(text_of(parsed.logs[0], "format_from"), "configuration");

  const AccessFormat apache =
      AccessFormat::apache("%{X-Forwarded-For}i %{%Y-%m-%dT%H:%M:%S%z}t \\\"%m %U%q\\\" %>s %D");
  AccessClock clock;
  AccessLine line;
  ASSERT_TRUE(apache.read("192.0.2.1 2026-01-02T03:04:05+0000 \"GET /x?y=1\" 200 12", clock, line));
  EXPECT_EQ(line.target, "/x?y=1");
  EXPECT_EQ(line.forwarded_for, "192.0.2.1");
  EXPECT_FALSE(AccessFormat::apache("%h%u %t %r").read("a b [c] d", clock, line))
      << "two fields with nothing between them cannot be told apart";
  const AccessFormat apart = AccessFormat::apache("%a %{%F %T}t \\\"%m %U\\\" %>s %D");
  line = {};
  ASSERT_TRUE(apart.read("192.0.2.1 2026-01-02 03:04:05 \"GET /x\" 200 12", clock, line));
  EXPECT_EQ(line.duration_microseconds, 12u);
}

TEST(WebAccessLog, OtherFilesAreRefused) {
  EXPECT_FALSE(parse("hello\nworld\n").result);
  EXPECT_TRUE(parse("").result);
  EXPECT_TRUE(parse("").logs.empty());
}

TEST(WebAccessLog, CompressedAndDamaged) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += "192.0.2." + std::to_string(i % 250) + " - - [02/Jan/2026:03:04:05 +0000] \"GET /" +
            std::to_string(i * 7919) + " HTTP/1.1\" 200 5 \"-\" \"a\"\n";
  }
  const std::string packed = gzip(text) + gzip(text);
  const Parsed whole = parse(packed, {}, "/var/log/nginx/access.log.2.gz");
  EXPECT_EQ(whole.requests.size(), 10000u);
  EXPECT_EQ(text_of(whole.logs[0], "family"), "/var/log/nginx/access.log");
  EXPECT_EQ(whole.requests[9999].source.range->offset + whole.requests[9999].source.range->length,
            text.size() * 2);
  const Parsed cut = parse(packed.substr(0, packed.size() / 3));
  EXPECT_GT(cut.requests.size(), 100u);
  ASSERT_EQ(cut.logs.size(), 1u);
  EXPECT_EQ(cut.logs[0].status, ParseStatus::kCorrupt);
}

std::string bzip2(std::string text) {
  std::string out(text.size() + 1000, '\0');
  auto size = static_cast<unsigned>(out.size());
  BZ2_bzBuffToBuffCompress(out.data(), &size, text.data(), static_cast<unsigned>(text.size()), 9, 0,
                           0);
  out.resize(size);
  return out;
}

std::string xz(const std::string& text) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nullptr,
                          reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                          reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size());
  out.resize(size);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

TEST(WebAccessLog, EveryCompressionOfRotatedLogs) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "192.0.2.1 - - [02/Jan/2026:10:00:00 +0000] \"GET /" + std::to_string(i) +
            ".php HTTP/1.1\" 200 12 \"-\" \"x\"\n";
  }
  for (const auto& compress : {gzip, zstd, xz}) {
    const std::string whole = compress(text);
    EXPECT_EQ(parse(whole).requests.size(), 20'000U);
    // Several streams behind each other, as "cat a.gz b.gz" makes them.
    EXPECT_EQ(parse(whole + compress(text)).requests.size(), 40'000U);
    const Parsed cut = parse(whole.substr(0, whole.size() / 2));
    ASSERT_EQ(cut.logs.size(), 1U);
    EXPECT_EQ(cut.logs[0].status, ParseStatus::kCorrupt);
    EXPECT_NE(cut.logs[0].note.find("ends early"), std::string::npos) << cut.logs[0].note;
    EXPECT_GT(cut.requests.size(), 100U);
  }
  EXPECT_EQ(parse(bzip2(text) + bzip2(text)).requests.size(), 40'000U);
  for (const auto& compress : {gzip, zstd, xz}) {
    std::string damaged = compress(text);
    for (std::size_t i = damaged.size() / 2; i < damaged.size() / 2 + 40; ++i) damaged[i] ^= 0x55;
    parse(damaged);
  }
}

TEST(WebAccessLog, ObjectsByTheNamesOfTheirMembers) {
  const Parsed nginx = parse(
      "{\"time_local\":\"02/Jan/2026:10:00:00 "
      "+0900\",\"remote_addr\":\"192.0.2.7\",\"request\":\"POST "
      "/up/x.php?c=id%20-a "
      "HTTP/1.1\",\"status\":\"200\",\"body_bytes_sent\":\"34\",\"http_referer\":"
      "\"-\",\"http_user_agent\":\"curl \\\"8\\\"\",\"http_x_forwarded_for\":\"198.51.100.1\","
      "\"request_time\":\"0.250\"}\n",
      {}, "/var/log/nginx/access.json");
  ASSERT_EQ(nginx.requests.size(), 1U);
  const Record& record = nginx.requests[0];
  EXPECT_EQ(time_of(record, "time"), "2026-01-02T01:00:00.000000000Z");
  EXPECT_EQ(text_of(record, "client"), "192.0.2.7");
  EXPECT_EQ(text_of(record, "method"), "POST");
  EXPECT_EQ(text_of(record, "path"), "/up/x.php");
  EXPECT_EQ(text_of(record, "query"), "c=id -a");
  EXPECT_EQ(number_of(record, "http_status"), 200U);
  EXPECT_EQ(number_of(record, "bytes"), 34U);
  EXPECT_EQ(text_of(record, "referer"), "");
  EXPECT_EQ(text_of(record, "user_agent"), "curl \"8\"");

  const Parsed caddy = parse(
      "{\"level\":\"info\",\"ts\":1767348010.25,\"request\":{\"remote_ip\":\"192.0.2.8\","
      "\"method\":"
      "\"GET\",\"host\":\"a.example\",\"uri\":\"/"
      "y.php?z=1\",\"headers\":{\"User-Agent\":[\"bot\"]}},"
      "\"duration\":0.01,\"size\":7,\"status\":404}\n");
  ASSERT_EQ(caddy.requests.size(), 1U);
  EXPECT_EQ(time_of(caddy.requests[0], "time"), "2026-01-02T10:00:10.250000000Z");
  EXPECT_EQ(text_of(caddy.requests[0], "path"), "/y.php");
  EXPECT_EQ(text_of(caddy.requests[0], "client"), "192.0.2.8");
  EXPECT_EQ(number_of(caddy.requests[0], "http_status"), 404U);

  const Parsed wrapped = parse(
      "{\"log\":\"192.0.2.9 - - [02/Jan/2026:10:00:00 +0000] \\\"GET /w HTTP/1.1\\\" 200 1 "
      "\\\"-\\\" \\\"x\\\"\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-02T10:00:01Z\"}\n");
  ASSERT_EQ(wrapped.requests.size(), 1U);
  EXPECT_EQ(text_of(wrapped.requests[0], "path"), "/w");

  for (const char* other :
       {"{}\n", "{\"time\":\"x\"}\n", "{\"uri\":\"/x\"}\n", "{\n", "{\"log\":\"x\"}\n"}) {
    EXPECT_TRUE(parse(other).requests.empty()) << other;
  }
  std::string deep = "{\"request\":";
  for (int i = 0; i < 10'000; ++i) deep += "{\"a\":";
  parse(deep + "\n");
}

TEST(WebAccessLog, LongLinesAreBounded) {
  const std::string line = "192.0.2.1 - - [02/Jan/2026:03:04:05 +0000] \"GET / HTTP/1.1\" 200 5\n";
  const std::string text = line + std::string(3 << 20, 'x') + "\n" + line + std::string(70000, 'y');
  const Parsed parsed = parse(text);
  EXPECT_EQ(number_of(parsed.logs[0], "requests"), 2u);
  EXPECT_EQ(number_of(parsed.logs[0], "unreadable"), 2u);
  EXPECT_EQ(parsed.requests[1].source.range->length, (3u << 20) + 1);
  EXPECT_EQ(text_of(parsed.requests[1], "raw").size(), 1024u);
}

TEST(LineReader, EndsOfLinesAndTheLimit) {
  const std::string text = "a\r\n\nlong line\nlast";
  SpanReader reader(bytes_of(text));
  LineReader lines(reader, 4);
  std::vector<std::string> seen;
  TextLine line;
  while (*lines.next(line)) seen.push_back(std::string(line.text) + (line.cut ? "+" : ""));
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "", "long+", "last"}));
}

TEST(LineReader, BombsAreRefused) {
  const std::string bomb = gzip(std::string(std::size_t{200} << 20, 'x'));
  SpanReader reader(bytes_of(bomb));
  LineReader lines(reader);
  TextLine line;
  Result<bool> more = true;
  while (more && *more) more = lines.next(line);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kLimitExceeded);
}

TEST(LogFamily, RotationsOfOneLogBelongTogether) {
  const auto family = [](std::string_view path) { return log_family(path).family; };
  for (const char* path : {"/l/access.log", "/l/access.log.1", "/l/access.log.12.gz",
                           "/l/access.log-20260102.gz", "/l/access-20260102.log"}) {
    EXPECT_EQ(family(path), "/l/access.log") << path;
  }
  EXPECT_EQ(family("/t/localhost_access_log.2026-01-02.txt"), "/t/localhost_access_log.txt");
  EXPECT_EQ(log_family("/t/localhost_access_log.2026-01-02.txt").rotation, "20260102");
  EXPECT_EQ(family("C:/x/u_ex260102.log"), "C:/x/u_ex.log");
  EXPECT_EQ(family("/l/site2.log"), "/l/site2.log");
}

}  // namespace
}  // namespace konseki
