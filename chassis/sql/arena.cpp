#include "chassis/sql/arena.hpp"

#include <algorithm>
#include <cstring>

namespace waybill::sql {
namespace {

constexpr std::size_t first_block = 256;
constexpr std::size_t block_max = 64 * 1024;

}  // namespace

std::string_view Arena::copy(std::string_view text) {
    if (text.empty()) return "";
    if (text.size() > left_) {
        const std::size_t doubled =
            std::min(first_block << std::min(blocks_.size(), std::size_t{8}), block_max);
        const std::size_t size = std::max(doubled, text.size());
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
        next_ = blocks_.back().get();
        left_ = size;
    }
    std::memcpy(next_, text.data(), text.size());
    const std::string_view kept(next_, text.size());
    next_ += text.size();
    left_ -= text.size();
    return kept;
}

void Arena::clear() {
    blocks_.clear();
    next_ = nullptr;
    left_ = 0;
}

}  // namespace waybill::sql
