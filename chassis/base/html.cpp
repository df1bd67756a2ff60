#include "chassis/base/html.hpp"

namespace waybill {
namespace {

std::string_view reference(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return {};
    }
}

}  // namespace

void append_html(std::string& out, std::string_view text) {
    for (const char c : text) {
        const std::string_view other = reference(c);
        if (other.empty())
            out += c;
        else
            out += other;
    }
}

}  // namespace waybill
