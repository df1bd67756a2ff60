#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace waybill::load {

/// What one arrival asks for. `get` reads one path that the user names, and nothing else.
enum class Operation : std::uint8_t { create, read, list, cancel, confirm, ship, get };
inline constexpr std::size_t operation_count = 7;
inline constexpr std::array<std::string_view, operation_count> operation_names{
    "create", "read", "list", "cancel", "confirm", "ship", "get"};

constexpr std::string_view name_of(Operation operation) {
    return operation_names[static_cast<std::size_t>(operation)];
}
/// Nothing when no operation of a mix has this name; `get` belongs to none.
constexpr std::optional<Operation> operation_of(std::string_view name) {
    for (std::size_t i = 0; i + 1 < operation_count; ++i)
        if (operation_names[i] == name) return static_cast<Operation>(i);
    return std::nullopt;
}
/// Whether it changes something, and so goes out under an idempotency key.
constexpr bool changes(Operation operation) {
    return operation != Operation::read && operation != Operation::list &&
           operation != Operation::get;
}

}  // namespace waybill::load
