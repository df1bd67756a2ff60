#include "chassis/auth/document_reader.hpp"

#include <algorithm>
#include <utility>

namespace waybill::auth {
namespace {

tl::unexpected<Error> no_http(std::string_view why) {
    return fail(Problem::bad_gateway, "What came is no HTTP: " + std::string(why));
}

}  // namespace

Result<bool> DocumentReader::feed(std::string_view bytes) {
    if (in_body_) return read_body(bytes);
    held_ += bytes;
    switch (parser_.feed(held_, false)) {
        case http::ParseState::incomplete:
            return false;
        case http::ParseState::refused:
            return no_http(parser_.refusal().reason);
        case http::ParseState::complete:
            break;
    }
    document_.status = parser_.head().status;
    if (document_.status < 200) return no_http("An interim response was not asked for.");
    in_body_ = true;
    const std::string rest = held_.substr(parser_.size());
    held_.clear();
    return read_body(rest);
}

Result<bool> DocumentReader::append(std::string_view bytes) {
    if (document_.body.size() + bytes.size() > bytes_max_)
        return fail(Problem::payload_too_large, "The document is too large.");
    document_.body += bytes;
    return false;
}

Result<bool> DocumentReader::read_body(std::string_view bytes) {
    const auto& head = parser_.head();
    switch (head.framing) {
        case http::Framing::none:
            return true;
        case http::Framing::length: {
            if (head.content_length > bytes_max_)
                return fail(Problem::payload_too_large, "The document is too large.");
            const auto left = head.content_length - document_.body.size();
            const auto taken = std::min<std::size_t>(bytes.size(), left);
            if (auto kept = append(bytes.substr(0, taken)); !kept) return kept;
            return document_.body.size() == head.content_length;
        }
        case http::Framing::until_close:
            return append(bytes);
        case http::Framing::chunked:
            break;
    }
    held_ += bytes;
    for (std::size_t used = 0;;) {
        const auto step = chunks_.next(std::string_view(held_).substr(used));
        if (step.state == http::ParseState::refused) return no_http(chunks_.refusal());
        used += step.consumed;
        if (auto kept = append(step.data); !kept) return kept;
        if (step.state == http::ParseState::complete) return true;
        if (step.consumed == 0) {
            held_.erase(0, used);
            return false;
        }
    }
}

Result<bool> DocumentReader::end() {
    if (in_body_ && parser_.head().framing == http::Framing::until_close) return true;
    return no_http("The connection ended too early.");
}

}  // namespace waybill::auth
