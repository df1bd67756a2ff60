#pragma once
#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace waybill {

/// A row that a command looks at. `value` holds the 16 raw bytes of an id, or a text for an
/// index that needs a look-up (order by number, product by sku).
struct Key {
    std::uint8_t table = 0;  ///< the service's own enumeration, in the order of locking
    std::uint8_t index = 0;  ///< 0: the primary key
    bool change = false;     ///< locked; otherwise only read
    std::string value;
    friend auto operator<=>(const Key&, const Key&) = default;
};

/// The rows a batch touches, in the order of locking: tables as declared, keys ascending.
class Keys {
 public:
    void read(std::uint8_t table, std::string_view value, std::uint8_t index = 0) {
        keys_.push_back({table, index, false, std::string(value)});
    }
    void change(std::uint8_t table, std::string_view value, std::uint8_t index = 0) {
        keys_.push_back({table, index, true, std::string(value)});
    }
    void merge(const Keys& other) {
        keys_.insert(keys_.end(), other.keys_.begin(), other.keys_.end());
    }
    /// Sorts, and folds repeats into one (changed if any of them is).
    void settle() {
        std::sort(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) {
            return std::tie(a.table, a.index, a.value, b.change) <
                   std::tie(b.table, b.index, b.value, a.change);
        });
        keys_.erase(std::unique(keys_.begin(), keys_.end(),
                                [](const Key& a, const Key& b) {
                                    return a.table == b.table && a.index == b.index &&
                                           a.value == b.value;
                                }),
                    keys_.end());
    }
    const std::vector<Key>& all() const { return keys_; }
    /// The values of one table and index, ascending after settle().
    std::vector<std::string_view> of(std::uint8_t table, std::uint8_t index = 0) const {
        std::vector<std::string_view> values;
        for (const auto& key : keys_)
            if (key.table == table && key.index == index) values.push_back(key.value);
        return values;
    }

 private:
    std::vector<Key> keys_;
};

}  // namespace waybill
