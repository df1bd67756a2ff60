#include "chassis/sql/row_values.hpp"

#include <algorithm>

namespace waybill::sql {

bool get_bytes(const Cell& cell, std::uint8_t* out, std::size_t size) {
    std::string_view raw;
    if (!ValueOf<std::string_view>::get(cell, raw) || raw.size() != size) return false;
    std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(out));
    return true;
}

std::vector<Cell> cells_of(std::span<const std::string_view> values) {
    return {values.begin(), values.end()};
}

bool ValueOf<bool>::get(const Cell& cell, bool& value) {
    std::int64_t number = 0;
    if (!ValueOf<std::int64_t>::get(cell, number) || (number != 0 && number != 1)) return false;
    value = number == 1;
    return true;
}

bool ValueOf<std::string_view>::get(const Cell& cell, std::string_view& value) {
    if (is_null(cell) || std::holds_alternative<std::int64_t>(cell)) return false;
    value = as_text(cell);
    return true;
}

bool ValueOf<std::string>::get(const Cell& cell, std::string& value) {
    std::string_view text;
    if (!ValueOf<std::string_view>::get(cell, text)) return false;
    value = text;
    return true;
}

bool ValueOf<Currency>::get(const Cell& cell, Currency& value) {
    std::string_view code;
    if (!ValueOf<std::string_view>::get(cell, code)) return false;
    const auto currency = Currency::parse(code);
    if (currency) value = *currency;
    return currency.has_value();
}

bool ValueOf<Uuid>::get(const Cell& cell, Uuid& value) {
    return get_bytes(cell, value.bytes.data(), value.bytes.size());
}

}  // namespace waybill::sql
