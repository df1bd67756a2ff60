#include <algorithm>
#include <utility>

#include "chassis/http/event_stream.hpp"
#include "chassis/http/fuzz_support.hpp"

namespace waybill::http {
namespace {

struct Told {
    std::string id, name, data;
    friend bool operator==(const Told&, const Told&) = default;
};

/// The browser's side: WHATWG HTML 9.2.6, line by line as the standard puts it.
class EventReader {
 public:
    std::vector<Told> read(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = text.find_first_of("\r\n");
            if (end == text.npos) break;  // an unfinished line is not acted on
            line(text.substr(0, end));
            const bool both = text.substr(end).starts_with("\r\n");
            text.remove_prefix(end + (both ? 2 : 1));
        }
        return std::move(told_);
    }

 private:
    void line(std::string_view text) {
        if (text.empty()) return dispatch();
        if (text.front() == ':') return;
        const std::size_t colon = std::min(text.find(':'), text.size());
        const std::string_view field = text.substr(0, colon);
        std::string_view value = text.substr(std::min(colon + 1, text.size()));
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (field == "event") event_.name = value;
        if (field == "data") event_.data.append(value).append("\n");
        if (field == "id" && value.find('\0') == value.npos) last_id_ = value;
    }
    void dispatch() {
        if (event_.data.empty()) {
            event_ = {};
            return;
        }
        event_.data.pop_back();
        event_.id = last_id_;
        told_.push_back(std::exchange(event_, {}));
    }

    Told event_;
    std::string last_id_;
    std::vector<Told> told_;
};

std::string first_line_of(std::string_view text) {
    return std::string(text.substr(0, std::min(text.find_first_of("\r\n"), text.size())));
}

/// Line ends are one thing to a reader.
std::string normal_lines(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        out += text[i] == '\r' ? '\n' : text[i];
    }
    return out;
}

/// The input, cut at bytes 0xff: they are no UTF-8, so that every text can be had.
std::vector<std::string_view> parts_of(std::string_view input) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = std::min(input.find('\xff'), input.size());
        parts.push_back(input.substr(0, end));
        if (end == input.size()) return parts;
        input.remove_prefix(end + 1);
    }
}

void check_stream(std::string_view input) {
    const auto parts = parts_of(input);
    std::string text;
    std::vector<Told> sent;
    std::string last_id;
    for (std::size_t i = 0; i + 2 < parts.size(); i += 3) {
        const ServerEvent event{parts[i], parts[i + 1], parts[i + 2]};
        append_event(text, event);
        if (!event.id.empty() && event.id.find('\0') == event.id.npos)
            last_id = first_line_of(event.id);
        const std::string data = normal_lines(event.data);
        sent.push_back({last_id, first_line_of(event.name), data});
    }
    std::vector<Told> read = EventReader().read(text);
    // An event without data is not told to a page; its id counts all the same.
    std::erase_if(sent, [](const Told& event) { return event.data.empty(); });
    std::erase_if(read, [](const Told& event) { return event.data.empty(); });
    require(read == sent);
}

}  // namespace
}  // namespace waybill::http

// Oracle: a reader written from the standard sees exactly the events that were sent, whatever is
// in their texts: nothing that a customer wrote can make an event of its own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    waybill::http::check_stream(waybill::http::text_of(data, size));
    return 0;
}
