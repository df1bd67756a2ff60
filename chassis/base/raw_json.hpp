#pragma once
#include <string>

namespace waybill {

/// A JSON value kept as its text: what a member holds when its inner form is another's business.
/// Empty counts as `null`. Read values are compact; written as they stand.
struct RawJson {
    std::string text;
    friend bool operator==(const RawJson&, const RawJson&) = default;
};

}  // namespace waybill
