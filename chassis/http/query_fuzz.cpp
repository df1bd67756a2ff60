#include "chassis/http/fuzz_support.hpp"
#include "chassis/http/query.hpp"
#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

void append_escaped(std::string& out, std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        out.append({'%', digits[octet >> 4U], digits[octet & 15U]});
    }
}

void check_query(std::string_view text) {
    const auto query = Query::parse(text);
    if (!query) {
        require(query.error().faults.size() == 1 && query.error().faults[0].pointer[0] == '?');
        return;
    }
    std::string written;
    for (const auto& [name, value] : query->all()) {
        require(is_utf8(name) && is_utf8(value));
        append_escaped(written, name);
        written += "=";
        append_escaped(written, value);
        written += "&";
    }
    require(Query::parse(written)->all() == query->all());
}

}  // namespace
}  // namespace waybill::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    waybill::http::check_query(waybill::http::text_of(data, size));
    return 0;
}
