#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/check.hpp"
#include "chassis/service/api_headers.hpp"

namespace {

using namespace waybill;

http::Request with(std::string_view name, std::string_view value) {
    http::Request request;
    request.headers.add(name, value);
    return request;
}

bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

void check_key(std::string_view text) {
    const auto key = service::read_idempotency_key(with("Idempotency-Key", text));
    const bool printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    CHECK(key.has_value() == (printable && !text.empty() && text.size() <= 255));
    if (key) CHECK(*key == std::string(text));
    auto twice = with("Idempotency-Key", text);
    twice.headers.add("idempotency-key", text);
    CHECK(!service::read_idempotency_key(twice));
}

void check_tag(std::string_view text) {
    const auto tag = service::read_entity_tag(with("If-Match", text), "If-Match");
    if (!tag) return;
    CHECK(tag->has_value());
    CHECK(text == "*" ? **tag == "*" : "\"" + **tag + "\"" == text);
    CHECK((*tag)->find('"') == std::string::npos);
}

void check_numbers(std::string_view text) {
    const auto version = service::read_min_version(with("Waybill-Min-Version", text));
    if (version) CHECK(**version >= 0 && !text.empty());
    if (all_digits(text) && text.size() <= 18)
        CHECK(version && **version == std::stoll(std::string(text)));

    const Duration most = std::chrono::seconds(10);
    const auto wait = service::read_wait(with("Prefer", text), most);
    if (wait && *wait) CHECK(**wait >= Duration::zero() && **wait <= most);
    if (!all_digits(text)) return;
    const auto asked = service::read_wait(with("Prefer", "wait=" + std::string(text)), most);
    if (text.size() > 18) return;
    CHECK(asked && *asked);
    const std::int64_t seconds = std::min<std::int64_t>(std::stoll(std::string(text)), 10);
    CHECK(**asked == std::chrono::seconds(seconds));
}

void check_lists(std::string_view text) {
    // A list that names the tag names it; a tag in it that is longer does not.
    CHECK(service::tag_listed(std::string(text) + ", \"7\"", "\"7\"") ||
          std::count(text.begin(), text.end(), '"') % 2 != 0);
    if (text.find_first_of(",\"*") == text.npos && !text.empty())
        CHECK(service::tag_listed("\"x\", W/\"" + std::string(text) + "\"",
                                  "\"" + std::string(text) + "\""));
    if (text.find(';') == text.npos && !text.ends_with(' ') && !text.empty())
        CHECK(service::media_type_is(std::string(text) + " ; charset=utf-8", text));
}

}  // namespace

// Oracle: each field's rule written down a second time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_key(text);
    check_tag(text);
    check_numbers(text);
    check_lists(text);
    return 0;
}
