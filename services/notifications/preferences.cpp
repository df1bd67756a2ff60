#include "services/notifications/preferences.hpp"

#include <algorithm>

namespace waybill::notifications {

namespace {
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
/// Neither blank nor control, so that no header or log line can be broken by it.
bool is_visible(char c) {
    return c > 0x20 && c < 0x7f;
}

bool all_of(std::string_view text, bool (*wanted)(char)) {
    return std::all_of(text.begin(), text.end(), wanted);
}

bool is_email(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || !all_of(text, is_visible))
        return false;
    const std::string_view domain = text.substr(at + 1);
    return !domain.empty() && domain.find("..") == std::string_view::npos &&
           !domain.starts_with('.') && !domain.ends_with('.') &&
           text.find_first_of("<>,;:\"") == std::string_view::npos;
}

bool is_phone(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    return text.size() >= 3 && text.size() <= 15 && all_of(text, is_digit);
}

bool is_endpoint(std::string_view text) {
    constexpr std::string_view scheme = "https://";
    return text.starts_with(scheme) && text.size() > scheme.size() && all_of(text, is_visible);
}
}  // namespace

bool is_locale(std::string_view text) {
    std::size_t parts = 0;
    while (true) {
        const std::size_t end = std::min(text.find('-'), text.size());
        const std::string_view part = text.substr(0, end);
        const bool language = parts == 0;
        const bool fits = language ? part.size() >= 2 && part.size() <= 3 && all_of(part, is_letter)
                                   : !part.empty() && part.size() <= 8 && all_of(part, [](char c) {
                                         return is_letter(c) || is_digit(c);
                                     });
        if (!fits) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
        ++parts;
    }
}

Status check_addresses(const Preferences& preferences) {
    Error faults(Problem::validation_failed, "the preferences have faults");
    const auto expect = [&](bool fits, const char* pointer, const char* message) {
        if (!fits) faults.faults.push_back({pointer, message});
    };
    const auto& p = preferences;
    expect(!p.email_address || is_email(*p.email_address), "/email", "must be an e-mail address");
    expect(!p.phone || is_phone(*p.phone), "/phone", "must be digits, with + before them or not");
    expect(!p.push_endpoint || is_endpoint(*p.push_endpoint), "/pushEndpoint",
           "must be an https URL");
    expect(is_locale(p.locale), "/locale", locale_rule);
    if (!faults.faults.empty()) return fail(std::move(faults));
    return {};
}

}  // namespace waybill::notifications
