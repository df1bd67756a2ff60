#pragma once
#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::telemetry::testing {

/// A message's fields by number, in order of appearance. Written apart from the product's reader,
/// so that the two check each other; throws on a malformed message.
struct Message {
    std::map<unsigned, std::vector<std::string>> bytes;
    std::map<unsigned, std::vector<std::uint64_t>> numbers;

    explicit Message(std::string_view data) {
        std::size_t at = 0;
        const auto varint = [&] {
            std::uint64_t value = 0;
            for (unsigned shift = 0;; shift += 7) {
                const auto byte = static_cast<unsigned char>(data.at(at++));
                value += static_cast<std::uint64_t>(byte % 128) << shift;
                if (byte < 128) return value;
            }
        };
        const auto take = [&](std::size_t size) {
            if (size > data.size() - at) throw std::out_of_range("cut message");
            at += size;
            return std::string(data.substr(at - size, size));
        };
        while (at < data.size()) {
            const std::uint64_t tag = varint();
            const auto field = static_cast<unsigned>(tag / 8);
            std::uint64_t number = 0;
            switch (tag % 8) {
                case 0:
                    numbers[field].push_back(varint());
                    break;
                case 1:
                    std::memcpy(&number, take(8).data(), 8);
                    numbers[field].push_back(number);
                    break;
                case 5:
                    std::memcpy(&number, take(4).data(), 4);
                    numbers[field].push_back(number);
                    break;
                case 2:
                    bytes[field].push_back(take(varint()));
                    break;
                default:
                    throw std::out_of_range("wire type");
            }
        }
    }
    std::string text(unsigned field) const {
        return bytes.contains(field) ? bytes.at(field).front() : "";
    }
    std::uint64_t number(unsigned field) const {
        return numbers.contains(field) ? numbers.at(field).front() : 0;
    }
    /// KeyValue fields as `text:…`, `int:…`, `bool:…`, `double:…`.
    std::map<std::string, std::string> attributes(unsigned field) const {
        std::map<std::string, std::string> all;
        if (!bytes.contains(field)) return all;
        for (const auto& pair : bytes.at(field)) {
            const Message read(pair);
            const Message value(read.text(2));
            std::string shown = "none";
            if (value.bytes.contains(1)) shown = "text:" + value.text(1);
            if (value.numbers.contains(2))
                shown = value.number(2) != 0 ? "bool:true" : "bool:false";
            if (value.numbers.contains(3))
                shown = "int:" + std::to_string(static_cast<std::int64_t>(value.number(3)));
            if (value.numbers.contains(4)) {
                double number = 0;
                const std::uint64_t bits = value.number(4);
                std::memcpy(&number, &bits, 8);
                shown = "double:" + std::to_string(number);
            }
            if (!all.emplace(read.text(1), shown).second) throw std::out_of_range("key twice");
        }
        return all;
    }
};

}  // namespace waybill::telemetry::testing
