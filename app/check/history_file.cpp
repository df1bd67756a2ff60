#include <fmt/format.h>

#include <array>
#include <fstream>

#include "app/check/history.hpp"
#include "chassis/base/json.hpp"

namespace waybill::check {
namespace {

constexpr std::array<std::string_view, 6> known_operations{"create", "cancel", "confirm",
                                                           "ship",   "read",   "list"};
constexpr std::array<std::string_view, 4> known_outcomes{"acknowledged", "refused", "failed",
                                                         "unknown"};

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& words, std::string_view word) {
    for (const auto known : words)
        if (known == word) return true;
    return false;
}

AnsweredLine line_of(const json::Value& value) {
    const json::Value* quantity = value.find("quantity");
    return {.product_id = Uuid::parse(value.text_at("productId")).value_or(Uuid{}),
            .quantity = quantity == nullptr ? 0 : quantity->as_int64().value_or(0),
            .unit_price = std::string(value.text_at("unitPrice")),
            .line_total = std::string(value.text_at("lineTotal"))};
}

/// The attempt of one line; what is wrong with it.
Result<Attempt> attempt_of(std::string_view text) {
    auto document = json::parse(text, {.bytes_max = std::size_t{16} << 20U});
    if (!document) return tl::unexpected(std::move(document.error()));
    const auto at = Timestamp::parse(document->text_at("at"));
    if (!at) return invalid("/at", "must be a time");
    Attempt attempt{.at = *at,
                    .customer = std::string(document->text_at("customer")),
                    .key = std::string(document->text_at("key")),
                    .request_hash = std::string(document->text_at("request_hash")),
                    .operation = std::string(document->text_at("op")),
                    .outcome = std::string(document->text_at("outcome")),
                    .order = Uuid::parse(document->text_at("order")).value_or(Uuid{}),
                    .number = std::string(document->text_at("number")),
                    .total = std::string(document->text_at("total")),
                    .lines = {}};
    if (attempt.customer.empty()) return invalid("/customer", "is required");
    if (!one_of(known_operations, attempt.operation)) return invalid("/op", "is not known");
    if (!one_of(known_outcomes, attempt.outcome)) return invalid("/outcome", "is not known");
    if (attempt.operation == "create" && attempt.outcome == "acknowledged" &&
        attempt.order.is_nil())
        return invalid("/order", "is required of an acknowledged create");
    if (const json::Value* lines = document->find("lines"))
        for (const json::Value& line : lines->items()) attempt.lines.push_back(line_of(line));
    return attempt;
}

Error named(const std::string& path, std::uint64_t line, const Error& error) {
    std::string text = fmt::format("{} line {}: {}", path, line, error.detail);
    for (const Fault& fault : error.faults)
        text += fmt::format("; {} {}", fault.pointer, fault.message);
    return {Problem::validation_failed, std::move(text)};
}

}  // namespace

Attempts attempts_of_file(std::string path) {
    return [path = std::move(path)](const std::function<void(const Attempt&)>& give) -> Status {
        std::ifstream file(path, std::ios::binary);
        if (!file) return fail(Problem::unavailable, path + " cannot be read");
        std::string text;
        for (std::uint64_t line = 1; std::getline(file, text); ++line) {
            if (file.eof()) break;  // its end is missing: it was being written
            auto attempt = attempt_of(text);
            if (!attempt) return fail(named(path, line, attempt.error()));
            attempt->line = line;
            give(*attempt);
        }
        if (file.bad()) return fail(Problem::unavailable, path + " cannot be read to its end");
        return {};
    };
}

}  // namespace waybill::check
