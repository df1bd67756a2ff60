#pragma once
#include "chassis/sql/database.hpp"

namespace waybill::app {

/// Stands where a service is built for its route table alone and never opened: the gateway of one
/// process in front of services in another.
class UnopenedDatabase final : public sql::Database {
 public:
    sql::Result<std::unique_ptr<sql::Session>> open_writer() override { return refused(); }
    sql::Result<std::unique_ptr<sql::Session>> open_reader() override { return refused(); }
    sql::Traits traits() const override { return {.system = "none", .single_owner = true}; }
    std::optional<std::uint64_t> free_bytes() override { return std::nullopt; }
    sql::Status checkpoint() override { return {}; }

 private:
    static sql::Result<std::unique_ptr<sql::Session>> refused() {
        return tl::unexpected(sql::Failure{sql::FailureKind::invalid,
                                           "this service runs in another process", "open"});
    }
};

}  // namespace waybill::app
