#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "app/load/operation.hpp"
#include "chassis/base/error.hpp"

namespace waybill::load {

/// How often each operation is drawn, by weight.
class Mix {
 public:
    static constexpr std::string_view standard =
        "create=60,read=25,list=5,cancel=4,confirm=3,ship=3";

    /// Reads `create=60,read=40`: whole weights from 0 to 1,000,000, not all of them 0. Weights
    /// need not add up to anything. A fault names `--mix`.
    static Result<Mix> parse(std::string_view text);
    /// This operation and no other.
    static Mix only(Operation operation);

    /// `random`: 64 uniform bits.
    Operation pick(std::uint64_t random) const;
    std::uint32_t weight(Operation operation) const {
        return weights_[static_cast<std::size_t>(operation)];
    }

 private:
    std::array<std::uint32_t, operation_count> weights_{};
    std::uint32_t total_ = 0;
};

}  // namespace waybill::load
