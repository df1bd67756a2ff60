#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/base/error.hpp"

namespace waybill::http {

/// The parameters of a query string (application/x-www-form-urlencoded), decoded.
class Query {
 public:
    /// A broken escape or invalid UTF-8 is a validation fault at `?name`.
    static Result<Query> parse(std::string_view text);
    std::optional<std::string_view> get(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
    std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace waybill::http
