#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "app/check/report.hpp"

namespace waybill::check {

/// Gathers what the passes over the data find.
class Findings {
 public:
    explicit Findings(std::size_t breaches_max);

    /// So many objects were looked at; `what` names them, in the plural.
    void examined(Invariant invariant, std::uint64_t count, std::string_view what);
    void breach(Invariant invariant, std::string object, std::string text,
                std::vector<Uuid> events = {});
    /// Not judged, and why. Breaches that were found elsewhere still count.
    void leave_out(Invariant invariant, std::string why);
    /// Said beside the verdict.
    void note(Invariant invariant, std::string text);

    Report report(bool live) const;

 private:
    Verdict& of(Invariant invariant) { return verdicts_.at(static_cast<std::size_t>(invariant)); }
    std::size_t breaches_max_;
    std::array<Verdict, invariant_count> verdicts_;
};

}  // namespace waybill::check
