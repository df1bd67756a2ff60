#include "services/notifications/template.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/base/html.hpp"

namespace waybill::notifications {

namespace {
using Sample = std::pair<std::string_view, std::string_view>;

constexpr Sample order_created[] = {
    {"orderNumber", "WB-20261123-7K3QZ9M2"}, {"totalAmount", "2599.98"}, {"currency", "USD"}};
constexpr Sample order_confirmed[] = {
    {"orderNumber", "WB-20261123-7K3QZ9M2"}, {"totalAmount", "2599.98"}, {"currency", "USD"}};
constexpr Sample order_cancelled[] = {{"orderNumber", "WB-20261123-7K3QZ9M2"},
                                      {"reason", "out_of_stock"}};
constexpr Sample order_shipped[] = {{"orderNumber", "WB-20261123-7K3QZ9M2"},
                                    {"trackingNumber", "1Z999AA10123456784"},
                                    {"carrier", "UPS"}};
constexpr Sample low_stock[] = {
    {"sku", "LAP-15"}, {"name", "Laptop 15"}, {"available", "3"}, {"threshold", "10"}};

constexpr EventFields events[] = {{"OrderCreated", order_created},
                                  {"OrderConfirmed", order_confirmed},
                                  {"OrderCancelled", order_cancelled},
                                  {"OrderShipped", order_shipped},
                                  {"LowStockAlert", low_stock}};

/// One part of a text: words, or a field between braces.
struct Piece {
    std::string_view words{};
    std::string_view field{};
    bool raw = false;
    bool broken = false;  ///< braces that never close
};

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

Piece next_piece(std::string_view& rest) {
    const std::size_t open = rest.find("{{");
    if (open != 0) {
        Piece piece{.words = rest.substr(0, open)};
        rest.remove_prefix(piece.words.size());
        return piece;
    }
    const bool raw = rest.starts_with("{{{");
    const std::string_view closing = raw ? "}}}" : "}}";
    const std::size_t close = rest.find(closing);
    if (close == std::string_view::npos) {
        Piece piece{.words = rest, .broken = true};
        rest = {};
        return piece;
    }
    Piece piece{.field = trimmed(rest.substr(closing.size(), close - closing.size())), .raw = raw};
    rest.remove_prefix(close + closing.size());
    return piece;
}

}  // namespace

std::span<const EventFields> known_events() {
    return events;
}

const EventFields* find_event(std::string_view event) {
    const auto* it = std::find_if(std::begin(events), std::end(events),
                                  [&](const EventFields& one) { return one.event == event; });
    return it == std::end(events) ? nullptr : it;
}

std::optional<std::string> fault_in(std::string_view text, const EventFields& event) {
    while (!text.empty()) {
        const Piece piece = next_piece(text);
        if (piece.broken) return "braces that are opened must be closed";
        if (!piece.words.empty()) continue;
        const bool known = std::any_of(event.samples.begin(), event.samples.end(),
                                       [&](const auto& one) { return one.first == piece.field; });
        if (!known) return fmt::format("{} has no field '{}'", event.event, piece.field);
    }
    return std::nullopt;
}

std::string render(std::string_view text, const Fields& fields) {
    std::string out;
    while (!text.empty()) {
        const Piece piece = next_piece(text);
        out += piece.words;
        const auto field = std::find_if(fields.begin(), fields.end(),
                                        [&](const auto& one) { return one.first == piece.field; });
        if (!piece.words.empty() || field == fields.end()) continue;
        if (piece.raw)
            out += field->second;
        else
            append_html(out, field->second);
    }
    return out;
}

}  // namespace waybill::notifications
