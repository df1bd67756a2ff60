#pragma once
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace waybill::sql {

/// Keeps copies of texts together. What it gave out stays where it is, also when the arena is
/// moved, until it is cleared or destroyed.
class Arena {
 public:
    std::string_view copy(std::string_view text);
    void clear();

 private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace waybill::sql
