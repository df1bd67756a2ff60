#include "app/load/mix.hpp"

#include <fmt/format.h>

#include <charconv>

namespace waybill::load {
namespace {

constexpr std::uint32_t weight_max = 1'000'000;

tl::unexpected<Error> mix_fault(std::string_view part) {
    return invalid("--mix",
                   fmt::format("'{}' is not an operation with its weight; such as {}; operations "
                               "are create, read, list, cancel, confirm and ship",
                               part, Mix::standard));
}

}  // namespace

Result<Mix> Mix::parse(std::string_view text) {
    Mix mix;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        more = comma != std::string_view::npos;
        text = more ? text.substr(comma + 1) : std::string_view();
        const auto equals = part.find('=');
        const auto operation = operation_of(part.substr(0, equals));
        if (equals == std::string_view::npos || !operation) return mix_fault(part);
        std::uint32_t weight = 0;
        const char* end = part.data() + part.size();
        const auto read = std::from_chars(part.data() + equals + 1, end, weight);
        if (read.ec != std::errc() || read.ptr != end || weight > weight_max)
            return mix_fault(part);
        auto& mine = mix.weights_[static_cast<std::size_t>(*operation)];
        mix.total_ += weight - mine;
        mine = weight;
    }
    if (mix.total_ == 0) return invalid("--mix", "at least one weight must be above 0");
    return mix;
}

Mix Mix::only(Operation operation) {
    Mix mix;
    mix.weights_[static_cast<std::size_t>(operation)] = 1;
    mix.total_ = 1;
    return mix;
}

Operation Mix::pick(std::uint64_t random) const {
    auto left = static_cast<std::uint32_t>(random % total_);
    for (std::size_t i = 0; i < operation_count; ++i) {
        if (left < weights_[i]) return static_cast<Operation>(i);
        left -= weights_[i];
    }
    return Operation::create;
}

}  // namespace waybill::load
