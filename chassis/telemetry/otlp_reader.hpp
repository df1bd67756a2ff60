#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

#include "chassis/telemetry/otlp_wire.hpp"

namespace waybill::telemetry::wire {

/// Walks the fields of a protobuf message. A message that is cut or malformed ends early.
class Fields {
 public:
    explicit Fields(std::string_view message) : rest_(message) {}

    /// Moves to the next field; false at the end.
    bool next() {
        std::uint64_t tag = 0;
        if (rest_.empty() || !varint(tag)) return false;
        number_ = static_cast<unsigned>(tag >> 3U);
        type_ = static_cast<Type>(tag & 7U);
        switch (type_) {
            case Type::varint:
                return varint(value_);
            case Type::fixed64:
                return fixed(8);
            case Type::fixed32:
                return fixed(4);
            case Type::bytes:
                return bytes_field();
        }
        return false;
    }
    unsigned number() const { return number_; }
    Type type() const { return type_; }
    std::uint64_t value() const { return value_; }     ///< of a varint or fixed field
    std::string_view bytes() const { return bytes_; }  ///< of a length-delimited field

 private:
    bool varint(std::uint64_t& out) {
        out = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<std::uint8_t>(rest_.front());
            rest_.remove_prefix(1);
            out |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80) return true;
        }
        return false;
    }
    bool fixed(std::size_t size) {
        if (rest_.size() < size) return false;
        value_ = 0;
        std::memcpy(&value_, rest_.data(), size);
        rest_.remove_prefix(size);
        return true;
    }
    bool bytes_field() {
        std::uint64_t size = 0;
        if (!varint(size) || size > rest_.size()) return false;
        bytes_ = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
    }

    std::string_view rest_;
    unsigned number_ = 0;
    Type type_ = Type::varint;
    std::uint64_t value_ = 0;
    std::string_view bytes_;
};

}  // namespace waybill::telemetry::wire
